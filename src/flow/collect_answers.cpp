#include "src/flow/collect_answers.h"

#include <map>

namespace huiqiao::flow {

namespace {

/// Shared between the steps of one record: find() fills in the payment's columns that never change.
struct Details {
    orders::ChannelAnswer answer;
    std::optional<orders::PaymentPlace> payment;
};

Details* details_of(const calls::Reading& reading) {
    const auto* shared = std::any_cast<std::shared_ptr<Details>>(&reading.details);
    return shared == nullptr ? nullptr : shared->get();
}

bool is_paid(const Details& details) {
    return details.answer.payment && details.answer.payment->state == orders::ChannelState::Paid;
}

/// What the answer says of the question itself. A query of a payment that the channel does not know is over, and the
/// payment stays as it is (XCT-07). A close is over when the channel says that the trade is closed, or that it was
/// paid; "not found" is no proof, since the order may be on its way, and a trade that is open still must be closed yet.
void judge(InstructionAnswer& instruction, ChannelOperation kind, const orders::ChannelAnswer& answer) {
    switch (kind) {
        case ChannelOperation::Order: return;
        case ChannelOperation::Query:
            if (instruction.outcome == Outcome::Unknown && instruction.reason_code == orders::channel_reason::kNotFound)
                instruction.outcome = Outcome::RejectedFinal;
            return;
        case ChannelOperation::Close:
            if (instruction.reason_code == orders::channel_reason::kPaidAlready) {
                instruction.outcome = Outcome::RejectedFinal;
            } else if (instruction.outcome == Outcome::RejectedFinal) {
                instruction.outcome = Outcome::Unknown;  // whatever else it refuses, the trade may still be paid
            }
            if (answer.payment && answer.payment->state == orders::ChannelState::Waiting) {
                instruction.outcome = Outcome::Unknown;
                instruction.reason_code = "still_open";
            }
            return;
    }
    throw LogicError("unnamed operation at a channel");
}

}  // namespace

std::string_view CollectAnswers::operation() const {
    switch (kind_) {
        case ChannelOperation::Order: return "channel.order";
        case ChannelOperation::Query: return "channel.query";
        case ChannelOperation::Close: return "channel.close";
    }
    throw LogicError("unnamed operation at a channel");
}

/// None has a query of its own: an order is placed and closed again with the same bytes, a query is asked again.
std::optional<WireRequest> CollectAnswers::query(const calls::Call&) const {
    return std::nullopt;
}

void CollectAnswers::sign(const calls::Call& call, WireRequest& request) const {
    const orders::CollectionChannel* port = parts_.port(call.counterparty);
    if (port != nullptr) port->sign(request);
}

calls::Reading CollectAnswers::read(const calls::Call& call, const WireAnswer& answer, bool) const {
    calls::Reading reading;
    const orders::CollectionChannel* port = parts_.port(call.counterparty);
    if (port == nullptr) return reading;
    auto details = std::make_shared<Details>();
    details->answer = port->read_answer(call.reference, answer);
    InstructionAnswer instruction = details->answer.instruction;
    judge(instruction, kind_, details->answer);
    reading.answers.push_back(std::move(instruction));
    reading.details = std::move(details);
    return reading;
}

void CollectAnswers::find_set(db::Reader& reader, std::span<const calls::Answered> answered) {
    std::vector<std::string> ids;
    for (const calls::Answered& each : answered) {
        if (details_of(*each.reading) != nullptr) ids.push_back(each.call->instructions.front().subject_id);
    }
    std::map<std::string, orders::PaymentPlace> places;
    for (orders::PaymentPlace& place : orders::PaymentStore::places(reader, ids)) {
        std::string id = place.id;
        places.emplace(std::move(id), std::move(place));
    }
    for (const calls::Answered& each : answered) {
        Details* details = details_of(*each.reading);
        if (details == nullptr) continue;
        const auto place = places.find(each.call->instructions.front().subject_id);
        if (place == places.end()) throw LogicError("call " + each.call->id + " is about a payment that is not there");
        details->payment = place->second;
    }
}

void CollectAnswers::claim(db::Claims& claims, const calls::Call&, const calls::Reading& reading) {
    const Details* details = details_of(reading);
    if (details != nullptr && is_paid(*details)) claim_payment(parts_, claims, *details->payment);
}

void CollectAnswers::lock(db::Locks& locks, const calls::Call&, const calls::Reading& reading) {
    const Details* details = details_of(reading);
    if (details != nullptr) lock_payment(parts_, locks, *details->payment, is_paid(*details));
}

void CollectAnswers::start(db::Group&) {
    facts_.clear();
}

void CollectAnswers::apply(db::Group&, const calls::Call& call, const calls::Reading& reading,
                           std::span<const calls::Moved> moved) {
    const Details* details = details_of(reading);
    if (details == nullptr) return;
    for (const calls::Moved& each : moved) {
        if (each.to == calls::InstructionOutcome::Confirmed && details->answer.payment) {
            facts_.push_back({.payment_id = each.instruction->subject_id,
                              .said = *details->answer.payment,
                              .asked = true,
                              .request_id = call.id});
        } else if (each.to == calls::InstructionOutcome::Rejected && kind_ == ChannelOperation::Order) {
            ChannelFact refused{
                .payment_id = each.instruction->subject_id, .asked = true, .refused = true, .request_id = call.id};
            refused.said.reason = each.answer->reason_code;
            facts_.push_back(std::move(refused));
        } else if (each.to == calls::InstructionOutcome::Rejected && kind_ == ChannelOperation::Close) {
            facts_.push_back(
                {.payment_id = each.instruction->subject_id, .asked = true, .not_closed = true, .request_id = call.id});
        }
    }
}

void CollectAnswers::finish(db::Group& group) {
    apply_facts(group, parts_, facts_);
    facts_.clear();
}

std::optional<std::chrono::seconds> CollectAnswers::next_query(int queries) const {
    using std::chrono::seconds;
    static constexpr seconds kAgain[] = {seconds(5),   seconds(15),   seconds(60),   seconds(300),
                                         seconds(900), seconds(1800), seconds(3600), seconds(7200)};
    if (queries < 0 || static_cast<std::size_t>(queries) >= std::size(kAgain)) return std::nullopt;
    return kAgain[queries];
}

}  // namespace huiqiao::flow
