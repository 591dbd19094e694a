#include "src/flow/intake_work.h"

#include "fx/platform_quote_store.h"
#include "src/flow/exposure_counting.h"

#include "src/base/crash_point.h"
#include "src/base/planted.h"
#include "src/events/event.h"
#include "src/flow/order_difference.h"
#include "src/flow/save_orders.h"
#include "src/orders/payment_store.h"

namespace huiqiao::flow {

namespace {

/// Conflicts of a group whose standing order is read to name the difference: a batch of nothing else shall not keep the
/// writer from others.
constexpr int kMostLookedInto = 50;

Error at(std::string pointer, Error error) {
    error.pointer = std::move(pointer);
    return error;
}

}  // namespace

IntakeWork::IntakeWork(std::span<const std::shared_ptr<db::Item>> items, const parties::PartyStore& parties)
    : party_store_(parties) {
    for (const auto& item : items) {
        items_.push_back(static_cast<IntakeItem*>(item.get()));
        for (const Prepared& prepared : items_.back()->prepared_) {
            if (prepared.fresh) own_ids_.insert(prepared.fresh->order.id);
        }
    }
}

void IntakeWork::claim(db::Claims& claims) {
    for (const IntakeItem* item : items_) {
        for (const Prepared& prepared : item->prepared_) {
            if (!prepared.fresh) continue;  // what a pure rule refuses takes no number
            const orders::Order& order = prepared.fresh->order;
            claims.add(orders::kOrderNumberClaim, prepared.number_key, order.id, prepared.fingerprint,
                       order.created_at);
        }
    }
}

void IntakeWork::lock(db::Locks& locks) {
    for (const IntakeItem* item : items_) {
        if (item->skipped) continue;
        for (const Prepared& prepared : item->prepared_) {
            if (prepared.fresh && !prepared.fresh->order.quote_id.empty())
                locks.add(fx::kPlatformQuoteLock, prepared.fresh->order.quote_id);
        }
    }
}

void IntakeWork::run(db::Group& group) {
    now_ = group.now;
    const Parties parties = read_parties(group.tx);
    const Standing standing = read_standing(group);
    looked_into_ = 0;
    for (IntakeItem* item : items_) {
        item->answers.clear();
        if (item->skipped) continue;
        for (const Prepared& prepared : item->prepared_) {
            item->answers.push_back(decide(group.tx, prepared, *item, parties, standing));
        }
    }
    settle_numbers(group);
    crash_point("intake.before_write");
    write(group);
}

IntakeWork::Parties IntakeWork::read_parties(db::Reader& reader) const {
    std::set<std::string> platforms;
    std::set<std::string> merchants;
    std::set<std::string> payees;
    for (const IntakeItem* item : items_) {
        if (item->skipped) continue;
        platforms.insert(item->platform_id_);
        for (const Prepared& prepared : item->prepared_) {
            if (!prepared.fresh) continue;
            merchants.insert(prepared.fresh->order.merchant_id);
            if (!prepared.fresh->order.payee_id.empty()) payees.insert(prepared.fresh->order.payee_id);
        }
    }
    const auto list = [](const std::set<std::string>& ids) { return std::vector<std::string>(ids.begin(), ids.end()); };
    return {parties::PartyStore::platforms(reader, list(platforms)),
            parties::PartyStore::merchants(reader, list(merchants)),
            parties::PartyStore::payee_facts(reader, list(payees))};
}

IntakeWork::Standing IntakeWork::read_standing(db::Group& group) const {
    std::set<std::string> keys;
    for (const IntakeItem* item : items_) {
        if (item->skipped) continue;
        for (const Prepared& prepared : item->prepared_) {
            if (prepared.number_key.empty()) continue;
            // A refused order looks too: it may be the repeat of one that was taken under other settings.
            if (prepared.fresh &&
                own_ids_.contains(group.claims.owner(orders::kOrderNumberClaim, prepared.number_key))) {
                continue;
            }
            keys.insert(prepared.number_key);
        }
    }
    Standing standing;
    if (keys.empty()) return standing;
    const std::vector<std::string> list(keys.begin(), keys.end());
    const auto holders = orders::OrderStore::holders(group.tx, list);
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (!holders[i] || own_ids_.contains(holders[i]->order_id)) continue;
        ids.push_back(holders[i]->order_id);
        standing.holders.emplace(list[i], *holders[i]);
    }
    for (orders::Order& order : orders::OrderStore::load(group.tx, ids)) {
        std::string id = order.id;
        standing.orders.emplace(std::move(id), std::move(order));
    }
    return standing;
}

