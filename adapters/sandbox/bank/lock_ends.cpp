#include "adapters/sandbox/bank/lock_ends.h"

#include <algorithm>
#include <array>

#include "adapters/sandbox/bank/accounts.h"
#include "adapters/sandbox/bank/fx_deals.h"
#include "adapters/sandbox/bank/lock_end_rows.h"
#include "src/base/encoding.h"
#include "src/crypto/hash.h"
#include "src/http/json.h"

namespace huiqiao::sandbox::bank {

namespace {

using http::JsonWriter;
using http::Response;

constexpr http::TextRule kName{.min_characters = 1, .max_characters = 64, .single_name = false, .ascii = true};
constexpr std::array<std::string_view, 3> kWays{"cancel", "close_out", "roll"};
constexpr std::int64_t kMoreThanOffered = 100;  // fen, of the fault

Money fen(std::int64_t minor) {
    return Money::of_minor(Currency::known("CNY"), minor);
}

Response problem(int status, std::string_view code) {
    JsonWriter json;
    json.open_object().field("code", code).close_object();
    return Response::json(status, json.take());
}

void write_terms(JsonWriter& json, const EndCostRow& cost) {
    if (cost.price_e4 == 0) return;
    json.field("currency", cost.currency)
        .field("unit", cost.unit)
        .field("rate", price_text(cost.price_e4))
        .field("expires_at", cost.expires_at)
        .field("value_date", cost.value_date);
}

Response cost_answer(const EndCostRow& cost) {
    JsonWriter json;
    json.open_object().field("reference", cost.reference);
    if (cost.code.empty()) {
        json.field("status", "offered")
            .field("offer", cost.offer_no)
            .field("pays", fen(cost.pays_minor))
            .field("gets", fen(cost.gets_minor))
            .field("stands_until", cost.stands_until);
        write_terms(json, cost);
    } else {
        json.field("status", "rejected").field("code", cost.code).field("text", "The lock is not ended so.");
    }
    return Response::json(200, json.close_object().take());
}

/// by: the cost that it was ended by.
Response end_answer(const EndRow& end, const std::optional<EndCostRow>& by) {
    JsonWriter json;
    json.open_object().field("reference", end.reference).field("status", end.status);
    if (end.status == "ended") {
        json.field("end", end.end_no).field("pays", fen(end.pays_minor)).field("gets", fen(end.gets_minor));
        if (by) write_terms(json, *by);
    }
    if (end.status == "rejected") json.field("code", end.code).field("text", "The lock is not ended.");
    return Response::json(200, json.close_object().take());
}

std::int64_t left_of(const FxLockRow& lock) {
    return lock.amount_minor - lock.used_minor;
}

/// Why the lock cannot be ended now; empty where it can.
std::string refusal(const std::optional<FxLockRow>& lock, std::int64_t amount_minor, Instant now) {
    if (!lock) return "no_such_lock";
    if (lock->expires_at <= now) return "lock_expired";
    return amount_minor <= 0 || amount_minor != left_of(*lock) ? "not_as_left" : "";
}

/// What the customer pays and gets where the rest is ended that way.
void price(EndCostRow& cost, const FxLockRow& lock, std::int64_t buying_e4, int cancel_fee_bp) {
    const Currency currency = Currency::known(lock.currency);
    const bool is_cny = lock.fixed_side == "cny";
    const Money left = Money::of_minor(is_cny ? Currency::known("CNY") : currency, cost.amount_minor);
    const Money cny = is_cny ? left : cost_of(left, lock.unit, lock.price_e4);
    if (cost.way != "close_out") {
        cost.pays_minor = std::max<std::int64_t>(1, (cny.minor() * cancel_fee_bp + 9'999) / 10'000);
        return;
    }
    const Money foreign = is_cny ? bought_for(left, currency, lock.unit, lock.price_e4) : left;
    const std::int64_t loss =
        cost_of(foreign, lock.unit, lock.price_e4).minor() - cost_of(foreign, lock.unit, buying_e4).minor();
    cost.pays_minor = std::max<std::int64_t>(loss, 0);
    cost.gets_minor = std::max<std::int64_t>(-loss, 0);
}

/// Of a roll: what was offered, named again.
struct NamedTerms {
    std::string currency;
    std::optional<std::int64_t> unit;
    std::string rate;
    std::optional<Instant> expires_at;
    std::optional<Date> value_date;

    explicit NamedTerms(http::JsonObject& object)
        : currency(object.optional_text("currency", kName).value_or("")),
          unit(object.optional_integer("unit", 1, 100)),
          rate(object.optional_text("rate", kName).value_or("")),
          expires_at(object.optional_instant("expires_at")),
          value_date(object.optional_date("value_date")) {}

    [[nodiscard]] bool are_of(const EndCostRow& cost) const {
        if (cost.price_e4 == 0) return rate.empty();
        return currency == cost.currency && unit == cost.unit && price_from_text(rate) == cost.price_e4 &&
               expires_at == cost.expires_at && value_date == cost.value_date;
    }
};

void close(Counter& at, EndRow& end, std::chrono::seconds settle_after) {
    end.status = "ended";
    end.end_no = "LE" + std::to_string(100'000 + at.next_number("fx_end"));
    end.due_at = at.now + settle_after;
    end.settled = end.pays_minor == 0 && end.gets_minor == 0;  // no money moves
}

}  // namespace

void LockEndDesk::create_tables(db::Tx& tx) {
    create_lock_end_tables(tx);
}

std::vector<std::string> LockEndDesk::faults() const {
    return {"lock_end_reject", "lock_end_pending", "lock_end_other_cost", "lock_end_other_rate", "lock_end_no_terms"};
}

std::optional<Response> LockEndDesk::answer(Counter& at, const http::Request& request) {
    constexpr std::string_view kCosts = "/v1/fx/lock-end-costs";
    constexpr std::string_view kEnds = "/v1/fx/lock-ends";
    const bool is_get = request.method == http::Method::Get;
    if (request.path == kCosts && request.method == http::Method::Post) return name_cost(at, request);
    if (request.path == kEnds && request.method == http::Method::Post) return end(at, request);
    const auto reference_after = [&](std::string_view path) -> std::optional<std::string> {
        const bool is_below = is_get && request.path.size() > path.size() + 1 && request.path.starts_with(path) &&
                              request.path[path.size()] == '/';
        return is_below ? http::percent_decode(request.path.substr(path.size() + 1), false) : std::nullopt;
    };
    if (const auto reference = reference_after(kCosts)) {
        const std::optional<EndCostRow> cost = find_cost(at.tx, *reference);
        return cost ? cost_answer(*cost) : problem(404, "not_found");
    }
    if (const auto reference = reference_after(kEnds)) {
        const std::optional<EndRow> one = find_end(at.tx, *reference);
        return one ? end_answer(*one, find_cost_by_no(at.tx, one->offer_no)) : problem(404, "not_found");
    }
    return std::nullopt;
}

Response LockEndDesk::name_cost(Counter& at, const http::Request& request) const {
    const Result<http::Json> json = http::Json::parse(request.body);
    if (!json) return problem(400, "bad_request");
    std::vector<Error> errors;
    http::JsonObject object(json->root(), errors);
    EndCostRow cost{.reference = object.text("reference", kName),
                    .body_hash = hex(crypto::sha256(request.body)),
                    .offer_no = "",
                    .lock_no = object.text("lock", kName),
                    .way = object.choice("way", kWays),
                    .cny_account = object.text("cny_account", kName),
                    .stands_until = at.now + settings_.cost_stands,
                    .code = ""};
    const std::optional<Money> amount = object.positive_money("amount");
    const std::optional<Instant> until = object.optional_instant("until");
    object.finish();
    if (!errors.empty() || (cost.way == "roll") != until.has_value()) return problem(400, "bad_request");
    if (const auto before = find_cost(at.tx, cost.reference))
        return before->body_hash == cost.body_hash ? cost_answer(*before) : problem(409, "reference_used");
    cost.amount_minor = amount->minor();
    const std::optional<FxLockRow> lock = find_lock_by_no(at.tx, cost.lock_no);
    cost.code = refusal(lock, cost.amount_minor, at.now);
    const auto shown = lock ? settings_.prices.price(lock->currency, to_us(at.now) / 60'000'000) : std::nullopt;
    const auto account = find_account(at.tx, cost.cny_account);
    if (cost.code.empty() && (!shown || !account || account->currency.code() != "CNY")) cost.code = "not_offered";
    if (cost.code.empty() && until && (*until <= lock->expires_at || *until > at.now + settings_.longest_roll))
        cost.code = "too_long";
    if (cost.code.empty()) {
        price(cost, *lock, shown->buying_e4, settings_.cancel_fee_bp);
        cost.offer_no = "LC" + std::to_string(100'000 + at.next_number("fx_end_cost"));
        cost.stands_until = std::min(cost.stands_until, lock->expires_at);
        if (until) {
            cost.price_e4 = shown->selling_e4;
            cost.expires_at = *until;
            cost.value_date = std::max(lock->value_date, Date::in_shanghai(*until));
            cost.currency = lock->currency;
            cost.unit = shown->unit;
        }
    }
    insert_cost(at.tx, cost);
    return cost_answer(cost);
}

Response LockEndDesk::end(Counter& at, const http::Request& request) const {
    const Result<http::Json> json = http::Json::parse(request.body);
    if (!json) return problem(400, "bad_request");
    std::vector<Error> errors;
    http::JsonObject object(json->root(), errors);
    EndRow one{.reference = object.text("reference", kName),
               .body_hash = hex(crypto::sha256(request.body)),
               .status = "rejected",
               .end_no = "",
               .offer_no = object.text("offer", kName),
               .cny_account = "",
               .code = "",
               .due_at = at.now};
    const std::optional<Money> pays = object.money("pays");
    const std::optional<Money> gets = object.money("gets");
    const NamedTerms terms(object);
    object.finish();
    if (!errors.empty()) return problem(400, "bad_request");
    if (const auto before = find_end(at.tx, one.reference))
        return before->body_hash == one.body_hash ? end_answer(*before, find_cost_by_no(at.tx, before->offer_no))
                                                  : problem(409, "reference_used");
    std::optional<EndCostRow> cost = find_cost_by_no(at.tx, one.offer_no);
    const std::optional<FxLockRow> lock = cost ? find_lock_by_no(at.tx, cost->lock_no) : std::nullopt;
    const std::map<std::string, std::string> about{{"reference", one.reference}};
    if (at.faults.take("lock_end_reject", about, at.now)) {
        one.code = "desk_closed";
    } else if (!cost || is_used(at.tx, one.offer_no)) {
        one.code = "no_such_offer";
    } else if (cost->stands_until <= at.now) {
        one.code = "offer_over";
    } else if (*pays != fen(cost->pays_minor) || *gets != fen(cost->gets_minor) || !terms.are_of(*cost)) {
        one.code = "not_as_offered";
    } else {
        one.code = refusal(lock, cost->amount_minor, at.now);
    }
    if (one.code.empty()) {
        one.pays_minor = cost->pays_minor;
        one.gets_minor = cost->gets_minor;
        one.cny_account = cost->cny_account;
        if (at.faults.take("lock_end_other_cost", about, at.now)) {
            const std::int64_t lost = one.pays_minor - one.gets_minor + kMoreThanOffered;
            one.pays_minor = std::max<std::int64_t>(lost, 0);
            one.gets_minor = std::max<std::int64_t>(-lost, 0);
        }
        if (cost->price_e4 != 0) {
            if (at.faults.take("lock_end_other_rate", about, at.now)) {
                cost->price_e4 += cost->price_e4 / 100;
                reprice_cost(at.tx, *cost);
            }
            roll_lock(at.tx, lock->reference, cost->price_e4, cost->expires_at, cost->value_date);
        } else {
            use_lock(at.tx, lock->reference, cost->amount_minor);  // nothing is dealt by the rest any more
        }
        if (at.faults.take("lock_end_pending", about, at.now)) {
            one.status = "processing";
            one.due_at = at.now + std::chrono::seconds(60);
        } else {
            close(at, one, settings_.settle_after);
        }
    }
    insert_end(at.tx, one);
    const bool is_silent = one.code.empty() && at.faults.take("lock_end_no_terms", about, at.now);
    return end_answer(one, is_silent ? std::nullopt : cost);
}

void LockEndDesk::due(Counter& at) {
    for (EndRow& one : due_ends(at.tx, at.now, 200)) {
        if (one.status == "processing") {
            close(at, one, settings_.settle_after);
            save_end(at.tx, one);
            continue;
        }
        const bool is_credit = one.gets_minor > 0;
        const Result<std::string> booked = book(at.tx,
                                                Booking{.key = "lock_end:" + one.end_no,
                                                        .account = one.cny_account,
                                                        .amount = fen(is_credit ? one.gets_minor : one.pays_minor),
                                                        .is_credit = is_credit,
                                                        .code = kForeignExchange,
                                                        .end_to_end = one.reference,
                                                        .narrative = "FX LOCK END " + one.end_no,
                                                        .value_date = Date::in_shanghai(at.now),
                                                        .return_reason = "",
                                                        .instructed = std::nullopt,
                                                        .may_overdraw = true},
                                                at.now);
        if (!booked) throw LogicError(booked.error().english());
        one.settled = true;
        save_end(at.tx, one);
    }
}

void LockEndDesk::write_books(db::Reader& reader, JsonWriter& json) {
    json.key("lock_ends").open_array();
    for (const EndRow& one : all_ends(reader)) {
        json.open_object().field("reference", one.reference).field("status", one.status).field("end", one.end_no);
        json.field("pays", fen(one.pays_minor)).field("gets", fen(one.gets_minor));
        json.field("settled", one.settled).close_object();
    }
    json.close_array();
}

}  // namespace huiqiao::sandbox::bank
