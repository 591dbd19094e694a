#include "adapters/sandbox/channel.h"

#include <algorithm>

#include "src/base/encoding.h"
#include "src/crypto/hash.h"
#include "src/http/json.h"
#include "src/http/json_writer.h"

namespace huiqiao::sandbox {

namespace {

/// Seconds to the next try of a notice, after each one that was not acknowledged (NTF-11); then it is given up.
constexpr int kNoticePauses[] = {15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600};
constexpr int kDepositPause = 10;
constexpr int kMostAtOnce = 500;
/// A signature is good for five minutes, on either side of the channel's clock, as at the channels of today.
constexpr std::int64_t kOldestSignature_s = 300;
constexpr std::int64_t kFuturestSignature_s = 300;

constexpr std::string_view kOrders = "/pay/v1/orders";
constexpr std::string_view kClose = "/close";
constexpr std::string_view kSettlements = "/pay/v1/settlements/";

http::Response plain(int status, std::string_view error) {
    http::JsonWriter json;
    json.open_object().field("error", error).close_object();
    return http::Response::json(status, json.take());
}

std::map<std::string, std::string> about(const Trade& trade, std::string_view operation) {
    return {{"reference", trade.reference}, {"subject", trade.subject}, {"operation", std::string(operation)}};
}

}  // namespace

Channel::Channel(db::Database& books, IdSource& ids, crypto::SigningKey own_key, crypto::VerifyKey institution_key,
                 const Calendar* calendar, ChannelSettings settings)
    : books_(books),
      ids_(ids),
      own_key_(std::move(own_key)),
      institution_key_(std::move(institution_key)),
      calendar_(calendar),
      settings_(std::move(settings)),
      faults_({"notice_twice", "notice_late", "notice_lost", "notice_wrong_amount", "notice_forged",
               "notice_out_of_order", "paid_wrong_amount", "timeout_after_effect", "outage", "reject_order",
               "user_paying"}) {
    books_.write([](db::Tx& tx) { create_channel_tables(tx); });
}

http::Response Channel::answer(const http::Request& request, Instant now) {
    if (auto response = faults_.answer(request, now)) return *std::move(response);
    http::Response response = plain(404, "no such path");
    const bool is_order = request.method == http::Method::Post && request.path == kOrders;
    const bool is_query = request.method == http::Method::Get && request.path.starts_with(std::string(kOrders) + "/");
    const bool is_close = request.method == http::Method::Post &&
                          request.path.starts_with(std::string(kOrders) + "/") && request.path.ends_with(kClose);
    const bool is_settlement = request.method == http::Method::Get && request.path.starts_with(kSettlements);
    if (is_order || is_query || is_close || is_settlement) {
        const std::string operation = is_order ? "order" : is_query ? "query" : is_close ? "close" : "settlement";
        if (faults_.take("outage", {{"operation", operation}}, now)) return {kNoAnswer, {}, ""};
        if (!is_from_institution(request, now)) return refused(401, "SIGN_ERROR", "the signature is not good", now);
        books_.write([&](db::Tx& tx) {
            if (is_order) response = order(tx, request, now);
            if (is_query) response = query(tx, request.path.substr(kOrders.size() + 1), now);
            if (is_close) {
                const std::string_view rest = std::string_view(request.path).substr(kOrders.size() + 1);
                response = close(tx, std::string(rest.substr(0, rest.size() - kClose.size())), now);
            }
            if (is_settlement) response = settlement_file(tx, request.path.substr(kSettlements.size()), now);
        });
        return response;
    }
    if (request.path == "/admin/pay" && request.method == http::Method::Post) {
        books_.write([&](db::Tx& tx) { response = admin_pay(tx, request, now); });
    } else if (request.path == "/admin/books" && request.method == http::Method::Get) {
        books_.write([&](db::Tx& tx) { response = admin_books(tx); });
    }
    return response;
}

bool Channel::is_from_institution(const http::Request& request, Instant now) const {
    const std::string* key_id = request.headers.only("X-Pay-Key-Id");
    const std::string* timestamp = request.headers.only("X-Pay-Timestamp");
    const std::string* nonce = request.headers.only("X-Pay-Nonce");
    const std::string* signature = request.headers.only("X-Pay-Signature");
    if (key_id == nullptr || timestamp == nullptr || nonce == nullptr || signature == nullptr) return false;
    if (*key_id != settings_.institution_key_id || timestamp->empty() || timestamp->size() > 12) return false;
    if (timestamp->find_first_not_of("0123456789") != std::string::npos) return false;
    const std::int64_t age = to_us(now) / 1'000'000 - std::stoll(*timestamp);
    if (age > kOldestSignature_s || age < -kFuturestSignature_s) return false;
    const auto bytes = from_base64(*signature);
    if (!bytes) return false;
    std::string text(http::to_text(request.method));
    for (const std::string* part : {&request.target, timestamp, nonce, &request.body}) text.append("\n").append(*part);
    return institution_key_.verify(text + "\n", *bytes);
}

void Channel::sign(http::Headers& headers, const std::string& body, Instant now, bool forged) {
    const std::string timestamp = std::to_string(to_us(now) / 1'000'000);
    const std::string nonce = ids_.random_reference("", 20);
    Bytes signature = own_key_.sign(timestamp + "\n" + nonce + "\n" + body + "\n");
    if (forged) signature[signature.size() / 2] ^= 1;
    headers.set("X-Pay-Key-Id", settings_.own_key_id);
    headers.set("X-Pay-Timestamp", timestamp);
    headers.set("X-Pay-Nonce", nonce);
    headers.set("X-Pay-Signature", base64(signature));
}

http::Response Channel::signed_answer(int status, std::string body, Instant now, std::string_view type) {
    http::Response response;
    response.status = status;
    response.body = std::move(body);
    response.headers.set("Content-Type", type);
    sign(response.headers, response.body, now, false);
    return response;
}

http::Response Channel::refused(int status, std::string_view code, std::string_view message, Instant now) {
    http::JsonWriter json;
    json.open_object().field("code", code).field("message", message).close_object();
    return signed_answer(status, json.take(), now);
}

http::Response Channel::order(db::Tx& tx, const http::Request& request, Instant now) {
    const auto json = http::Json::parse(request.body);
    if (!json.ok()) return refused(400, "PARAM_ERROR", "the body is no JSON", now);
    std::vector<Error> errors;
    http::JsonObject fields(json->root(), errors);
    const std::string institution = fields.text("mch_id");
    const std::string reference = fields.text("out_trade_no", {6, 32, false, true});
    const std::string total = fields.text("total_amount");
    const std::string currency = fields.text("currency");
    const std::string subject = fields.text("subject", {1, 127, false, false});
    const std::string expires = fields.text("time_expire");
    const auto amount = Money::parse(Currency::known("CNY"), total);
    const auto expires_at = parse_shanghai_14(expires);
    if (!errors.empty() || institution != settings_.institution || currency != "CNY" || !amount.ok() ||
        !amount->is_positive() || !expires_at.ok()) {
        return refused(400, "PARAM_ERROR", "a field is missing or wrong", now);
    }
    const std::string content = hex(crypto::sha256(request.body));
    std::optional<Trade> trade = find_trade(tx, reference);
    if (trade && trade->content != content)
        return refused(409, "OUT_TRADE_NO_USED", "the number stands for another order", now);
    if (!trade) {
        Trade made{reference, ids_.next("T").substr(2),        content,   *amount,      subject, now, *expires_at,
                   "NOTPAY",  Money::zero(amount->currency()), Instant{}, std::nullopt, Date()};
        if (faults_.take("reject_order", about(made, "order"), now)) {
            return refused(422, "ORDER_REFUSED", "the order is refused", now);
        }
        if (settings_.buyer_pays_after) made.buyer_pays_at = now + *settings_.buyer_pays_after;
        insert_trade(tx, made);
        trade = std::move(made);
    }
    if (faults_.take("timeout_after_effect", about(*trade, "order"), now)) return {kNoAnswer, {}, ""};
    return signed_answer(200, trade_json(*trade), now);
}

http::Response Channel::query(db::Tx& tx, const std::string& reference, Instant now) {
    std::optional<Trade> trade = find_trade(tx, reference);
    if (!trade) return refused(404, "NOT_FOUND", "there is no such order", now);
    close_where_expired(tx, *trade, now);
    if (faults_.take("timeout_after_effect", about(*trade, "query"), now)) return {kNoAnswer, {}, ""};
    return signed_answer(200, trade_json(*trade), now);
}

http::Response Channel::close(db::Tx& tx, const std::string& reference, Instant now) {
    std::optional<Trade> trade = find_trade(tx, reference);
    if (!trade) return refused(404, "NOT_FOUND", "there is no such order", now);
    if (trade->state == "SUCCESS") return refused(409, "ORDER_PAID", "the order is paid", now);
    if (faults_.take("user_paying", about(*trade, "close"), now))
        return refused(409, "USER_PAYING", "the buyer is paying", now);
    trade->state = "CLOSED";
    trade->buyer_pays_at.reset();
    update_trade(tx, *trade);
    if (faults_.take("timeout_after_effect", about(*trade, "close"), now)) return {kNoAnswer, {}, ""};
    return signed_answer(200, trade_json(*trade), now);
}

http::Response Channel::settlement_file(db::Tx& tx, const std::string& day, Instant now) {
    const bool digits = day.size() == 8 && day.find_first_not_of("0123456789") == std::string::npos;
    const auto date =
        digits ? Date::parse(day.substr(0, 4) + "-" + day.substr(4, 2) + "-" + day.substr(6)) : Date::parse("");
    if (!date.ok()) return refused(400, "PARAM_ERROR", "the day is no date", now);
    const auto settlement = find_settlement(tx, *date);
    if (!settlement) return refused(404, "NOT_FOUND", "that day is not settled", now);
    std::string file = "mch_id,settle_date,deposit_reference,count,gross,cost\n" + settings_.institution + "," + day +
                       "," + settlement->deposit_reference + "," + std::to_string(settlement->count) + "," +
                       settlement->gross.text() + "," + settlement->cost.text() +
                       "\nout_trade_no,trade_no,gross,cost\n";
    for (const Trade& trade : trades_of_day(tx, *date)) {
        file +=
            trade.reference + "," + trade.number + "," + trade.paid.text() + "," + cost_of(trade.paid).text() + "\n";
    }
    return signed_answer(200, std::move(file), now, "text/csv; charset=utf-8");
}

http::Response Channel::admin_pay(db::Tx& tx, const http::Request& request, Instant now) {
    const auto json = http::Json::parse(request.body);
    if (!json.ok()) return plain(400, "a JSON object is wanted");
    std::vector<Error> errors;
    http::JsonObject fields(json->root(), errors);
    const std::string reference = fields.text("out_trade_no");
    const auto wanted = fields.optional_text("amount");
    if (!errors.empty()) return plain(400, "out_trade_no is wanted");
    const auto trade = find_trade(tx, reference);
    if (!trade) return plain(404, "there is no such order");
    Money amount = trade->amount;
    if (wanted) {
        const auto parsed = Money::parse(amount.currency(), *wanted);
        if (!parsed.ok() || !parsed->is_positive()) return plain(422, "amount is no amount");
        amount = *parsed;
    }
    if (trade->state == "SUCCESS") return plain(409, "it is paid");
    if (trade->state == "CLOSED") return plain(409, "it is closed");
    pay(tx, *trade, amount, now);
    return http::Response::json(200, trade_json(*find_trade(tx, reference)));
}

http::Response Channel::admin_books(db::Tx& tx) {
    const ChannelTotals totals = channel_totals(tx);
    const Currency cny = Currency::known("CNY");
    http::JsonWriter json;
    json.open_object().field("trades_count", totals.trades).field("paid_count", totals.paid);
    json.field("paid", Money::of_minor(cny, totals.paid_minor));
    json.field("settled_gross", Money::of_minor(cny, totals.settled_gross_minor));
    json.field("settled_cost", Money::of_minor(cny, totals.settled_cost_minor));
    json.field("notices_waiting", totals.notices_waiting).key("trades").open_array();
    for (const Trade& trade : first_trades(tx, kMostAtOnce)) json.raw(trade_json(trade));
    json.close_array().close_object();
    return http::Response::json(200, json.take());
}

std::string Channel::trade_json(const Trade& trade) const {
    http::JsonWriter json;
    json.open_object().field("code", "SUCCESS").field("mch_id", settings_.institution);
    json.field("out_trade_no", trade.reference).field("trade_state", trade.state);
    json.field("total_amount", trade.amount.text()).field("currency", "CNY").field("subject", trade.subject);
    json.field("pay_url", settings_.pay_url_base + trade.reference);
    if (trade.state == "SUCCESS") {
        json.field("trade_no", trade.number).field("paid_amount", trade.paid.text());
        json.field("time_paid", shanghai_14(trade.paid_at));
    }
    json.close_object();
    return json.take();
}

std::string Channel::notice_json(const Trade& trade, std::string_view type, Money paid) {
    http::JsonWriter json;
    json.open_object().field("event_id", ids_.next("EV")).field("event_type", type);
    json.field("mch_id", settings_.institution).field("out_trade_no", trade.reference).field("trade_no", trade.number);
    json.field("trade_state", "SUCCESS").field("currency", "CNY").field("paid_amount", paid.text());
    json.field("time_paid", shanghai_14(trade.paid_at)).close_object();
    return json.take();
}

void Channel::pay(db::Tx& tx, Trade trade, Money amount, Instant now) {
    const auto facts = about(trade, "pay");
    const auto amount_of_fault = [&](Money otherwise) {
        const auto given = Money::parse(amount.currency(), faults_.parameter("amount"));
        return given.ok() ? *given : otherwise;
    };
    const Money one = Money::of_minor(amount.currency(), 1);
    if (faults_.take("paid_wrong_amount", facts, now)) amount = amount_of_fault(amount + one);
    trade.state = "SUCCESS";
    trade.paid = amount;
    trade.paid_at = now;
    trade.buyer_pays_at.reset();
    update_trade(tx, trade);

    if (faults_.take("notice_out_of_order", facts, now)) {
        insert_outgoing(
            tx, {ids_.next("out"), "notice", trade.reference, notice_json(trade, "REFUND", amount), "", 0, now});
    }
    if (faults_.take("notice_lost", facts, now)) return;
    Money told = amount;
    if (faults_.take("notice_wrong_amount", facts, now)) told = amount_of_fault(amount + one);
    Instant due_at = now;
    if (faults_.take("notice_late", facts, now)) {
        const std::string delay = faults_.parameter("delay_s");
        const bool digits =
            !delay.empty() && delay.size() < 9 && delay.find_first_not_of("0123456789") == std::string::npos;
        due_at += std::chrono::seconds(digits ? std::stoi(delay) : 600);
    }
    const std::string body = notice_json(trade, "PAYMENT", told);
    const bool twice = faults_.take("notice_twice", facts, now);
    if (faults_.take("notice_forged", facts, now)) {
        insert_outgoing(tx, {ids_.next("out"), "notice", trade.reference, body, "forged", 0, due_at});
    }
    insert_outgoing(tx, {ids_.next("out"), "notice", trade.reference, body, "", 0, due_at});
    if (twice) insert_outgoing(tx, {ids_.next("out"), "notice", trade.reference, body, "", 0, due_at});
}

void Channel::close_where_expired(db::Tx& tx, Trade& trade, Instant now) {
    if (trade.state != "NOTPAY" || now < trade.expires_at) return;
    trade.state = "CLOSED";
    trade.buyer_pays_at.reset();
    update_trade(tx, trade);
}

Money Channel::cost_of(Money gross) const {
    return Money::of_minor(gross.currency(), (gross.minor() * settings_.cost_basis_points + 5'000) / 10'000);
}

Instant Channel::settles_at(Date day) const {
    Date next = day.plus_days(1);
    if (calendar_ == nullptr) {
        while (next.is_weekend()) next = next.plus_days(1);
    } else {
        const auto working = calendar_->after(day, 1);
        if (!working.ok()) throw LogicError("the channel's calendar ends before " + next.text());
        next = *working;
    }
    return next.at_shanghai(10);
}

void Channel::settle_days(db::Tx& tx, Instant now) {
    for (const Date day : unsettled_days(tx)) {
        if (settles_at(day) > now) continue;
        Settlement settlement{day, ids_.random_reference("SP", 16), 0, Money::zero(Currency::known("CNY")),
                              Money::zero(Currency::known("CNY"))};
        for (const Trade& trade : trades_of_day(tx, day)) {
            ++settlement.count;
            settlement.gross += trade.paid;
            settlement.cost += cost_of(trade.paid);
        }
        insert_settlement(tx, settlement, now);
        const Money net = settlement.gross - settlement.cost;
        if (!net.is_positive()) continue;
        http::JsonWriter json;
        json.open_object().field("deposit_id", "sandbox-pay-" + settlement.deposit_reference);
        json.field("account", settings_.settlement_account).field("amount", net);
        json.field("reference", settlement.deposit_reference).field("narrative", "settlement of " + day.text());
        json.close_object();
        insert_outgoing(tx, {ids_.next("out"), "deposit", settlement.deposit_reference, json.take(), "", 0, now});
    }
}

std::vector<Sending> Channel::due(Instant now) {
    std::vector<Outgoing> waiting;
    books_.write([&](db::Tx& tx) {
        for (const std::string& reference : buyers_due(tx, now, kMostAtOnce)) {
            Trade trade = *find_trade(tx, reference);
            close_where_expired(tx, trade, now);
            if (trade.state == "NOTPAY") pay(tx, trade, trade.amount, now);
        }
        settle_days(tx, now);
        waiting = outgoing_due(tx, now, kMostAtOnce + static_cast<int>(in_hands_.size()));
    });
    std::vector<Sending> sendings;
    for (Outgoing& outgoing : waiting) {
        if (!in_hands_.insert(outgoing.id).second) continue;
        const bool is_notice = outgoing.kind == "notice";
        Sending sending{outgoing.id,
                        is_notice ? settings_.notify_to : settings_.bank,
                        http::Method::Post,
                        is_notice ? settings_.notify_target : "/internal/deposits",
                        {},
                        std::move(outgoing.body)};
        sending.headers.set("Content-Type", "application/json");
        if (is_notice) sign(sending.headers, sending.body, now, outgoing.spoiled == "forged");
        sendings.push_back(std::move(sending));
    }
    return sendings;
}

void Channel::sent(const std::string& sending_id, const http::Outcome& outcome, Instant now) {
    in_hands_.erase(sending_id);
    const bool acknowledged =
        outcome.kind == http::OutcomeKind::Answered && outcome.answer.status >= 200 && outcome.answer.status < 300;
    books_.write([&](db::Tx& tx) {
        auto outgoing = find_outgoing(tx, sending_id);
        if (!outgoing) return;
        const auto tries = static_cast<std::size_t>(outgoing->tries++);
        outgoing->due_at.reset();
        if (!acknowledged && outgoing->kind == "deposit") {
            outgoing->due_at = now + std::chrono::seconds(kDepositPause);
        } else if (!acknowledged && outgoing->spoiled.empty() && tries < std::size(kNoticePauses)) {
            outgoing->due_at = now + std::chrono::seconds(kNoticePauses[tries]);
        }
        update_outgoing(tx, *outgoing);
    });
}

}  // namespace huiqiao::sandbox
