#pragma once
// An http::Client over FIX sessions: a request's base_url names the session ("fix://127.0.0.1:7811"), its body is
// application messages. A session is opened when the client is first stepped, and stays;
// one that cannot be opened is tried again with each request, and harms no other. Where it is not logged on, the
// request completes as NotSent, which is proved: the session sends nothing later (session.h). An empty body asks
// nobody, and is answered by an empty body. Logs nothing and keeps no message. Two processes cannot share a session:
// each needs a sender of its own.

#include <condition_variable>
#include <memory>
#include <mutex>

#include "adapters/fix44/dialogue.h"
#include "adapters/fix44/session.h"
#include "adapters/fix44/unawaited.h"
#include "src/base/clock.h"
#include "src/http/client.h"

namespace huiqiao::fix44 {

class FixClient final : public http::Client {
 public:
    /// By base_url.
    using Sessions = std::map<std::string, SessionSettings>;
    /// unawaited is told of what comes and nobody awaits: late answers, fills after a deal was read. It outlives this.
    FixClient(const Clock& clock, const Sessions& sessions, Unawaited& unawaited);
    ~FixClient() override;

    http::CallHandle start(http::OutgoingRequest request) override;
    std::vector<http::Completion> take_completed(Monotonic now) override;
    void abandon(http::CallHandle handle) override;
    void wait(std::chrono::microseconds at_most) override;

    [[nodiscard]] bool is_logged_on(const std::string& base_url);

 private:
    struct Line;
    /// Why it is not open; empty where it is.
    static std::string open(Line& line);
    void open_all();
    http::CallHandle done(http::CallHandle handle, http::Outcome outcome);

    const Clock& clock_;
    std::mutex mutex_;  // over the dialogues and what follows; never held while a session sends
    std::condition_variable came_;
    http::CallHandle last_ = 0;
    std::vector<http::Completion> done_;
    Unawaited& unawaited_;
    bool tried_ = false;
    std::map<std::string, std::unique_ptr<Line>> lines_;
};

/// "fix://host:port"
bool is_fix_url(std::string_view base_url);
/// host and port of it; nullopt where it is none.
std::optional<std::pair<std::string, int>> fix_address(std::string_view base_url);

}  // namespace huiqiao::fix44