IntakeAnswer IntakeWork::decide(db::Reader& reader, const Prepared& prepared, IntakeItem& item, const Parties& parties,
                                const Standing& standing) {
    const auto sibling = accepted_by_key_.find(prepared.number_key);
    if (sibling != accepted_by_key_.end()) {
        return repeat(reader, prepared, sibling->second->fingerprint, sibling->second->fresh->order, sibling->second);
    }
    const auto holder = standing.holders.find(prepared.number_key);
    if (holder != standing.holders.end() && !is_planted(Bug::OrderNumberTakenTwice)) {
        const auto order = standing.orders.find(holder->second.order_id);
        if (order == standing.orders.end()) throw LogicError("number without order " + holder->second.order_id);
        return repeat(reader, prepared, holder->second.fingerprint, order->second, nullptr);
    }
    if (prepared.refused) return {IntakeAnswer::Kind::Refused, std::nullopt, prepared.refused};
    const auto platform = parties.platforms.find(item.platform_id_);
    if (platform == parties.platforms.end() || platform->second.state != parties::PartyState::Active) {
        return {IntakeAnswer::Kind::Refused, std::nullopt, Error(intake_error::kPlatformClosed)};
    }
    if (std::optional<Error> refused = refused_by_parties(*prepared.fresh, parties)) {
        return {IntakeAnswer::Kind::Refused, std::nullopt, std::move(refused)};
    }
    if (std::optional<Error> refused = take_quote(reader, prepared.fresh->order, now_)) {
        return {IntakeAnswer::Kind::Refused, std::nullopt, std::move(refused)};
    }
    accepted_by_key_.emplace(prepared.number_key, &prepared);
    accepted_.push_back({&item, &prepared});
    return {IntakeAnswer::Kind::Accepted, prepared.fresh->order, std::nullopt};
}

std::optional<Error> IntakeWork::take_quote(db::Reader& reader, const orders::Order& order, Instant now) {
    using namespace intake_error;
    if (order.quote_id.empty()) return std::nullopt;
    const auto refuse = [&](const ErrorCode& code, std::vector<std::pair<std::string, std::string>> with) {
        with.insert(with.begin(), {"quote", order.quote_id});
        return at("/quote_id", Error(code, std::move(with)));
    };
    if (const auto sibling = taken_.find(order.quote_id); sibling != taken_.end())
        return refuse(kQuoteTaken, {{"order", sibling->second.order_id}});
    std::optional<fx::PlatformQuote> quote = fx::PlatformQuotes::find(reader, order.quote_id);
    // Another platform's looks like none at all; one that was made for an order is accepted, not taken.
    if (!quote || quote->platform_id != order.platform_id || !quote->replaces.empty()) return refuse(kNoQuote, {});
    if (quote->state != fx::PlatformQuoteState::Open) return refuse(kQuoteTaken, {{"order", quote->order_id}});
    if (quote->is_over(now)) return refuse(kQuoteOver, {{"until", rfc3339(quote->expires_at)}});
    const auto differs = [&](const char* field, std::string_view quoted, std::string_view given) {
        return refuse(kQuoteDiffers,
                      {{"field", field}, {"quoted", std::string(quoted)}, {"given", std::string(given)}});
    };
    if (quote->merchant_id != order.merchant_id) return differs("merchant_id", quote->merchant_id, order.merchant_id);
    if (order.payout != orders::PayoutKind::Fx)
        return differs("payout_kind", to_text(orders::PayoutKind::Fx), to_text(order.payout));
    if (quote->currency() != order.payout_currency)
        return differs("payout_currency", quote->currency().code(), order.payout_currency.code());
    if (quote->cny != order.amounts.due) return differs("total", quote->cny.text(), order.amounts.due.text());
    quote->order_id = order.id;
    quote->state = *fx::next(quote->state, fx::PlatformQuoteEvent::Taken);
    taken_.emplace(order.quote_id, *std::move(quote));
    return std::nullopt;
}

/// The number is taken for ever: the same request again is the same order, any other is in conflict with it.
IntakeAnswer IntakeWork::repeat(db::Reader& reader, const Prepared& prepared, const std::string& fingerprint,
                                const orders::Order& order, const Prepared* sibling) {
    if (prepared.fingerprint == fingerprint) return {IntakeAnswer::Kind::Replayed, order, std::nullopt};
    if (prepared.refused) return {IntakeAnswer::Kind::Refused, std::nullopt, prepared.refused};
    return {IntakeAnswer::Kind::Refused, std::nullopt,
            at("/platform_order_no",
               Error(intake_error::kOrderNoConflict, {{"number", prepared.order_no},
                                                      {"order", order.id},
                                                      {"field", differing_fields(reader, prepared, order, sibling)}}))};
}

std::string IntakeWork::differing_fields(db::Reader& reader, const Prepared& prepared, const orders::Order& standing,
                                         const Prepared* sibling) {
    std::string columns = differing_columns(prepared.fresh->order, standing);
    if (!columns.empty()) return columns;
    if (sibling != nullptr) return differing_parts(prepared, *sibling);
    if (++looked_into_ > kMostLookedInto) return "lines, charges, persons or evidence";
    return differing_parts(reader, party_store_, prepared, standing);
}

