#include "src/calls/call_worker.h"

#include <algorithm>

#include "src/base/crash_point.h"
#include "src/base/sometimes.h"
#include "src/calls/call_store.h"
#include "src/calls/wire_text.h"

namespace huiqiao::calls {

namespace {

constexpr std::chrono::seconds kConnectingAndMore{30};  // XCT-09

WireAnswer wire_answer(http::Outcome&& outcome) {
    WireAnswer answer;
    switch (outcome.kind) {
        case http::OutcomeKind::Answered: answer.kind = WireAnswer::Kind::Answered; break;
        case http::OutcomeKind::NotSent: answer.kind = WireAnswer::Kind::NotSent; break;
        case http::OutcomeKind::Unknown: answer.kind = WireAnswer::Kind::Unknown; break;
    }
    answer.why = std::move(outcome.text);
    if (answer.kind != WireAnswer::Kind::Answered) return answer;
    answer.status = outcome.answer.status;
    answer.headers = outcome.answer.headers.all();
    answer.body = std::move(outcome.answer.body);
    return answer;
}

http::OutgoingRequest outgoing(const WireRequest& wire, const CounterpartySettings& to, const Claimed& claimed,
                               Monotonic now) {
    const auto method = http::method_from_text(wire.method);
    if (!method) throw LogicError("a stored request has an unknown method");
    http::OutgoingRequest request;
    request.method = *method;
    const bool deals_elsewhere = !to.dealing_url.empty() && claimed.call.operation.starts_with("fx.");
    request.base_url = deals_elsewhere ? to.dealing_url : to.base_url;
    request.target = wire.target;
    for (const auto& [name, value] : wire.headers) request.headers.add(name, value);
    request.body = wire.body;
    request.deadline = now + to.timeout;
    request.max_answer_bytes = to.max_answer_bytes;
    request.may_be_sent_twice = claimed.kind == Claimed::Kind::Query || claimed.call.recovery == Recovery::Resendable;
    return request;
}

}  // namespace

CallWorker::CallWorker(const Clock& clock, Random& random, db::Database& database, db::WriteQueue& queue,
                       http::Client& client, CallOperations& operations, CallWorkerSettings settings)
    : clock_(clock),
      random_(random),
      database_(database),
      queue_(queue),
      client_(client),
      operations_(operations),
      settings_(std::move(settings)) {
    for (const CounterpartySettings& each : settings_.counterparties) {
        if (settings_.send_within + each.timeout + kConnectingAndMore > operations_.rules().lease) {
            throw LogicError("calls to " + each.name + " may take longer than their lease");
        }
        lines_.push_back({each, Circuit(), 0});
    }
}

int CallWorker::step() {
    return record_completed() + start_due();
}

void CallWorker::note(const UnderWay& call, const http::Outcome& outcome) {
    Line& line = lines_[call.line];
    --line.under_way;
    switch (outcome.kind) {
        case http::OutcomeKind::Answered:
            ++counters_.answered;
            // A 5xx is an answer, but a counterparty that gives nothing else is as good as dead.
            if (outcome.answer.status >= 500) {
                line.circuit.failed(call.started, clock_.monotonic(), random_);
            } else {
                line.circuit.answered();
            }
            return;
        case http::OutcomeKind::NotSent: ++counters_.not_sent; break;
        case http::OutcomeKind::Unknown: ++counters_.unknown; break;
    }
    line.circuit.failed(call.started, clock_.monotonic(), random_);
}

int CallWorker::record_completed() {
    for (http::Completion& completion : client_.take_completed(clock_.monotonic())) {
        const auto place = under_way_.find(completion.handle);
        if (place == under_way_.end()) continue;
        note(place->second, completion.outcome);
        auto item = std::make_shared<RecordItem>();
        item->claimed = std::move(place->second.claimed);
        under_way_.erase(place);
        item->answer = wire_answer(std::move(completion.outcome));
        if (item->answer.kind != WireAnswer::Kind::NotSent) item->reading = read(*item);
        unrecorded_.push_back(std::move(item));
    }
    if (unrecorded_.empty()) return 0;
    crash_point("calls.answered");
    const std::vector<std::shared_ptr<RecordItem>> batch = std::move(unrecorded_);
    unrecorded_.clear();
    const std::vector<std::shared_ptr<db::Item>> items(batch.begin(), batch.end());
    const std::vector<Status> outcomes = queue_.run(operations_.record(), items);
    int recorded = 0;
    for (std::size_t at = 0; at < batch.size(); ++at) {
        if (outcomes[at].ok()) {
            ++recorded;
            if (batch[at]->late) ++counters_.late;
        } else {
            write_failed(batch[at], outcomes[at].error());
        }
    }
    crash_point("calls.recorded");
    return recorded;
}

Reading CallWorker::read(const RecordItem& item) {
    const Call& call = item.claimed.call;
    try {
        return operations_.handlers()
            .of(call.operation)
            .read(call, item.answer, item.claimed.kind == Claimed::Kind::Query);
    } catch (const std::exception&) {
        // The others that came home with it are recorded all the same; this one says nothing.
        ++counters_.unreadable;
        return {};
    }
}

void CallWorker::write_failed(const std::shared_ptr<RecordItem>& item, const Error& error) {
    ++counters_.failed_writes;
    // Nothing was written for sure: kept, and written at the next step.
    if (error.code->group == ErrorGroup::Retry) return unrecorded_.push_back(item);
    // Its own meaning cannot be booked, now or at the next answer: recorded as an answer that says nothing, so that it
    // is kept as evidence, the schedule of queries goes on to its end, and a person is told.
    if (error.code->group == ErrorGroup::Internal && !item->unrecordable) {
        item->reading = {};
        item->unrecordable = true;
        return unrecorded_.push_back(item);
    }
    // Not known whether it was written: the lease runs out and the call is queried.
}

int CallWorker::start_due() {
    std::vector<int> wanted(lines_.size());
    for (std::size_t at = 0; at < lines_.size(); ++at) {
        const Line& line = lines_[at];
        wanted[at] = line.circuit.room(clock_.monotonic(), line.under_way, line.settings.concurrency);
    }
    if (std::all_of(wanted.begin(), wanted.end(), [](int most) { return most == 0; })) return 0;
    std::vector<std::vector<Candidate>> due(lines_.size());
    database_.look([&](db::Reader& reader) {
        for (std::size_t at = 0; at < lines_.size(); ++at) {
            const std::string& name = lines_[at].settings.name;
            due[at].clear();
            if (wanted[at] == 0) continue;
            if (!lines_[at].circuit.is_trying(clock_.monotonic())) {
                due[at] = due_calls(reader, name, clock_.now(), wanted[at]);
            } else if (auto one = least_harmful(reader, name, clock_.now())) {
                due[at].push_back(std::move(*one));
            }
        }
    });
    int started = 0;
    for (std::size_t at = 0; at < lines_.size(); ++at) {
        const std::vector<Candidate>& candidates = due[at];
        if (candidates.empty()) continue;
        const Monotonic claimed_at = clock_.monotonic();
        started += start_claimed(at, claim(candidates), claimed_at);
    }
    return started;
}

std::vector<Claimed> CallWorker::claim(std::span<const Candidate> candidates) {
    std::vector<std::shared_ptr<db::Item>> items;
    for (const Candidate& candidate : candidates) {
        auto item = std::make_shared<ClaimItem>();
        item->call_id = candidate.id;
        item->is_ahead = candidate.is_ahead;
        item->owner = settings_.owner;
        items.push_back(std::move(item));
    }
    const std::vector<Status> outcomes = queue_.run(operations_.claim(), items);
    std::vector<Claimed> claimed;
    for (std::size_t at = 0; at < items.size(); ++at) {
        // A claim whose COMMIT is not known is no claim: nothing is sent, and its lease runs out.
        if (!outcomes[at].ok()) {
            ++counters_.failed_writes;
            continue;
        }
        auto& item = static_cast<ClaimItem&>(*items[at]);
        if (item.claimed) claimed.push_back(std::move(*item.claimed));
    }
    crash_point("calls.claimed");
    return claimed;
}

int CallWorker::start_claimed(std::size_t line, std::vector<Claimed> claimed, Monotonic claimed_at) {
    std::vector<std::string> to_send;
    for (const Claimed& each : claimed) {
        if (each.kind == Claimed::Kind::Send) to_send.push_back(each.call.id);
    }
    std::map<std::string, std::string> requests;
    if (!to_send.empty()) {
        database_.look([&](db::Reader& reader) { requests = load_requests(reader, to_send); });
    }
    const CounterpartySettings& to = lines_[line].settings;
    for (Claimed& each : claimed) {
        const Monotonic now = clock_.monotonic();
        const bool is_over =
            each.kind == Claimed::Kind::Send && each.call.not_after && *each.call.not_after < clock_.now();
        if (is_over || now - claimed_at > settings_.send_within) {
            // Paused between the claim and here: others may soon hold the call, so it is given back unsent.
            ++counters_.too_slow_to_send;
            sometimes("woke too late to send");
            give_back(std::move(each), "the time to send it was over");
            continue;
        }
        http::OutgoingRequest request;
        try {
            WireRequest wire = each.kind == Claimed::Kind::Query ? *each.query : stored_request(each.call, requests);
            operations_.handlers().of(each.call.operation).sign(each.call, wire);
            request = outgoing(wire, to, each, now);
        } catch (const std::exception& error) {
            // Sealed under a key that is gone, or damaged: it waits, in the end for a person, and harms no other call.
            ++counters_.unreadable;
            give_back(std::move(each), error.what());
            continue;
        }
        const http::CallHandle handle = client_.start(std::move(request));
        ++(each.kind == Claimed::Kind::Query ? counters_.queried : counters_.sent);
        ++lines_[line].under_way;
        under_way_.emplace(handle, UnderWay{clock_.monotonic(), std::move(each), line});
        crash_point("calls.sent");
    }
    return static_cast<int>(claimed.size());
}

WireRequest CallWorker::stored_request(const Call& call, const std::map<std::string, std::string>& requests) const {
    const Result<std::string> text =
        operations_.sealer().open({"external_call", call.id, "request"}, requests.at(call.id));
    if (!text) throw LogicError(text.error().english());
    return decode_request(*text);
}

void CallWorker::give_back(Claimed claimed, std::string why) {
    auto item = std::make_shared<RecordItem>();
    item->claimed = std::move(claimed);
    item->answer = {WireAnswer::Kind::NotSent, 0, {}, "", std::move(why)};
    unrecorded_.push_back(std::move(item));
}

}  // namespace huiqiao::calls
