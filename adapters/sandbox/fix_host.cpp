#include "adapters/sandbox/fix_host.h"

#include "adapters/fix44/message.h"
#include "adapters/sandbox/bank/fix_desk.h"

namespace huiqiao::sandbox {

FixHost::FixHost(const fix44::SessionSettings& settings, Ask ask)
    : ask_(std::move(ask)), session_(fix44::Session::open(settings, *this)), answering_([this] { answer_loop(); }) {}

FixHost::~FixHost() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    came_.notify_all();
    answering_.join();
}

void FixHost::took(const std::string& message) {
    const std::scoped_lock lock(mutex_);
    waiting_.push_back(message);
    came_.notify_all();
}

void FixHost::answer_loop() {
    std::unique_lock lock(mutex_);
    while (true) {
        came_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
        if (stopping_) return;
        const std::string message = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        answer(message);
        lock.lock();
    }
}

void FixHost::answer(const std::string& message) {
    http::Request request;
    request.method = http::Method::Post;
    request.path = request.target = bank::kFixPath;
    request.peer = bank::kFixPeer;
    request.body = message;
    const http::Response response = ask_(request);
    if (response.status != 200) return;
    const std::string_view to_session = response.headers.value(bank::kFixSessionHeader);
    if (to_session == "drop_before") session_->disconnect();
    const auto answers = fix44::parse_messages(response.body);
    if (!answers) return;
    for (const fix44::Message& each : *answers) session_->send(each.text());
    if (to_session == "drop_after") session_->disconnect();
}

}  // namespace huiqiao::sandbox
