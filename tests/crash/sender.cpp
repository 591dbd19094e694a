#include "tests/crash/sender.h"

#include <poll.h>

#include <algorithm>

#include "src/http/json.h"

namespace huiqiao::crash {

namespace {

constexpr http::JsonLimits kAnswerLimits{16, 1000, 1000, 1'000'000, std::size_t{16} * 1024 * 1024};
constexpr std::size_t kMostInBatch = 4;
constexpr std::size_t kComparedBack = 60;
constexpr std::int64_t kShortestPause_ms = 8;
constexpr std::int64_t kLongestPause_ms = 40;

std::string text_of(const http::JsonValue& object, const char* field) {
    const auto value = object.find(field);
    return value ? std::string(value->text()) : "";
}

}  // namespace

Sender::Sender(std::string platform_id, crypto::SigningKey key, std::string answers_key_pem, const Clock& clock,
               std::string base_url, std::vector<std::string> orders, std::uint64_t seed)
    : random_(seed), client_(clock, {}), prefix_("CRS-" + platform_id.substr(4) + "-"), orders_(std::move(orders)) {
    platform_ =
        std::make_unique<app::DemoPlatform>(std::move(platform_id), std::move(key), std::move(answers_key_pem),
                                            app::DemoConnection{client_, clock, std::move(base_url)}, signatures_);
}

std::string Sender::next_order(std::string& number) {
    // A stride that meets every kind of the sample early.
    std::string order = orders_[(made_ * 7) % orders_.size()];
    number = prefix_ + std::to_string(1'000'000 + made_++).substr(1);
    constexpr std::string_view kField = "\"platform_order_no\":";
    const std::size_t from = order.find('"', order.find(kField) + kField.size());
    const std::size_t to = order.find('"', from + 1);
    return order.replace(from + 1, to - from - 1, number);
}

Submission Sender::next_submission() {
    Submission made;
    made.key = "crash-" + prefix_ + std::to_string(100'000'000 + keys_++);
    const std::size_t count = random_.below(3) == 0 ? 2 + random_.below(kMostInBatch - 1) : 1;
    made.target = count == 1 ? "/v1/orders" : "/v1/orders/batch";
    for (std::size_t i = 0; i < count; ++i) {
        std::string number;
        made.body += (i == 0 ? "" : ",") + next_order(number);
        made.numbers.push_back(std::move(number));
    }
    if (count > 1) made.body = "{\"orders\":[" + made.body + "]}";
    return made;
}

void Sender::send(Submission& submission) {
    ++submission.tries;
    http::Outcome outcome;
    try {
        outcome = platform_->send(http::Method::Post, submission.target, submission.body, submission.key);
    } catch (const std::exception& error) {
        faults_.emplace_back(error.what());
        return;
    }
    if (outcome.kind != http::OutcomeKind::Answered) {
        ++tally_.unanswered;
        return;
    }
    const int status = outcome.answer.status;
    if (status == 503 || status == 429 || status == 409) {
        ++tally_.refused_for_now;
        if (outcome.answer.headers.only("Retry-After") == nullptr && status != 409)
            faults_.push_back(submission.key + ": " + std::to_string(status) + " without Retry-After");
        return;
    }
    if (status / 100 != 2) {
        faults_.push_back(submission.key + " was answered " + std::to_string(status) + ": " +
                          outcome.answer.body.substr(0, 300));
        return;
    }
    if (!submission.acknowledged()) {
        submission.answer = outcome.answer.body;
        return;
    }
    ++tally_.replays_compared;
    if (submission.answer != outcome.answer.body)
        faults_.push_back(submission.key + ": the same key brought another answer than the first time");
}

void Sender::step(bool new_orders) {
    if (!unanswered_.empty() && random_.below(2) == 0) {
        const std::size_t which = random_.below(unanswered_.size());
        Submission& again = submissions_[unanswered_[which]];
        send(again);
        if (again.acknowledged()) unanswered_.erase(unanswered_.begin() + static_cast<std::ptrdiff_t>(which));
        return;
    }
    if (!submissions_.empty() && (!new_orders || random_.below(6) == 0)) {
        // Of the last ones: stored answers are kept for days only.
        const std::size_t back = random_.below(std::min<std::size_t>(submissions_.size(), kComparedBack));
        Submission& known = submissions_[submissions_.size() - 1 - back];
        if (known.acknowledged()) send(known);
        return;
    }
    if (!new_orders) return;
    submissions_.push_back(next_submission());
    send(submissions_.back());
    if (!submissions_.back().acknowledged()) unanswered_.push_back(submissions_.size() - 1);
}

void Sender::run(const std::atomic<bool>& stop) {
    while (!stop) {
        step(true);
        ::poll(nullptr, 0,
               static_cast<int>(kShortestPause_ms +
                                static_cast<std::int64_t>(random_.below(kLongestPause_ms - kShortestPause_ms))));
    }
}

std::size_t Sender::ask_again() {
    for (const std::size_t at : unanswered_) send(submissions_[at]);
    std::erase_if(unanswered_, [this](std::size_t at) { return submissions_[at].acknowledged(); });
    return unanswered_.size();
}

std::vector<std::pair<std::string, std::string>> Sender::orders_in(const std::string& answer) {
    std::vector<std::pair<std::string, std::string>> told;
    const http::Json json = http::Json::parse(answer, kAnswerLimits).value();
    const auto add = [&](const http::JsonValue& order) {
        told.emplace_back(text_of(order, "platform_order_no"), text_of(order, "id"));
    };
    if (const auto results = json.root().find("results")) {
        for (const http::JsonValue& result : results->items()) {
            if (const auto order = result.find("order")) add(*order);
        }
    } else {
        add(json.root());
    }
    return told;
}

}  // namespace huiqiao::crash
