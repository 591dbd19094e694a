// Banks without locks: the deal's record and its details go first, in their order, each step prepared in the COMMIT
// that saw the one before taken. Then the bank deals at the rate of the moment, so the order goes out only while the
// price that was compared still stands (FX-03, FX-09); see convert_late.cpp for one that could not leave in that time.

#include <algorithm>

#include "src/base/sometimes.h"
#include "src/flow/convert_parts.h"

namespace huiqiao::flow {

namespace {

/// Until when the bank's latest price may be dealt at; nullopt: not now. It may be newer than the one compared.
std::optional<Instant> stands_until(db::Group& group, const ConvertParts& parts, const PurchaseInHand& in_hand) {
    const std::string id = fx::board_id(in_hand.purchase.bank, in_hand.purchase.currency);
    const std::string quote_id = fx::QuoteStore::boards(group.tx, std::span(&id, 1)).at(0).quote_id;
    const std::vector<fx::Quote> latest = fx::QuoteStore::quotes(group.tx, std::span(&quote_id, 1));
    if (latest.empty() || latest[0].state == fx::QuoteState::Refused ||
        latest[0].valid_until <= group.now + parts.settings.quote_needs ||
        is_worse(latest[0].bank_rate, in_hand.lock.rate, parts.settings.lock_tolerance_bp)) {
        return std::nullopt;
    }
    return latest[0].valid_until;
}

/// The fixed amount over the lines, as they put in.
std::vector<Money> amounts_of(const PurchaseInHand& in_hand) {
    std::vector<std::int64_t> weights;
    for (const fx::PurchaseLine& line : in_hand.lines) weights.push_back(line.put_in.minor());
    return in_hand.lock.amount.split(weights);
}

calls::NewCall round_call(const ConvertParts& parts, const PurchaseInHand& in_hand, int round, std::size_t a_round) {
    const std::vector<Money> amounts = amounts_of(in_hand);
    fx::DetailRound message{.reference = fx::part_reference(in_hand.purchase.reference, round),
                            .record_reference = in_hand.lock.bank_reference,
                            .round = round,
                            .all_rows = static_cast<int>(amounts.size()),
                            .rows = {}};
    const std::size_t first = static_cast<std::size_t>(round - 1) * a_round;
    for (std::size_t i = first; i < std::min(first + a_round, amounts.size()); ++i) {
        message.rows.push_back({in_hand.lines[i].line_no, amounts[i]});
    }
    return calls::NewCall{.operation = "fx.lock",
                          .counterparty = in_hand.purchase.bank,
                          .recovery = calls::Recovery::QueryOnly,
                          .reference = message.reference,
                          .request = parts.bank(in_hand.purchase.bank).write(message),
                          .instructions = {{.subject_kind = "fx_lock",
                                            .subject_id = in_hand.lock.id,
                                            .part_no = round + 1,
                                            .reference = message.reference,
                                            .amount = std::nullopt}},
                          .not_before = std::nullopt};
}

}  // namespace

bool go_on_to_deal(db::Group& group, const ConvertParts& parts, PurchaseInHand& in_hand, const fx::LockReading& told,
                   int part_no) {
    const std::optional<fx::LockState> to = fx::next(in_hand.lock.state, fx::LockEvent::Confirmed);
    if (!to) return true;  // given up before: the record stays without a deal
    if (part_no == 1) in_hand.lock.bank_reference = told.answer.their_reference;
    const auto a_round = static_cast<std::size_t>(parts.bank(in_hand.purchase.bank).traits().details_a_round);
    const std::size_t rounds = a_round == 0 ? 0 : (in_hand.lines.size() + a_round - 1) / a_round;
    if (static_cast<std::size_t>(part_no) <= rounds) {  // part 1 opened the record, so it is followed by round 1
        fx::QuoteStore::save_lock(group.tx, in_hand.lock, in_hand.lock.expires_at);
        const calls::NewCall call = round_call(parts, in_hand, part_no, a_round);
        parts.calls.prepare(group, std::span(&call, 1));
        return true;
    }
    const std::optional<Instant> until = stands_until(group, parts, in_hand);
    if (!until) {
        sometimes("a price that no longer stands when the bank could deal");
        return false;
    }
    const auto state = fx::next(in_hand.purchase.state, fx::PurchaseEvent::LockHeld);
    if (!state) throw LogicError("purchase " + in_hand.purchase.id + " awaits no deal");
    in_hand.lock.state = *to;
    in_hand.lock.expires_at = *until;
    fx::QuoteStore::save_lock(group.tx, in_hand.lock, look_at_lock(parts, in_hand.lock, group.now));
    in_hand.purchase.state = *state;
    fx::PurchaseStore::save(group.tx, in_hand.purchase);
    const calls::NewCall call = purchase_call(parts, in_hand.purchase, in_hand.lock);
    parts.calls.prepare(group, std::span(&call, 1));
    return true;
}

}  // namespace huiqiao::flow
