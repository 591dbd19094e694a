#pragma once
// Serves a counterparty over FIX 4.4: an acceptor on a port, and one thread that answers messages in their order, so
// that the session's own thread never waits for the books. What comes is asked of the counterparty as POST /fix
// (bank/fix_desk.h); an answer of any other status than 200 is silence. Loopback only.

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "adapters/fix44/session.h"
#include "src/http/message.h"

namespace huiqiao::sandbox {

class FixHost final : private fix44::SessionListener {
 public:
    using Ask = std::function<http::Response(const http::Request&)>;
    /// Listens at once. Throws std::runtime_error where the port is taken.
    FixHost(const fix44::SessionSettings& settings, Ask ask);
    ~FixHost() override;
    FixHost(const FixHost&) = delete;
    FixHost& operator=(const FixHost&) = delete;

    [[nodiscard]] bool is_logged_on() const { return session_->is_logged_on(); }
    void disconnect() { session_->disconnect(); }

 private:
    void took(const std::string& message) override;
    void answer_loop();
    void answer(const std::string& message);

    Ask ask_;
    std::mutex mutex_;
    std::condition_variable came_;
    std::deque<std::string> waiting_;
    bool stopping_ = false;
    std::unique_ptr<fix44::Session> session_;
    std::thread answering_;
};

}  // namespace huiqiao::sandbox