std::optional<Error> IntakeWork::refused_by_parties(const NewOrder& fresh, const Parties& parties) {
    using namespace intake_error;
    const orders::Order& order = fresh.order;
    const parties::Platform& platform = parties.platforms.at(order.platform_id);
    if (orders::is_declared(order.trade)) {
        if (platform.customs_code.empty()) return at("/trade_kind", Error(kNotRegistered));
        if (fresh.payer_differs && !platform.identity_verified) return at("/payer", Error(kPayerDiffers));
    }
    const auto merchant = parties.merchants.find(order.merchant_id);
    if (merchant == parties.merchants.end() || merchant->second.platform_id != order.platform_id ||
        merchant->second.state != parties::PartyState::Active) {
        return at("/merchant_id", Error(kNoMerchant, {{"merchant", order.merchant_id}}));
    }
    if (order.payout == orders::PayoutKind::None) return std::nullopt;
    const auto refuse_payee = [&order](const char* why) {
        return at("/payee_id", Error(kNoPayee, {{"payee", order.payee_id},
                                                {"currency", std::string(order.payout_currency.code())},
                                                {"why", why}}));
    };
    // Another merchant's payee looks like none at all.
    const auto payee = parties.payees.find(order.payee_id);
    if (payee == parties.payees.end() || payee->second.merchant_id != order.merchant_id)
        return refuse_payee("not found");
    if (payee->second.state != parties::PartyState::Active) return refuse_payee("not active");
    if (payee->second.currency != order.payout_currency) return refuse_payee("it takes another currency");
    const bool at_home = payee->second.country == "CN";
    if (order.payout == orders::PayoutKind::Domestic && !at_home) return refuse_payee("its bank is not in China");
    if (order.payout == orders::PayoutKind::Cny && at_home) return refuse_payee("its bank is not abroad");
    return std::nullopt;
}

/// Numbers claimed by this group stand for the orders that were accepted, and for no other.
void IntakeWork::settle_numbers(db::Group& group) const {
    std::set<std::string> given_up;
    db::Rows claimed_anew;
    for (const IntakeItem* item : items_) {
        for (const Prepared& prepared : item->prepared_) {
            if (!prepared.fresh) continue;
            const std::string& owner = group.claims.owner(orders::kOrderNumberClaim, prepared.number_key);
            if (!own_ids_.contains(owner)) continue;
            const auto accepted = accepted_by_key_.find(prepared.number_key);
            const bool stands = accepted != accepted_by_key_.end();
            if (stands && accepted->second->fresh->order.id == owner) continue;
            if (!given_up.insert(prepared.number_key).second || !stands) continue;
            const Prepared& winner = *accepted->second;
            claimed_anew.add(winner.number_key, winner.fresh->order.id, winner.fingerprint,
                             winner.fresh->order.created_at);
        }
    }
    orders::OrderStore::release_numbers(group.tx, std::vector<std::string>(given_up.begin(), given_up.end()));
    if (!claimed_anew.empty()) group.tx.insert(orders::kOrderNumberClaim.insert, claimed_anew);
}

void IntakeWork::write_quotes(db::Group& group) const {
    std::vector<fx::PlatformQuote> quotes;
    for (const auto& [id, quote] : taken_) quotes.push_back(quote);
    fx::PlatformQuotes::save(group.tx, quotes);
}

void IntakeWork::write(db::Group& group) const {
    if (accepted_.empty()) return;
    std::set<std::string> person_ids;
    std::vector<parties::SealedPerson> persons;
    std::vector<orders::Order> orders;
    std::vector<orders::OrderLine> lines;
    std::vector<orders::PaymentEvidence> evidence;
    std::vector<orders::Payment> payments;
    std::vector<const calls::SealedCall*> calls;
    std::vector<events::Event> events;
    for (const auto& [item, prepared] : accepted_) {
        const NewOrder& fresh = *prepared->fresh;
        for (const std::string* id : {&fresh.order.buyer_id, &fresh.order.payer_id}) {
            if (person_ids.insert(*id).second) persons.push_back(item->persons_.at(*id));
        }
        orders.push_back(fresh.order);
        lines.insert(lines.end(), fresh.lines.begin(), fresh.lines.end());
        if (fresh.evidence) evidence.push_back(*fresh.evidence);
        if (fresh.payment) {
            payments.push_back(*fresh.payment);
            calls.push_back(&*fresh.channel_order);
        }
        events.push_back({group.ids.next("evt"), "order", fresh.order.id, fresh.order.event_sequence, "order.created",
                          fresh.order.platform_id, order_payload(fresh.order, fresh.order.event_sequence), group.now});
    }
    write_quotes(group);
    parties::PartyStore::insert_persons(group.tx, persons, group.now);
    orders::OrderStore::insert(group.tx, orders);
    ExposureCounting counting;
    for (const orders::Order& order : orders) counting.opened(order);
    counting.write(group);
    orders::OrderStore::insert_lines(group.tx, lines);
    if (!evidence.empty()) orders::OrderStore::insert_evidence(group.tx, evidence);
    if (!payments.empty()) {
        orders::PaymentStore().insert(group, payments, orders::next_query(group.now, 0, group.now));
        calls::Calls::prepare(group, calls);
    }
    events::EventStore::append(group.tx, events);
}

}  // namespace huiqiao::flow
