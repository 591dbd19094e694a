#include "adapters/sandbox/bank/fx.h"

#include "adapters/sandbox/bank/accounts.h"
#include "adapters/sandbox/bank/fx_deals.h"
#include "adapters/sandbox/bank/fx_fill.h"
#include "src/base/encoding.h"
#include "src/crypto/hash.h"
#include "src/http/json.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace huiqiao::sandbox::bank {

namespace {

using http::JsonWriter;
using http::Response;

constexpr http::TextRule kName{.min_characters = 1, .max_characters = 64, .single_name = false, .ascii = true};

std::int64_t minute_of(Instant now) {
    return to_us(now) / 60'000'000;
}

/// The minute that a board is named by ("BRD29384620"); 0 where it is no board's name.
std::int64_t minute_of_board(std::string_view board) {
    if (!board.starts_with("BRD")) return 0;
    board.remove_prefix(3);
    std::int64_t minute = 0;
    const auto [end, error] = std::from_chars(board.data(), board.data() + board.size(), minute);
    return error == std::errc{} && end == board.data() + board.size() && minute > 0 && minute < 100'000'000 ? minute
                                                                                                            : 0;
}

Response problem(int status, std::string_view code) {
    JsonWriter json;
    json.open_object().field("code", code).close_object();
    return Response::json(status, json.take());
}

Response lock_answer(const FxLockRow& lock) {
    JsonWriter json;
    json.open_object().field("reference", lock.reference);
    if (lock.code.empty()) {
        json.field("status", "locked")
            .field("lock", lock.lock_no)
            .field("currency", lock.currency)
            .field("unit", lock.unit)
            .field("rate", price_text(lock.price_e4))
            .field("expires_at", lock.expires_at);
    } else {
        json.field("status", "rejected").field("code", lock.code).field("text", "The lock is refused.");
    }
    json.close_object();
    return Response::json(200, json.take());
}

Response deal_answer(const FxDealRow& deal) {
    JsonWriter json;
    json.open_object().field("reference", deal.reference).field("status", deal.status);
    if (deal.status == "dealt") {
        json.field("deal", deal.deal_no)
            .field("cny", Money::of_minor(Currency::known("CNY"), deal.cny_minor))
            .field("foreign", Money::of_minor(Currency::known(deal.currency), deal.foreign_minor))
            .field("unit", deal.unit)
            .field("rate", price_text(deal.price_e4))
            .field("value_date", deal.value_date);
    } else if (deal.status == "rejected") {
        json.field("code", deal.code).field("text", "The purchase is refused.");
    }
    json.close_object();
    return Response::json(200, json.take());
}

struct LockWish {
    std::string reference;
    std::optional<Currency> currency;
    std::int64_t unit = 0;
    std::optional<std::int64_t> price_e4;
    std::string board;
    std::string fixed_side;
    std::optional<Money> amount;
    std::optional<Date> value_date;
};

constexpr std::array<std::string_view, 2> kSides{"cny", "foreign"};

std::optional<LockWish> read_lock_wish(const std::string& body) {
    const Result<http::Json> json = http::Json::parse(body);
    if (!json) return std::nullopt;
    std::vector<Error> errors;
    http::JsonObject object(json->root(), errors);
    LockWish wish;
    wish.reference = object.text("reference", kName);
    wish.currency = object.currency("currency");
    wish.unit = object.integer("unit", 1, 100);
    wish.price_e4 = price_from_text(object.text("rate", kName));
    wish.board = object.text("board", kName);
    wish.fixed_side = object.choice("fixed_side", kSides);
    wish.amount = object.positive_money("amount");
    wish.value_date = object.date("value_date");
    object.finish();
    if (!errors.empty() || !wish.price_e4) return std::nullopt;
    const bool cny = wish.amount->currency().code() == "CNY";
    if (cny != (wish.fixed_side == "cny") || (!cny && wish.amount->currency() != *wish.currency)) return std::nullopt;
    return wish;
}

struct PurchaseWish {
    std::string reference;
    std::string lock_no;
    std::string fixed_side;
    std::optional<Money> amount;
    std::optional<Currency> currency;
    std::string cny_account;
    std::string foreign_account;
    std::optional<Date> value_date;
};

std::optional<PurchaseWish> read_purchase_wish(const std::string& body) {
    const Result<http::Json> json = http::Json::parse(body);
    if (!json) return std::nullopt;
    std::vector<Error> errors;
    http::JsonObject object(json->root(), errors);
    PurchaseWish wish;
    wish.reference = object.text("reference", kName);
    wish.lock_no = object.text("lock", kName);
    wish.fixed_side = object.choice("fixed_side", kSides);
    wish.amount = object.positive_money("amount");
    wish.currency = object.currency("currency");
    wish.cny_account = object.text("cny_account", kName);
    wish.foreign_account = object.text("foreign_account", kName);
    wish.value_date = object.date("value_date");
    object.finish();
    if (!errors.empty()) return std::nullopt;
    return wish;
}

/// Why the purchase cannot be dealt by this lock; empty where it can.
std::string refusal(Counter& at, const PurchaseWish& wish, const std::optional<FxLockRow>& lock,
                    const std::map<std::string, std::string>& about) {
    if (at.faults.take("fx_reject", about, at.now)) return "desk_closed";
    if (!lock) return "no_such_lock";
    if (at.faults.take("fx_lock_expires", about, at.now) || lock->expires_at <= at.now) return "lock_expired";
    const std::int64_t left = lock->amount_minor - lock->used_minor;
    if (lock->used_minor > 0 && left < wish.amount->minor()) return "lock_used";
    const bool as_locked = lock->currency == wish.currency->code() && lock->fixed_side == wish.fixed_side &&
                           left >= wish.amount->minor() && lock->value_date == *wish.value_date;
    const auto payer = find_account(at.tx, wish.cny_account);
    const auto receiver = find_account(at.tx, wish.foreign_account);
    if (!as_locked || !payer || payer->currency.code() != "CNY" || !receiver || receiver->currency != *wish.currency) {
        return "not_as_locked";
    }
    if (!comes_to_something(*wish.amount, *wish.currency, lock->unit, lock->price_e4)) return "amount_too_small";
    const Money needed = wish.fixed_side == "cny" ? *wish.amount : cost_of(*wish.amount, lock->unit, lock->price_e4);
    if (payer->balance.minor() - promised_cny(at.tx, wish.cny_account) < needed.minor()) return "insufficient_funds";
    return "";
}

}  // namespace

