#include "src/http/cpprest_client.h"

#include <cpprest/http_client.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>

namespace huiqiao::http {

namespace {

constexpr std::size_t kMaxPools = 64;  // base URLs with kept connections

/// cpprestsdk says only in words how far a request came. These beginnings belong to steps before the first byte of a
/// request; a contract test holds them against the installed library. Any other words mean Unknown.
bool nothing_left(std::string_view what) {
    static constexpr std::string_view kBeforeSending[] = {
        "Error resolving address", "Failed to connect to any resolved endpoint", "Error in SSL handshake"};
    return std::any_of(std::begin(kBeforeSending), std::end(kBeforeSending),
                       [&](std::string_view beginning) { return what.starts_with(beginning); });
}

/// A base URL that is scheme and authority only, so that no secret and no path hides in it.
bool is_base_url(std::string_view url) {
    const bool https = url.starts_with("https://");
    if (!https && !url.starts_with("http://")) return false;
    const std::string_view authority = url.substr(https ? 8 : 7);
    return !authority.empty() && authority.find_first_of("/?#@ \\") == std::string_view::npos;
}

struct UnderWay {
    Monotonic deadline;
    pplx::cancellation_token_source cancel;
};

struct Arrived {
    Response answer;
    std::atomic<bool> too_large{false};
};

web::http::method library_method(Method method) {
    return std::string(to_text(method));
}

}  // namespace

struct CpprestClient::State {
    State(const Clock& with_clock, CpprestClientSettings with_settings)
        : clock(with_clock), settings(std::move(with_settings)) {}

    const Clock& clock;
    CpprestClientSettings settings;
    std::mutex mutex;
    std::condition_variable arrived;
    CallHandle last_handle = 0;
    std::map<CallHandle, UnderWay> under_way;
    std::vector<Completion> completed;
    std::map<std::string, std::shared_ptr<web::http::client::http_client>> pools;

    /// Only a call that is still under way completes: a deadline or abandon() may have come first.
    void complete(CallHandle handle, Outcome outcome) {
        {
            const std::lock_guard lock(mutex);
            if (under_way.erase(handle) == 0) return;
            completed.push_back({handle, std::move(outcome)});
        }
        arrived.notify_all();
    }

