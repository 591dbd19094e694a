#include "adapters/fix44/fix_client.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "adapters/fix44/tags.h"

namespace huiqiao::fix44 {

namespace {

constexpr std::string_view kScheme = "fix://";

http::Outcome not_sent(std::string why) {
    return {http::OutcomeKind::NotSent, {}, std::move(why)};
}

}  // namespace

bool is_fix_url(std::string_view base_url) {
    return base_url.starts_with(kScheme);
}

std::optional<std::pair<std::string, int>> fix_address(std::string_view base_url) {
    if (!is_fix_url(base_url)) return std::nullopt;
    base_url.remove_prefix(kScheme.size());
    const std::size_t colon = base_url.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    const std::string_view digits = base_url.substr(colon + 1);
    int port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc{} || end != digits.data() + digits.size() || port < 1 || port > 65'535) return std::nullopt;
    return std::pair(std::string(base_url.substr(0, colon)), port);
}

struct FixClient::Line final : SessionListener {
    Line(FixClient& whose, SessionSettings how) : client(whose), settings(std::move(how)) {}

    void took(const std::string& text) override {
        const auto messages = parse_messages(text);
        const std::scoped_lock lock(client.mutex_);
        if (!messages) {
            client.unawaited_.took_garbage();
            return;
        }
        for (const Message& message : *messages) {
            if (!dialogue.take(message)) client.unawaited_.took(message, client.clock_.now());
        }
        client.came_.notify_all();
    }

    FixClient& client;
    SessionSettings settings;
    Dialogue dialogue;
    std::unique_ptr<Session> session;  // goes first: its thread calls took()
};

FixClient::FixClient(const Clock& clock, const Sessions& sessions, Unawaited& unawaited)
    : clock_(clock), unawaited_(unawaited) {
    for (const auto& [url, settings] : sessions) lines_.emplace(url, std::make_unique<Line>(*this, settings));
}

FixClient::~FixClient() = default;

std::string FixClient::open(Line& line) {
    if (line.session) return "";
    try {
        std::filesystem::create_directories(line.settings.directory);
        line.session = Session::open(line.settings, line);
    } catch (const std::exception& error) {
        return error.what();
    }
    return "";
}

void FixClient::open_all() {
    if (std::exchange(tried_, true)) return;
    for (const auto& [url, line] : lines_) (void)open(*line);
}

http::CallHandle FixClient::done(http::CallHandle handle, http::Outcome outcome) {
    const std::scoped_lock lock(mutex_);
    done_.push_back({handle, std::move(outcome)});
    came_.notify_all();
    return handle;
}

http::CallHandle FixClient::start(http::OutgoingRequest request) {
    http::CallHandle handle = 0;
    {
        const std::scoped_lock lock(mutex_);
        handle = ++last_;
    }
    const auto line = lines_.find(request.base_url);
    if (line == lines_.end()) return done(handle, not_sent("there is no FIX session " + request.base_url));
    if (request.body.empty()) return done(handle, {http::OutcomeKind::Answered, {}, ""});
    auto messages = parse_messages(request.body);
    if (!messages || messages->empty()) return done(handle, not_sent("the request is no FIX message"));
    if (std::string why = open(*line->second); !why.empty()) return done(handle, not_sent(std::move(why)));
    Session& session = *line->second->session;
    if (!session.is_logged_on()) return done(handle, not_sent("the FIX session is not logged on"));
    {
        const std::scoped_lock lock(mutex_);
        line->second->dialogue.expect(handle, *messages, request.deadline);
    }
    bool left = false;
    for (Message& message : *messages) {
        if (message.type() == "D") message.add(tag::kTransactTime, utc_timestamp(clock_.now()));
        const int number = session.send(message.text());
        left = left || number != 0;
        if (number == 0) continue;
        const std::scoped_lock lock(mutex_);
        line->second->dialogue.sent_as(number, handle);
    }
    if (left) return handle;
    {
        const std::scoped_lock lock(mutex_);
        line->second->dialogue.forget(handle);
    }
    return done(handle, not_sent("the FIX session ended before it was sent"));
}

std::vector<http::Completion> FixClient::take_completed(Monotonic now) {
    open_all();
    const std::scoped_lock lock(mutex_);
    std::vector<http::Completion> completions = std::exchange(done_, {});
    for (const auto& [url, line] : lines_) {
        for (http::Completion& each : line->dialogue.take_completed(now)) completions.push_back(std::move(each));
    }
    return completions;
}

void FixClient::abandon(http::CallHandle handle) {
    const std::scoped_lock lock(mutex_);
    for (const auto& [url, line] : lines_) line->dialogue.forget(handle);
    std::erase_if(done_, [&](const http::Completion& each) { return each.handle == handle; });
}

void FixClient::wait(std::chrono::microseconds at_most) {
    std::unique_lock lock(mutex_);
    came_.wait_for(lock, at_most, [&] {
        return !done_.empty() || std::any_of(lines_.begin(), lines_.end(),
                                             [](const auto& line) { return line.second->dialogue.has_completed(); });
    });
}

bool FixClient::is_logged_on(const std::string& base_url) {
    open_all();
    const std::unique_ptr<Session>& session = lines_.at(base_url)->session;
    return session != nullptr && session->is_logged_on();
}

}  // namespace huiqiao::fix44
