#include "adapters/sandbox/bank/fix_reports.h"

#include "adapters/fix44/tags.h"
#include "adapters/sandbox/bank/fx_prices.h"

namespace huiqiao::sandbox::bank {

namespace {

namespace tag = fix44::tag;
using fix44::Message;

struct Dealt {
    Money fixed;    // of the side that was ordered
    Money counter;  // of the other
};

Dealt dealt(const FxDealRow& deal, const Money& ordered) {
    const Money cny = Money::of_minor(Currency::known("CNY"), deal.cny_minor);
    const Money foreign = Money::of_minor(Currency::known(deal.currency), deal.foreign_minor);
    return ordered.currency() == cny.currency() ? Dealt{cny, foreign} : Dealt{foreign, cny};
}

struct Line {
    std::string exec_id;
    std::string_view type;
    std::string_view status;
    Money cumulated;
    Money left;
};

Message report(const FxDealRow& deal, const Money& ordered, const Line& line, Instant now) {
    const bool has_dealt = line.cumulated.is_positive();
    Message message("8");
    message.add(tag::kAvgPx, has_dealt ? price_for_one(deal.price_e4, deal.unit) : "0")
        .add(tag::kClOrdId, deal.reference)
        .add(tag::kCumQty, line.cumulated.text())
        .add(tag::kCurrency, ordered.currency().code())
        .add(tag::kExecId, line.exec_id);
    if (line.type == "F") message.add(tag::kLastPx, price_for_one(deal.price_e4, deal.unit));
    return message.add(tag::kOrderId, "OR" + deal.reference)
        .add(tag::kOrderQty, ordered.text())
        .add(tag::kOrdStatus, line.status)
        .add(tag::kSide, "1")
        .add(tag::kSymbol, deal.currency + "/CNY")
        .add(tag::kTransactTime, fix44::utc_timestamp(now))
        .add(tag::kSettlDate, fix44::market_date(deal.value_date))
        .add(tag::kExecType, line.type)
        .add(tag::kLeavesQty, line.left.text());
}

void add_counter(Message& message, const Money& counter) {
    message.add(tag::kNetMoney, counter.text()).add(tag::kSettlCurrency, counter.currency().code());
}

/// The other leg of a part of what was dealt, by the bank's own arithmetic.
Money counter_for(const FxDealRow& deal, const Money& part) {
    if (part.currency().code() != "CNY") return cost_of(part, deal.unit, deal.price_e4);
    return bought_for(part, Currency::known(deal.currency), deal.unit, deal.price_e4);
}

}  // namespace

std::string price_for_one(std::int64_t price_e4, int unit) {
    if (unit == 1) return price_text(price_e4);
    std::string fraction = std::to_string(price_e4 % 1'000'000);
    fraction.insert(0, 6 - fraction.size(), '0');
    return std::to_string(price_e4 / 1'000'000) + "." + fraction;
}

std::string_view order_reject_reason(std::string_view code) {
    if (code == "desk_closed") return "2";
    if (code == "lock_expired") return "4";
    if (code == "lock_used" || code == "no_such_lock") return "8";
    if (code == "not_as_locked" || code == "amount_too_small") return "13";
    return code == "insufficient_funds" ? "0" : "99";
}

std::string_view quote_reject_reason(std::string_view code) {
    if (code == "not_tradable") return "1";
    if (code == "desk_closed") return "2";
    return code == "stale_rate" ? "5" : "99";
}

Message quote_of(const FxLockRow& lock, Instant now) {
    if (!lock.code.empty()) {
        return Message("AG")
            .add(tag::kQuoteReqId, lock.reference)
            .add(tag::kQuoteRequestRejectReason, quote_reject_reason(lock.code));
    }
    const Currency fixed = Currency::known(lock.fixed_side == "cny" ? "CNY" : lock.currency);
    return Message("S")
        .add(tag::kCurrency, fixed.code())
        .add(tag::kOrderQty, Money::of_minor(fixed, lock.amount_minor).text())
        .add(tag::kSide, "1")
        .add(tag::kSymbol, lock.currency + "/CNY")
        .add(tag::kTransactTime, fix44::utc_timestamp(now))
        .add(tag::kValidUntilTime, fix44::utc_timestamp(lock.expires_at))
        .add(tag::kSettlDate, fix44::market_date(lock.value_date))
        .add(tag::kQuoteId, lock.lock_no)
        .add(tag::kQuoteReqId, lock.reference)
        .add(tag::kOfferPx, price_for_one(lock.price_e4, lock.unit))
        .add(tag::kQuoteType, fix44::kTradeable);
}

Message withdrawn_quote(const FxLockRow& lock) {
    return Message("Z")
        .add(tag::kQuoteId, lock.lock_no)
        .add(tag::kQuoteReqId, lock.reference)
        .add(tag::kQuoteCancelType, "1");
}

std::vector<Message> reports_of(const FxDealRow& deal, const Money& ordered, Instant now) {
    const Money none = Money::zero(ordered.currency());
    if (deal.status == "rejected") {
        Message refusal = report(deal, ordered, {"J" + deal.reference, "8", "8", none, none}, now);
        return {refusal.add(tag::kOrdRejReason, order_reject_reason(deal.code))};
    }
    if (deal.status == "processing")
        return {report(deal, ordered, {"P" + deal.reference, "A", "A", none, ordered}, now)};
    std::vector<Message> reports{report(deal, ordered, {"N" + deal.reference, "0", "0", none, ordered}, now)};
    const Dealt all = dealt(deal, ordered);
    const auto fill = [&](int number, std::string_view status, const Money& part, const Money& counter,
                          const Money& cumulated, const Money& left) {
        const std::string id = deal.deal_no + "-" + std::to_string(number);
        Message message = report(deal, ordered, {id, "F", status, cumulated, left}, now);
        message.add(tag::kLastQty, part.text());
        add_counter(message, counter);
        reports.push_back(std::move(message));
    };
    if (all.fixed == ordered) {
        fill(1, "2", ordered, all.counter, ordered, none);
    } else if (all.fixed < ordered) {
        fill(1, "1", all.fixed, all.counter, all.fixed, ordered - all.fixed);
        reports.push_back(report(deal, ordered, {deal.deal_no + "-C", "4", "4", all.fixed, none}, now));
    } else {
        const Money first = counter_for(deal, ordered);
        fill(1, "2", ordered, first, ordered, none);
        fill(2, "2", all.fixed - ordered, all.counter - first, all.fixed, none);
    }
    return reports;
}

Message status_of(const FxDealRow& deal, const Money& ordered, Instant now) {
    const Money none = Money::zero(ordered.currency());
    if (deal.status == "rejected") {
        Message refusal = report(deal, ordered, {"0", "I", "8", none, none}, now);
        return refusal.add(tag::kOrdRejReason, order_reject_reason(deal.code));
    }
    if (deal.status == "processing") return report(deal, ordered, {"0", "I", "A", none, ordered}, now);
    const Dealt all = dealt(deal, ordered);
    Message message = report(deal, ordered, {"0", "I", all.fixed < ordered ? "4" : "2", all.fixed, none}, now);
    add_counter(message, all.counter);
    return message;
}

Message unknown_order(std::string_view reference) {
    return Message("8")
        .add(tag::kAvgPx, "0")
        .add(tag::kClOrdId, reference)
        .add(tag::kCumQty, "0")
        .add(tag::kExecId, "0")
        .add(tag::kOrderId, "NONE")
        .add(tag::kOrdStatus, "8")
        .add(tag::kSide, "1")
        .add(tag::kSymbol, "[N/A]")
        .add(tag::kOrdRejReason, "5")
        .add(tag::kExecType, "I")
        .add(tag::kLeavesQty, "0");
}

Message refused_order(const Message& order, std::string_view reason, Instant now) {
    Message message("8");
    message.add(tag::kAvgPx, "0")
        .add(tag::kClOrdId, order.only(tag::kClOrdId))
        .add(tag::kCumQty, "0")
        .add(tag::kExecId, "J" + std::string(order.only(tag::kClOrdId)))
        .add(tag::kOrderId, "NONE")
        .add(tag::kOrdStatus, "8")
        .add(tag::kTransactTime, fix44::utc_timestamp(now))
        .add(tag::kOrdRejReason, reason)
        .add(tag::kExecType, "8")
        .add(tag::kLeavesQty, "0");
    for (const int field : {tag::kCurrency, tag::kOrderQty, tag::kSide, tag::kSymbol, tag::kSettlDate}) {
        if (!order.only(field).empty()) message.add(field, order.only(field));
    }
    return message;
}

Message business_reject(const Message& message, std::string_view reference, std::string_view reason) {
    Message reject("j");
    reject.add(tag::kRefMsgType, message.type());
    if (!reference.empty()) reject.add(tag::kBusinessRejectRefId, reference);
    return reject.add(tag::kBusinessRejectReason, reason);
}

}  // namespace huiqiao::sandbox::bank