    std::shared_ptr<web::http::client::http_client> make(const std::string& base_url,
                                                         std::chrono::microseconds patience) const;
    std::shared_ptr<web::http::client::http_client> client_for(const OutgoingRequest& request,
                                                               std::chrono::microseconds patience);
};

std::shared_ptr<web::http::client::http_client> CpprestClient::State::make(const std::string& base_url,
                                                                           std::chrono::microseconds patience) const {
    web::http::client::http_client_config config;
    config.set_timeout(patience);
    config.set_max_redirects(0);
    if (!settings.ca_file.empty()) {
        config.set_ssl_context_callback(
            [file = settings.ca_file](boost::asio::ssl::context& context) { context.load_verify_file(file); });
    }
    return std::make_shared<web::http::client::http_client>(base_url, config);
}

std::shared_ptr<web::http::client::http_client> CpprestClient::State::client_for(const OutgoingRequest& request,
                                                                                 std::chrono::microseconds patience) {
    if (!request.may_be_sent_twice) return make(request.base_url, patience);
    const std::lock_guard lock(mutex);
    const auto found = pools.find(request.base_url);
    if (found != pools.end()) return found->second;
    if (pools.size() >= kMaxPools) pools.erase(pools.begin());
    // Its own patience is long: each call's deadline is kept by take_completed.
    auto fresh = make(request.base_url, std::chrono::minutes(5));
    pools.emplace(request.base_url, fresh);
    return fresh;
}

CpprestClient::CpprestClient(const Clock& clock, CpprestClientSettings settings)
    : state_(std::make_shared<State>(clock, std::move(settings))) {}

CpprestClient::~CpprestClient() {
    std::map<CallHandle, UnderWay> given_up;
    {
        const std::lock_guard lock(state_->mutex);
        given_up.swap(state_->under_way);
    }
    for (auto& [handle, call] : given_up) call.cancel.cancel();
}

namespace {

web::http::http_request library_request(const OutgoingRequest& request) {
    web::http::http_request out(library_method(request.method));
    out.set_request_uri(web::uri(request.target));
    for (const auto& [name, value] : request.headers.all()) out.headers().add(name, value);
    if (!request.body.empty() || request.method == Method::Post || request.method == Method::Put ||
        request.method == Method::Patch) {
        // The library adds a charset to a text's type; as bytes the body and its signed type stay what they are.
        const std::string type(request.headers.value("Content-Type"));
        out.set_body(std::vector<unsigned char>(request.body.begin(), request.body.end()));
        if (type.empty()) {
            out.headers().remove("Content-Type");
        } else {
            out.headers().set_content_type(type);
        }
    }
    return out;
}

Response our_response(const web::http::http_response& answer, std::vector<unsigned char> body) {
    Response response;
    response.status = answer.status_code();
    for (const auto& [name, value] : answer.headers()) {
        if (Headers::is_name(name) && Headers::is_value(value)) response.headers.add(name, value);
    }
    response.body.assign(body.begin(), body.end());
    return response;
}

Outcome why(const std::exception_ptr& thrown, const Arrived& arrived) {
    try {
        std::rethrow_exception(thrown);
    } catch (const web::http::http_exception& error) {
        if (arrived.too_large) return {OutcomeKind::Unknown, {}, std::string(kAnswerTooLarge)};
        return {nothing_left(error.what()) ? OutcomeKind::NotSent : OutcomeKind::Unknown, {}, error.what()};
    } catch (const std::exception&) {
        if (arrived.too_large) return {OutcomeKind::Unknown, {}, std::string(kAnswerTooLarge)};
        return {OutcomeKind::Unknown, {}, "the call was cut short"};
    }
}

}  // namespace

CallHandle CpprestClient::start(OutgoingRequest request) {
    CallHandle handle = 0;
    pplx::cancellation_token_source cancel;
    bool full = false;
    {
        const std::lock_guard lock(state_->mutex);
        handle = ++state_->last_handle;
        full = state_->under_way.size() >= state_->settings.max_under_way;
        state_->under_way.emplace(handle, UnderWay{request.deadline, cancel});
    }
    const auto patience = request.deadline - state_->clock.monotonic();
    const auto refuse = [&](std::string text) {
        state_->complete(handle, {OutcomeKind::NotSent, {}, std::move(text)});
        return handle;
    };
    if (full) return refuse("too many calls under way");
    if (patience <= Monotonic(0)) return refuse("its deadline had passed");
    if (!is_base_url(request.base_url) || !request.target.starts_with('/')) return refuse("not a usable address");

    const auto arrived = std::make_shared<Arrived>();
    web::http::http_request out;
    std::shared_ptr<web::http::client::http_client> client;
    try {
        out = library_request(request);
        client = state_->client_for(request, patience);
    } catch (const std::exception&) {
        return refuse("not a usable address");
    }
    const std::size_t limit = request.max_answer_bytes;
    out.set_progress_handler(
        [arrived, cancel, limit](web::http::message_direction::direction direction, utility::size64_t bytes) {
            if (direction != web::http::message_direction::download || bytes <= limit) return;
            arrived->too_large = true;
            cancel.cancel();
        });
    // The client lives as long as its call; each step below only pushes.
    const auto state = state_;
    client->request(out, cancel.get_token())
        .then([limit, arrived](const web::http::http_response& answer) {
            if (answer.headers().content_length() > limit) {
                arrived->too_large = true;
                throw web::http::http_exception("the answer is too large");
            }
            return answer.extract_vector().then([answer, arrived](std::vector<unsigned char> body) {
                arrived->answer = our_response(answer, std::move(body));
            });
        })
        .then([state, client, handle, arrived, limit](const pplx::task<void>& finished) {
            Outcome outcome;
            try {
                finished.get();
                if (arrived->too_large || arrived->answer.body.size() > limit) {
                    outcome = {OutcomeKind::Unknown, {}, std::string(kAnswerTooLarge)};
                } else {
                    outcome = {OutcomeKind::Answered, std::move(arrived->answer), ""};
                }
            } catch (...) {
                outcome = why(std::current_exception(), *arrived);
            }
            state->complete(handle, std::move(outcome));
        });
    return handle;
}

std::vector<Completion> CpprestClient::take_completed(Monotonic now) {
    std::vector<Completion> taken;
    std::vector<pplx::cancellation_token_source> late;
    {
        const std::lock_guard lock(state_->mutex);
        taken.swap(state_->completed);
        for (auto call = state_->under_way.begin(); call != state_->under_way.end();) {
            if (now < call->second.deadline) {
                ++call;
                continue;
            }
            taken.push_back({call->first, {OutcomeKind::Unknown, {}, "its deadline passed"}});
            late.push_back(call->second.cancel);
            call = state_->under_way.erase(call);
        }
    }
    // Outside the lock: cancelling runs the library's continuations, which call complete().
    for (auto& cancel : late) cancel.cancel();
    return taken;
}

void CpprestClient::abandon(CallHandle handle) {
    std::optional<pplx::cancellation_token_source> cancel;
    {
        const std::lock_guard lock(state_->mutex);
        std::erase_if(state_->completed, [&](const Completion& each) { return each.handle == handle; });
        const auto found = state_->under_way.find(handle);
        if (found == state_->under_way.end()) return;
        cancel = found->second.cancel;
        state_->under_way.erase(found);
    }
    cancel->cancel();
}

void CpprestClient::wait(std::chrono::microseconds at_most) {
    std::unique_lock lock(state_->mutex);
    state_->arrived.wait_for(lock, at_most, [&] { return !state_->completed.empty(); });
}

}  // namespace huiqiao::http
