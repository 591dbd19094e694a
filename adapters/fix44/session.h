#pragma once
// One FIX 4.4 session over a socket: logs on and stays so, numbers and acknowledges, asks again for what it missed.
// What crosses this header is the application part of messages as text (message.h), since QuickFIX's own headers need
// an older C++: nothing of them, and nothing newer than C++14, stands here. Numbers survive a restart in `directory`.
// What an initiator sends is kept nowhere and never sent a second time: a gap is filled, since an order that arrives an
// hour late is another order. An acceptor keeps what it sends, and sends it again when it is asked (43=Y).

#include <memory>
#include <string>

namespace huiqiao {
namespace fix44 {

struct SessionSettings {
    bool accepts = false;  // the bank's side: listens on the port; else connects to host and port
    std::string host = "127.0.0.1";
    int port = 0;
    std::string sender;  // 49, as we name ourselves
    std::string target;  // 56
    int heart_beat_s = 30;
    int reconnect_s = 2;
    std::string directory;
};

/// Called on a thread of the session. Must not throw.
class SessionListener {
 public:
    virtual ~SessionListener() = default;
    /// An application message, or the counterparty's reject of one of ours ("35=3|45=…").
    virtual void took(const std::string& message) = 0;
};

class Session {
 public:
    virtual ~Session() = default;
    /// The listener outlives it. Throws std::runtime_error where the directory or the port cannot be used.
    static std::unique_ptr<Session> open(const SessionSettings& settings, SessionListener& listener);

    virtual bool is_logged_on() const = 0;
    /// The number under which it was handed to the socket; 0: it was not (an initiator's never will be). Fields behind
    /// 146= are one entry of that repeating group.
    virtual int send(const std::string& message) = 0;
    /// Breaks the connection; an initiator comes back by itself.
    virtual void disconnect() = 0;
};

}  // namespace fix44
}  // namespace huiqiao