void ForeignExchange::create_tables(db::Tx& tx) {
    create_fx_tables(tx);
}

std::vector<std::string> ForeignExchange::faults() const {
    return {"fx_reject",    "fx_stale_rate", "fx_lock_expires", "fx_lock_rate", "fx_partial",
            "fx_over_fill", "fx_other_rate", "fx_pending",      "fx_jump"};
}

std::optional<Response> ForeignExchange::answer(Counter& at, const http::Request& request) {
    constexpr std::string_view kLocks = "/v1/fx/locks";
    constexpr std::string_view kPurchases = "/v1/fx/purchases";
    const bool is_get = request.method == http::Method::Get;
    const bool is_post = request.method == http::Method::Post;
    if (request.path == "/v1/fx/rates" && is_get) return board(at, request);
    if (request.path == kLocks && is_post) return take_lock(at, request);
    if (request.path == kPurchases && is_post) return take_purchase(at, request);
    const auto reference_after = [&](std::string_view path) -> std::optional<std::string> {
        if (!is_get || request.path.size() <= path.size() + 1 || !request.path.starts_with(path) ||
            request.path[path.size()] != '/') {
            return std::nullopt;
        }
        return http::percent_decode(request.path.substr(path.size() + 1), false);
    };
    if (const auto reference = reference_after(kLocks)) {
        const std::optional<FxLockRow> lock = find_lock(at.tx, *reference);
        return lock ? lock_answer(*lock) : problem(404, "not_found");
    }
    if (const auto reference = reference_after(kPurchases)) {
        const std::optional<FxDealRow> deal = find_deal(at.tx, *reference);
        return deal ? deal_answer(*deal) : problem(404, "not_found");
    }
    return std::nullopt;
}

Response ForeignExchange::board(Counter& at, const http::Request& request) const {
    const std::string* asked = request.query_value("request");
    if (asked == nullptr) return problem(400, "request_missing");
    const std::int64_t minute = minute_of(at.now);
    const bool jump = at.faults.take("fx_jump", {{"request", *asked}}, at.now);
    const auto shown = [&](std::int64_t price) { return price_text(jump ? price + price / 20 : price); };
    JsonWriter json(2048);
    json.open_object()
        .field("request", *asked)
        .field("board", "BRD" + std::to_string(minute))
        .key("rates")
        .open_array();
    for (const Price& price : settings_.prices.board(minute)) {
        json.open_object()
            .field("currency", price.currency.code())
            .field("unit", price.unit)
            .field("buying", shown(price.buying_e4))
            .field("mid", shown(price.mid_e4))
            .field("selling", shown(price.selling_e4))
            .field("tradable", true)
            .field("valid_until", shown_until(minute))
            .close_object();
    }
    json.close_array().close_object();
    return Response::json(200, json.take());
}

