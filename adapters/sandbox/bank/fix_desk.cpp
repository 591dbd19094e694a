#include "adapters/sandbox/bank/fix_desk.h"

#include "adapters/fix44/tags.h"
#include "adapters/sandbox/bank/fix_reports.h"

namespace huiqiao::sandbox::bank {

namespace {

namespace tag = fix44::tag;
using fix44::Message;
using http::JsonWriter;

// Of 380 in a business reject.
constexpr std::string_view kUnsupported = "3";
constexpr std::string_view kNotAvailable = "4";
constexpr std::string_view kFieldMissing = "5";
constexpr std::string_view kDuplicateOrder = "6";  // of 103

std::int64_t minute_of(Instant now) {
    return to_us(now) / 60'000'000;
}

http::Request inner(http::Method method, const std::string& path, std::string body) {
    http::Request request;
    request.method = method;
    request.path = path;
    request.body = std::move(body);
    return request;
}

std::string_view reference_of(const Message& message) {
    const std::string_view quote = message.only(tag::kQuoteReqId);
    return quote.empty() ? message.only(tag::kClOrdId) : quote;
}

/// What R and D have in common, read by the bank's own rules.
struct Wish {
    Currency foreign;
    Money amount;
    Date value_date;
    std::string fixed_side;
};
std::optional<Wish> read_wish(const Message& message) {
    const std::string_view symbol = message.only(tag::kSymbol);
    if (symbol.size() != 7 || symbol.substr(3) != "/CNY" || message.only(tag::kSide) != "1") return std::nullopt;
    const Result<Currency> foreign = Currency::find(symbol.substr(0, 3));
    const Result<Currency> dealt = Currency::find(message.only(tag::kCurrency));
    const std::optional<Date> value_date = fix44::parse_market_date(message.only(tag::kSettlDate));
    if (!foreign || !dealt || !value_date) return std::nullopt;
    const Result<Money> amount = Money::parse(*dealt, message.only(tag::kOrderQty));
    const bool cny = dealt->code() == "CNY";
    if (!amount || !amount->is_positive() || (!cny && *dealt != *foreign)) return std::nullopt;
    return Wish{*foreign, *amount, *value_date, cny ? "cny" : "foreign"};
}

Money ordered_by(const FxDealRow& deal, const std::optional<FxLockRow>& lock) {
    const bool cny = lock && lock->fixed_side == "cny";
    return Money::of_minor(Currency::known(cny ? "CNY" : deal.currency), lock ? lock->amount_minor : 0);
}

}  // namespace

std::string fix_type(const std::string& body) {
    const auto messages = fix44::parse_messages(body);
    return messages && !messages->empty() ? messages->front().type() : "";
}

std::vector<std::string> FixDesk::faults() const {
    return {"fix_business_reject", "fix_cancelled_quote", "fix_garbage", "fix_relogon", "fix_gap"};
}

std::optional<http::Response> FixDesk::answer(Counter& at, const http::Request& request) {
    if (request.path != kFixPath || request.peer != kFixPeer) return std::nullopt;
    const auto messages = fix44::parse_messages(request.body);
    http::Response response = http::Response::text(200, "");
    if (!messages || messages->size() != 1) {
        response.body = business_reject(Message("0"), "", kFieldMissing).text();
        return response;
    }
    const Message& message = messages->front();
    const std::map<std::string, std::string> about{{"reference", std::string(reference_of(message))},
                                                   {"type", message.type()}};
    if (at.faults.take("fix_business_reject", about, at.now)) {
        response.body = business_reject(message, reference_of(message), kNotAvailable).text();
        return response;
    }
    const Messages answers = answer_to(at, message);
    response.body = fix44::text_of(answers);
    if (at.faults.take("fix_garbage", about, at.now)) {
        Message garbage(message.type() == "R" ? "S" : "8");
        garbage.add(message.type() == "R" ? tag::kQuoteReqId : tag::kClOrdId, reference_of(message))
            .add(tag::kOrdStatus, "2")
            .add(tag::kCumQty, "1e9")
            .add(tag::kOfferPx, "-7.1");
        response.body = garbage.text();
    }
    if (at.faults.take("fix_gap", about, at.now)) {
        response.headers.set(kFixSessionHeader, "drop_before");
    } else if (at.faults.take("fix_relogon", about, at.now)) {
        response.headers.set(kFixSessionHeader, "drop_after");
    }
    return response;
}

FixDesk::Messages FixDesk::answer_to(Counter& at, const Message& message) {
    if (reference_of(message).empty() || reference_of(message).size() > 64)
        return {business_reject(message, "", kFieldMissing)};
    if (message.type() == "R") return quote_request(at, message);
    if (message.type() == "D") return new_order(at, message);
    if (message.type() == "H") {
        const std::string reference(message.only(tag::kClOrdId));
        const std::optional<FxDealRow> deal = find_deal(at.tx, reference);
        if (!deal) return {unknown_order(reference)};
        return {status_of(*deal, ordered_by(*deal, find_lock(at.tx, deal->lock_reference)), at.now)};
    }
    return {business_reject(message, reference_of(message), kUnsupported)};
}

FixDesk::Messages FixDesk::indicative(Counter& at, const Message& message) {
    const std::string_view symbol = message.only(tag::kSymbol);
    const std::int64_t minute = minute_of(at.now);
    const std::optional<Price> price = symbol.size() == 7 && symbol.substr(3) == "/CNY"
                                           ? settings_.prices.price(symbol.substr(0, 3), minute)
                                           : std::nullopt;
    const std::string reference(message.only(tag::kQuoteReqId));
    if (!price) {
        return {Message("AG")
                    .add(tag::kQuoteReqId, reference)
                    .add(tag::kQuoteRequestRejectReason, quote_reject_reason("not_tradable"))};
    }
    const bool jump = at.faults.take("fx_jump", {{"request", reference}}, at.now);
    const auto shown = [&](std::int64_t e4) { return price_for_one(jump ? e4 + e4 / 20 : e4, price->unit); };
    return {Message("S")
                .add(tag::kSymbol, symbol)
                .add(tag::kTransactTime, fix44::utc_timestamp(at.now))
                .add(tag::kValidUntilTime, fix44::utc_timestamp(room_.shown_until(minute)))
                .add(tag::kQuoteId, "BRD" + std::to_string(minute))
                .add(tag::kQuoteReqId, reference)
                .add(tag::kBidPx, shown(price->buying_e4))
                .add(tag::kOfferPx, shown(price->selling_e4))
                .add(tag::kQuoteType, fix44::kIndicative)
                .add(tag::kMidPx, shown(price->mid_e4))};
}

FixDesk::Messages FixDesk::quote_request(Counter& at, const Message& message) {
    if (message.only(tag::kOrderQty).empty() && message.only(tag::kSide).empty()) return indicative(at, message);
    const std::string reference(message.only(tag::kQuoteReqId));
    const std::optional<Wish> wish = read_wish(message);
    if (!wish) return {business_reject(message, reference, kFieldMissing)};
    std::optional<FxLockRow> lock = find_lock(at.tx, reference);
    if (!lock) {
        // A quote is made at the price of the moment; the price that the customer has seen does not bind the bank.
        const std::int64_t minute = minute_of(at.now);
        const std::optional<Price> price = settings_.prices.price(wish->foreign.code(), minute);
        JsonWriter json;
        json.open_object()
            .field("reference", reference)
            .field("currency", wish->foreign.code())
            .field("unit", price ? price->unit : 1)
            .field("rate", price_text(price ? price->selling_e4 : 1))
            .field("board", "BRD" + std::to_string(minute))
            .field("fixed_side", wish->fixed_side)
            .field("amount", wish->amount)
            .field("value_date", wish->value_date)
            .close_object();
        (void)room_.answer(at, inner(http::Method::Post, "/v1/fx/locks", json.take()));
        lock = find_lock(at.tx, reference);
        if (!lock) return {business_reject(message, reference, kFieldMissing)};
    } else if (lock->currency != wish->foreign.code() || lock->fixed_side != wish->fixed_side ||
               lock->amount_minor != wish->amount.minor() || lock->value_date != wish->value_date) {
        return {business_reject(message, reference, "0")};  // the name stands for another request
    }
    Messages answers{quote_of(*lock, at.now)};
    if (lock->code.empty() && at.faults.take("fix_cancelled_quote", {{"reference", reference}}, at.now)) {
        use_lock(at.tx, reference, lock->amount_minor);
        answers.push_back(withdrawn_quote(*lock));
    }
    return answers;
}

FixDesk::Messages FixDesk::new_order(Counter& at, const Message& message) {
    const std::string reference(message.only(tag::kClOrdId));
    const std::optional<Wish> wish = read_wish(message);
    if (!wish || message.only(tag::kOrdType) != "D") return {refused_order(message, "11", at.now)};
    const std::optional<FxLockRow> lock = find_lock_by_no(at.tx, std::string(message.only(tag::kQuoteId)));
    const std::string_view price = fix44::without_trailing_zeros(message.only(tag::kPrice));
    if (lock && price != fix44::without_trailing_zeros(price_for_one(lock->price_e4, lock->unit)))
        return {refused_order(message, order_reject_reason("no_such_lock"), at.now)};
    const auto account = settings_.accounts.find(wish->foreign.code());
    JsonWriter json;
    json.open_object()
        .field("reference", reference)
        .field("lock", lock ? lock->lock_no : "none")
        .field("fixed_side", wish->fixed_side)
        .field("amount", wish->amount)
        .field("currency", wish->foreign.code())
        .field("cny_account", message.only(tag::kAccount).empty() ? "none" : message.only(tag::kAccount))
        .field("foreign_account", account == settings_.accounts.end() ? "none" : account->second)
        .field("value_date", wish->value_date)
        .close_object();
    const auto taken = room_.answer(at, inner(http::Method::Post, "/v1/fx/purchases", json.take()));
    const std::optional<FxDealRow> deal = find_deal(at.tx, reference);
    if (!taken || taken->status == 409) return {refused_order(message, kDuplicateOrder, at.now)};
    if (!deal) return {refused_order(message, "99", at.now)};
    return reports_of(*deal, wish->amount, at.now);
}

}  // namespace huiqiao::sandbox::bank
