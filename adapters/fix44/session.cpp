#include "adapters/fix44/session.h"

#include <quickfix/FileStore.h>
#include <quickfix/Session.h>
#include <quickfix/SocketInitiator.h>
#include <quickfix/ThreadedSocketAcceptor.h>

#include <atomic>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace huiqiao {
namespace fix44 {

namespace {

const char kSeparator = '\x01';
const int kRelatedSymbols = 146;  // the only repeating group that is written
const int kSymbol = 55;

FIX::SessionSettings quickfix_settings(const SessionSettings& ours) {
    std::stringstream text;
    text << "[DEFAULT]\nConnectionType=" << (ours.accepts ? "acceptor" : "initiator")
         << "\nBeginString=FIX.4.4\nUseDataDictionary=N\nStartTime=00:00:00\nEndTime=00:00:00\nSocketNodelay=Y\n"
         << "FileStorePath=" << ours.directory << "\nHeartBtInt=" << ours.heart_beat_s
         << "\nReconnectInterval=" << ours.reconnect_s << "\nPersistMessages=" << (ours.accepts ? "Y" : "N") << "\n";
    if (ours.accepts) {
        text << "SocketAcceptPort=" << ours.port << "\nSocketReuseAddress=Y\n";
    } else {
        text << "SocketConnectHost=" << ours.host << "\nSocketConnectPort=" << ours.port << "\n";
    }
    text << "[SESSION]\nSenderCompID=" << ours.sender << "\nTargetCompID=" << ours.target << "\n";
    return FIX::SessionSettings(text);
}

struct Field {
    int tag;
    std::string value;
};

std::vector<Field> fields_of(const std::string& text) {
    std::vector<Field> fields;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t equals = text.find('=', at);
        const std::size_t end = text.find(kSeparator, at);
        if (equals == std::string::npos || end == std::string::npos || equals > end) break;
        fields.push_back(
            Field{std::atoi(text.substr(at, equals - at).c_str()), text.substr(equals + 1, end - equals - 1)});
        at = end + 1;
    }
    return fields;
}

/// The group's fields keep the order in which they were written, as the dictionary wants it.
FIX::Message quickfix_message(const std::string& text) {
    FIX::Message message;
    const std::vector<Field> fields = fields_of(text);
    std::size_t at = 0;
    for (; at < fields.size() && fields[at].tag != kRelatedSymbols; ++at) {
        if (fields[at].tag == FIX::FIELD::MsgType) {
            message.getHeader().setField(fields[at].tag, fields[at].value);
        } else {
            message.setField(fields[at].tag, fields[at].value);
        }
    }
    if (at == fields.size()) return message;
    std::vector<int> order;
    for (std::size_t i = at + 1; i < fields.size(); ++i) order.push_back(fields[i].tag);
    order.push_back(0);
    FIX::Group group(kRelatedSymbols, kSymbol, order.data());
    for (std::size_t i = at + 1; i < fields.size(); ++i) group.setField(fields[i].tag, fields[i].value);
    message.addGroup(group);
    return message;
}

std::string text_of(const FIX::Message& message) {
    std::string text = "35=" + message.getHeader().getField(FIX::FIELD::MsgType) + kSeparator;
    for (auto field = message.begin(); field != message.end(); ++field) {
        text += std::to_string(field->getTag()) + "=" + field->getString() + kSeparator;
    }
    return text;
}

thread_local int number_sent = 0;  // of the message that this thread is sending

class QuickfixSession final : public Session, private FIX::Application {
 public:
    QuickfixSession(const SessionSettings& settings, SessionListener& listener)
        : listener_(listener),
          id_("FIX.4.4", settings.sender, settings.target),
          settings_(quickfix_settings(settings)),
          store_(settings_) {
        if (settings.accepts) {
            acceptor_.reset(new FIX::ThreadedSocketAcceptor(*this, store_, settings_));
            acceptor_->start();
        } else {
            initiator_.reset(new FIX::SocketInitiator(*this, store_, settings_));
            initiator_->start();
        }
    }
    ~QuickfixSession() override {
        if (initiator_) initiator_->stop(true);
        if (acceptor_) acceptor_->stop(true);
    }
    QuickfixSession(const QuickfixSession&) = delete;
    QuickfixSession& operator=(const QuickfixSession&) = delete;

    bool is_logged_on() const override { return logged_on_; }

    int send(const std::string& text) override {
        FIX::Message message = quickfix_message(text);
        number_sent = 0;
        try {
            return FIX::Session::sendToTarget(message, id_) ? number_sent : 0;
        } catch (const FIX::SessionNotFound&) {
            return 0;
        }
    }

    void disconnect() override {
        if (FIX::Session* session = FIX::Session::lookupSession(id_)) session->disconnect();
    }

 private:
    void onCreate(const FIX::SessionID&) override {}
    void onLogon(const FIX::SessionID&) override { logged_on_ = true; }
    void onLogout(const FIX::SessionID&) override { logged_on_ = false; }
    void toAdmin(FIX::Message&, const FIX::SessionID&) override {}
    // noexcept is narrower than the exceptions that QuickFIX's base declares, which C++17 no longer knows.
    void toApp(FIX::Message& message, const FIX::SessionID&) noexcept override {
        if (message.getHeader().isSetField(FIX::FIELD::MsgSeqNum))
            number_sent = std::atoi(message.getHeader().getField(FIX::FIELD::MsgSeqNum).c_str());
    }
    void fromAdmin(const FIX::Message& message, const FIX::SessionID&) noexcept override {
        if (message.getHeader().getField(FIX::FIELD::MsgType) == FIX::MsgType_Reject) listener_.took(text_of(message));
    }
    void fromApp(const FIX::Message& message, const FIX::SessionID&) noexcept override {
        listener_.took(text_of(message));
    }

    SessionListener& listener_;
    FIX::SessionID id_;
    FIX::SessionSettings settings_;
    FIX::FileStoreFactory store_;
    std::atomic<bool> logged_on_{false};
    std::unique_ptr<FIX::SocketInitiator> initiator_;
    std::unique_ptr<FIX::ThreadedSocketAcceptor> acceptor_;
};

}  // namespace

std::unique_ptr<Session> Session::open(const SessionSettings& settings, SessionListener& listener) {
    try {
        return std::unique_ptr<Session>(new QuickfixSession(settings, listener));
    } catch (const FIX::Exception& error) {
        throw std::runtime_error(std::string("the FIX session cannot be opened: ") + error.what());
    }
}

}  // namespace fix44
}  // namespace huiqiao
