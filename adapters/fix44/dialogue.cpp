#include "adapters/fix44/dialogue.h"

#include <algorithm>
#include <array>

#include "adapters/fix44/adapter.h"
#include "adapters/fix44/tags.h"

namespace huiqiao::fix44 {

namespace {

/// What a message of ours is known by: quotes and orders have names of their own.
std::string id_of_asked(const Message& message) {
    if (message.type() == "R") return "Q" + std::string(message.only(tag::kQuoteReqId));
    return "O" + std::string(message.only(tag::kClOrdId));
}

std::vector<std::string> ids_of_answer(const Message& message) {
    const std::string& type = message.type();
    if (type == "S" || type == "AG" || type == "Z") return {"Q" + std::string(message.only(tag::kQuoteReqId))};
    if (type == "8") return {"O" + std::string(message.only(tag::kClOrdId))};
    if (type != "j") return {};
    const std::string reference(message.only(tag::kBusinessRejectRefId));
    return {"Q" + reference, "O" + reference};
}

/// Whether more is to come on the order: a report that it was taken up, or dealt in part.
bool is_last_word(const Message& asked, const Message& answer) {
    if (answer.type() != "8" || asked.type() != "D") return true;
    constexpr std::array<std::string_view, 3> kGoesOn{"0", "1", "A"};
    return std::find(kGoesOn.begin(), kGoesOn.end(), answer.only(tag::kOrdStatus)) == kGoesOn.end();
}

}  // namespace

void Dialogue::expect(http::CallHandle handle, std::vector<Message> asked, Monotonic deadline) {
    for (const Message& message : asked) by_id_[id_of_asked(message)] = handle;
    Awaited awaited{std::move(asked), {}, {}, deadline};
    awaited.answered.resize(awaited.asked.size());
    awaited_.emplace(handle, std::move(awaited));
}

void Dialogue::sent_as(int number, http::CallHandle handle) {
    if (awaited_.contains(handle)) by_number_[number] = handle;
}

void Dialogue::forget(http::CallHandle handle) {
    awaited_.erase(handle);
    std::erase_if(by_id_, [&](const auto& entry) { return entry.second == handle; });
    std::erase_if(by_number_, [&](const auto& entry) { return entry.second == handle; });
    std::erase(complete_, handle);
}

bool Dialogue::take(const Message& message) {
    std::optional<http::CallHandle> handle;
    std::string id;
    if (message.type() == "3") {
        const std::string number(message.only(tag::kRefSeqNum));
        for (const auto& [sent, whose] : by_number_) {
            if (std::to_string(sent) == number) handle = whose;
        }
    }
    for (const std::string& each : ids_of_answer(message)) {
        const auto known = by_id_.find(each);
        if (known == by_id_.end()) continue;
        handle = known->second;
        id = each;
    }
    if (!handle) return false;
    Awaited& awaited = awaited_.at(*handle);
    awaited.answers.push_back(message);
    for (std::size_t at = 0; at < awaited.asked.size(); ++at) {
        const Message& asked = awaited.asked[at];
        // A refused number names no message of ours: it ends the request that it belongs to.
        if (id.empty() || (id_of_asked(asked) == id && is_last_word(asked, message))) awaited.answered[at] = true;
    }
    const bool whole = std::all_of(awaited.answered.begin(), awaited.answered.end(), [](bool each) { return each; });
    if (whole && std::find(complete_.begin(), complete_.end(), *handle) == complete_.end())
        complete_.push_back(*handle);
    return true;
}

http::Outcome Dialogue::outcome_of(const Awaited& awaited) {
    if (awaited.answers.empty()) return {http::OutcomeKind::Unknown, {}, "deadline"};
    http::Outcome outcome{http::OutcomeKind::Answered, {}, ""};
    outcome.answer.status = 200;
    outcome.answer.headers.set(kAskedHeader, text_of(awaited.asked, '|'));
    outcome.answer.body = text_of(awaited.answers);
    return outcome;
}

std::vector<http::Completion> Dialogue::take_completed(Monotonic now) {
    for (const auto& [handle, awaited] : awaited_) {
        if (awaited.deadline > now || std::find(complete_.begin(), complete_.end(), handle) != complete_.end())
            continue;
        complete_.push_back(handle);
    }
    std::vector<http::Completion> completions;
    for (const http::CallHandle handle : std::vector<http::CallHandle>(complete_)) {
        completions.push_back({handle, outcome_of(awaited_.at(handle))});
        forget(handle);
    }
    return completions;
}

}  // namespace huiqiao::fix44
