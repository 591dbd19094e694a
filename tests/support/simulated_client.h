#pragma once
// An http::Client on one thread: requests reach counterparties in process at once, and their answers are handed out at
// the next take_completed(). What the network may do is drawn by `network`, so that tests and the simulator decide.
// An answer that comes later than the call's deadline is one that never came.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/sandbox/counterparty.h"
#include "src/base/clock.h"
#include "src/http/client.h"

namespace huiqiao::testing {

class SimulatedClient final : public http::Client {
 public:
    using Peer = std::function<http::Response(const http::Request&, Instant now)>;
    enum class Network {
        Fine,
        Refused,     // proved: not a byte left
        Lost,        // it never arrives; known when the deadline has passed
        AnswerLost,  // it takes effect, and the connection breaks
        Hangs,       // it takes effect; the answer never comes
        Late,        // it takes effect; the answer comes after a while
        Garbled,     // it takes effect; a byte of the answer is another
        Twice,       // it arrives twice, and the second answer comes home
    };
    struct Fate {
        Fate(Network what) : how(what) {}  // NOLINT(google-explicit-constructor): most fates are only a word
        Fate(Network what, std::chrono::microseconds by) : how(what), late_by(by) {}
        Network how;
        std::chrono::microseconds late_by{0};
    };

    explicit SimulatedClient(const Clock& clock) : clock_(clock) {}

    void add(std::string base_url, Peer peer) { peers_.insert_or_assign(std::move(base_url), std::move(peer)); }
    void add(std::string base_url, sandbox::Counterparty& counterparty) {
        add(std::move(base_url),
            [&](const http::Request& request, Instant now) { return counterparty.answer(request, now); });
    }
    std::function<Fate(const http::OutgoingRequest&)> network = [](const auto&) { return Network::Fine; };
    std::vector<std::string> sent;  // "POST http://bank /v1/payments", in order
    /// Told of each call with its outcome, when it is made.
    std::function<void(const http::OutgoingRequest&, const http::Outcome&)> observe = [](const auto&, const auto&) {};

    http::CallHandle start(http::OutgoingRequest request) override {
        const http::CallHandle handle = ++last_;
        const Fate fate = network(request);
        http::Outcome outcome = carry(request, fate.how);
        observe(request, outcome);
        const Monotonic home = clock_.monotonic() + fate.late_by;
        if (fate.how == Network::Hangs || fate.how == Network::Lost || home > request.deadline) {
            outcome = {http::OutcomeKind::Unknown, {}, "deadline"};
            hanging_.emplace(handle, Hanging{request.deadline, std::move(outcome)});
        } else if (fate.how == Network::Late) {
            hanging_.emplace(handle, Hanging{home, std::move(outcome)});
        } else {
            completed_.push_back({handle, std::move(outcome)});
        }
        return handle;
    }
    std::vector<http::Completion> take_completed(Monotonic now) override {
        for (auto at = hanging_.begin(); at != hanging_.end();) {
            if (at->second.until > now) {
                ++at;
                continue;
            }
            completed_.push_back({at->first, std::move(at->second.outcome)});
            at = hanging_.erase(at);
        }
        return std::exchange(completed_, {});
    }
    void abandon(http::CallHandle handle) override {
        std::erase_if(completed_, [&](const http::Completion& each) { return each.handle == handle; });
        hanging_.erase(handle);
    }
    void wait(std::chrono::microseconds) override {}

 private:
    struct Hanging {
        Monotonic until;
        http::Outcome outcome;
    };
    http::Outcome carry(const http::OutgoingRequest& request, Network how) {
        const auto peer = peers_.find(request.base_url);
        if (peer == peers_.end() || how == Network::Refused) return {http::OutcomeKind::NotSent, {}, "refused"};
        if (how == Network::Lost) return {http::OutcomeKind::Unknown, {}, "lost"};
        sent.push_back(std::string(http::to_text(request.method)) + " " + request.base_url + " " + request.target);
        http::Request arrived;
        arrived.method = request.method;
        if (!http::set_target(arrived, request.target)) throw LogicError("bad target " + request.target);
        arrived.headers = request.headers;
        arrived.headers.set("Host", std::string_view(request.base_url).substr(request.base_url.find("://") + 3));
        arrived.body = request.body;
        arrived.peer = "127.0.0.1";
        http::Response response = peer->second(arrived, clock_.now());
        if (how == Network::Twice) response = peer->second(arrived, clock_.now());
        if (how == Network::Garbled && !response.body.empty()) response.body[response.body.size() / 2] ^= 1;
        if (how == Network::Hangs) return {http::OutcomeKind::Unknown, {}, "deadline"};
        if (how == Network::AnswerLost || response.status == sandbox::kNoAnswer)
            return {http::OutcomeKind::Unknown, {}, "no answer"};
        return {http::OutcomeKind::Answered, std::move(response), ""};
    }

    const Clock& clock_;
    std::map<std::string, Peer> peers_;
    std::vector<http::Completion> completed_;
    std::map<http::CallHandle, Hanging> hanging_;
    http::CallHandle last_ = 0;
};

}  // namespace huiqiao::testing