Response ForeignExchange::take_lock(Counter& at, const http::Request& request) {
    const std::optional<LockWish> wish = read_lock_wish(request.body);
    if (!wish) return problem(400, "bad_request");
    const std::string hash = hex(crypto::sha256(request.body));
    if (const std::optional<FxLockRow> before = find_lock(at.tx, wish->reference)) {
        return before->body_hash == hash ? lock_answer(*before) : problem(409, "reference_used");
    }
    FxLockRow lock{.reference = wish->reference,
                   .body_hash = hash,
                   .lock_no = "",
                   .currency = std::string(wish->currency->code()),
                   .unit = static_cast<int>(wish->unit),
                   .price_e4 = *wish->price_e4,
                   .fixed_side = wish->fixed_side,
                   .amount_minor = wish->amount->minor(),
                   .value_date = *wish->value_date,
                   .expires_at = at.now + settings_.lock_life,
                   .used_minor = 0,
                   .code = ""};
    // The board is named by its minute, so the bank can say again what it showed.
    const std::int64_t shown_at = minute_of_board(wish->board);
    const std::optional<Price> price = settings_.prices.price(lock.currency, shown_at);
    const bool is_live = shown_until(shown_at) > at.now && shown_at <= minute_of(at.now);
    const std::map<std::string, std::string> about{{"reference", lock.reference}, {"currency", lock.currency}};
    if (at.faults.take("fx_stale_rate", about, at.now) || !is_live) {
        lock.code = "stale_rate";
    } else if (!price) {
        lock.code = "not_tradable";
    } else if (price->unit != lock.unit || price->selling_e4 != lock.price_e4) {
        lock.code = "stale_rate";
    } else if (lock.value_date < Date::in_shanghai(at.now)) {
        lock.code = "desk_closed";
    } else {
        lock.lock_no = "LK" + std::to_string(100'000 + at.next_number("fx_lock"));
        if (at.faults.take("fx_lock_rate", about, at.now))
            lock.price_e4 += lock.price_e4 * at.faults.number("basis_points", 50) / 10'000;
    }
    insert_lock(at.tx, lock);
    return lock_answer(lock);
}

Response ForeignExchange::take_purchase(Counter& at, const http::Request& request) {
    const std::optional<PurchaseWish> wish = read_purchase_wish(request.body);
    if (!wish) return problem(400, "bad_request");
    const std::string hash = hex(crypto::sha256(request.body));
    if (const std::optional<FxDealRow> before = find_deal(at.tx, wish->reference)) {
        return before->body_hash == hash ? deal_answer(*before) : problem(409, "reference_used");
    }
    const std::optional<FxLockRow> lock = find_lock_by_no(at.tx, wish->lock_no);
    FxDealRow deal{.reference = wish->reference,
                   .body_hash = hash,
                   .status = "rejected",
                   .deal_no = "",
                   .lock_reference = lock ? lock->reference : "",
                   .currency = std::string(wish->currency->code()),
                   .unit = lock ? lock->unit : 1,
                   .price_e4 = lock ? lock->price_e4 : 0,
                   .cny_minor = 0,
                   .foreign_minor = 0,
                   .value_date = *wish->value_date,
                   .cny_account = wish->cny_account,
                   .foreign_account = wish->foreign_account,
                   .code = "",
                   .due_at = at.now,
                   .settled = false};
    const std::map<std::string, std::string> about{{"reference", deal.reference}, {"currency", deal.currency}};
    deal.code = refusal(at, *wish, lock, about);
    if (deal.code.empty()) {
        fill(at, *wish->amount, about, deal);
        // What is not filled is not used; the next deal by this lock may have it.
        use_lock(at.tx, lock->reference, wish->fixed_side == "cny" ? deal.cny_minor : deal.foreign_minor);
        if (at.faults.take("fx_pending", about, at.now)) {
            deal.status = "processing";
            deal.due_at = at.now + std::chrono::seconds(60);
        } else {
            close_deal(at, deal, settings_.settle_after);
        }
    }
    insert_deal(at.tx, deal);
    return deal_answer(deal);
}

void ForeignExchange::due(Counter& at) {
    for (FxDealRow& deal : due_deals(at.tx, at.now, 200)) {
        if (deal.status == "processing") {
            close_deal(at, deal, settings_.settle_after);
            save_deal(at.tx, deal);
            continue;
        }
        const auto leg = [&](std::string_view side, const std::string& account, const Money& amount, bool is_credit) {
            const Result<std::string> booked = book(at.tx,
                                                    Booking{.key = "deal:" + deal.deal_no + ":" + std::string(side),
                                                            .account = account,
                                                            .amount = amount,
                                                            .is_credit = is_credit,
                                                            .code = kForeignExchange,
                                                            .end_to_end = deal.reference,
                                                            .narrative = "FX DEAL " + deal.deal_no,
                                                            .value_date = deal.value_date,
                                                            .return_reason = "",
                                                            .instructed = std::nullopt,
                                                            .may_overdraw = true},
                                                    at.now);
            if (!booked) throw LogicError(booked.error().english());
        };
        leg("cny", deal.cny_account, Money::of_minor(Currency::known("CNY"), deal.cny_minor), false);
        leg("foreign", deal.foreign_account, Money::of_minor(Currency::known(deal.currency), deal.foreign_minor), true);
        deal.settled = true;
        save_deal(at.tx, deal);
    }
}

void ForeignExchange::write_books(db::Reader& reader, JsonWriter& json) {
    json.key("deals").open_array();
    for (const FxDealRow& deal : all_deals(reader)) {
        json.open_object().field("reference", deal.reference).field("status", deal.status).field("deal", deal.deal_no);
        json.field("cny", Money::of_minor(Currency::known("CNY"), deal.cny_minor));
        json.field("foreign", Money::of_minor(Currency::known(deal.currency), deal.foreign_minor));
        json.field("value_date", deal.value_date).field("settled", deal.settled).close_object();
    }
    json.close_array();
}

}  // namespace huiqiao::sandbox::bank
