#include "src/flow/intake_rules.h"

#include <algorithm>
#include <array>
#include <utility>

#include "src/base/error.h"

namespace huiqiao::flow {

namespace {

using namespace intake_error;

constexpr std::size_t kMostNumberCharacters = 60;
constexpr std::size_t kMostLineNameCharacters = 120;
constexpr std::size_t kMostIdCharacters = 64;
constexpr std::chrono::seconds kPayWithinAtLeast{60};

Error at(std::string pointer, Error error) {
    error.pointer = std::move(pointer) + error.pointer;
    return error;
}

bool is_plain(std::string_view text, std::size_t most) {
    return !text.empty() && text.size() <= most &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

Status check_trade(const std::string& kind) {
    // The rules for payment institutions want real goods and services; capital items need another licence.
    constexpr std::array kVirtual{"virtual_goods", "virtual", "game_points", "gift_card", "digital_goods"};
    constexpr std::array kCapital{"capital_item", "capital", "securities", "investment", "insurance", "real_estate"};
    const auto is = [&kind](const char* text) { return kind == text; };
    if (std::any_of(kVirtual.begin(), kVirtual.end(), is)) {
        return at("/trade_kind", Error(kTradeRefused, {{"kind", kind}, {"why", "virtual goods"}}));
    }
    if (std::any_of(kCapital.begin(), kCapital.end(), is)) {
        return at("/trade_kind", Error(kTradeRefused, {{"kind", kind}, {"why", "capital items"}}));
    }
    return Done{};
}

Status check_payout(const IntakeOrder& order, orders::PayoutKind payout, orders::TradeKind trade) {
    const auto refuse = [&](std::string pointer, std::string why) {
        return at(std::move(pointer), Error(kPayoutRefused, {{"kind", order.payout_kind}, {"why", std::move(why)}}));
    };
    const bool foreign = order.payout_currency && order.payout_currency->code() != "CNY";
    switch (payout) {
        case orders::PayoutKind::Fx:
            if (!foreign) return refuse("/payout_currency", "a foreign currency is needed");
            break;
        case orders::PayoutKind::Cny:
        case orders::PayoutKind::Domestic:
            if (foreign) return refuse("/payout_currency", "it pays out CNY");
            break;
        case orders::PayoutKind::None:
            if (foreign) return refuse("/payout_currency", "nothing is paid out");
            if (!orders::is_declared(trade)) return refuse("/payout_kind", "only declared trade can be without money");
            if (!order.payee_id.empty()) return refuse("/payee_id", "nothing is paid out");
            return Done{};
    }
    if (!is_plain(order.payee_id, kMostIdCharacters)) return refuse("/payee_id", "a payee is needed");
    return Done{};
}

Status check_cny(const Money& amount, const char* field, bool may_be_zero) {
    const std::string pointer = std::string("/") + field;
    if (amount.currency().code() != "CNY") {
        return at(pointer, Error(kNotCny, {{"field", field}, {"currency", std::string(amount.currency().code())}}));
    }
    if (amount.is_negative() || (amount.is_zero() && !may_be_zero)) {
        return at(pointer, Error(kOverLimit, {{"what", field}, {"amount", amount.text()}, {"limit", "above zero"}}));
    }
    return Done{};
}

/// The sum of the lines, each of which is quantity × price to the fen.
Result<Money> sum_of_lines(const IntakeOrder& order, const IntakeSettings& settings) {
    const auto refuse = [](std::size_t line, std::string why) {
        return at("/lines/" + std::to_string(line),
                  Error(kBadLine, {{"line", std::to_string(line + 1)}, {"why", why}}));
    };
    if (order.lines.empty()) return at("/lines", Error(kBadLine, {{"line", "1"}, {"why", "there is none"}}));
    if (order.lines.size() > settings.most_lines) {
        return refuse(settings.most_lines, "an order has at most " + std::to_string(settings.most_lines) + " lines");
    }
    Money goods = Money::zero(order.total.currency());
    for (std::size_t i = 0; i < order.lines.size(); ++i) {
        const IntakeLine& line = order.lines[i];
        if (!parties::is_name(line.name, kMostLineNameCharacters)) {
            return refuse(i, "its name has 1 to 120 characters, none of them invisible");
        }
        if (line.quantity < 1) return refuse(i, "its quantity is not positive");
        if (line.unit_price.currency() != goods.currency() || line.total.currency() != goods.currency()) {
            return refuse(i, "its money is not CNY");
        }
        if (line.unit_price.is_negative()) return refuse(i, "its price is negative");
        const std::optional<Money> expected = orders::line_total(line.quantity, line.unit_price);
        if (!expected || *expected != line.total) return refuse(i, "its total is not quantity times price");
        const Result<Money> sum = goods.plus(line.total);
        if (!sum) return refuse(i, "the sum is too large");
        goods = *sum;
    }
    return goods;
}

/// ORD-10: goods + freight + tax - discount = total, nothing else and no tolerance.
Status check_amounts(const IntakeOrder& order, const IntakeSettings& settings, orders::TradeKind trade) {
    for (const auto& [amount, field, may_be_zero] :
         {std::tuple(&order.total, "total", false), std::tuple(&order.freight, "freight", true),
          std::tuple(&order.tax, "tax", true), std::tuple(&order.discount, "discount", true)}) {
        const Status good = check_cny(*amount, field, may_be_zero);
        if (!good) return good;
    }
    const Result<Money> goods = sum_of_lines(order, settings);
    if (!goods) return goods.error();
    const std::optional<Money> sum = orders::total_of({*goods, order.freight, order.tax, order.discount});
    if (!sum || *sum != order.total) {
        return at("/total", Error(kTotalMismatch, {{"goods", goods->text()},
                                                   {"sum", sum ? sum->text() : "less than nothing"},
                                                   {"total", order.total.text()}}));
    }
    const auto over = [](const char* what, const Money& amount, std::int64_t limit) {
        const Money most = Money::of_minor(amount.currency(), limit);
        return at("/total", Error(kOverLimit, {{"what", what}, {"amount", amount.text()}, {"limit", most.text()}}));
    };
    if (order.total.minor() > settings.most_per_order_minor) {
        return over("an order's total", order.total, settings.most_per_order_minor);
    }
    if (orders::is_declared(trade)) {
        // 财关税〔2018〕49号: what counts is the duty-paid price, so freight counts and a discount does not.
        const Money dutiable = *goods + order.freight;
        const bool one_piece = order.lines.size() == 1 && order.lines.front().quantity == 1;
        const std::int64_t limit =
            one_piece ? settings.most_of_one_piece_minor : settings.most_per_declared_order_minor;
        if (dutiable.minor() > limit) return over("goods and freight", dutiable, limit);
    }
    return Done{};
}

Result<parties::Person> check_person(const IntakePerson& given, const char* field, bool declared, Date today) {
    const std::string pointer = std::string("/") + field;
    const Result<parties::IdentityType> type = parties::identity_type_from_text(given.identity_type);
    if (!type) return at(pointer + "/identity_type", type.error());
    parties::Person person{
        "", "", given.name, *type, parties::normalised_identity_number(given.identity_number), given.phone};
    const Status good = parties::check_person(person, today);
    if (!good) return at(pointer, good.error());
    if (declared && person.identity_type != parties::IdentityType::ResidentId) {
        return at(pointer + "/identity_type", Error(kIdentityNeeded, {{"field", field}}));
    }
    return person;
}

bool is_customs_port(std::string_view port) {
    return port.size() == 4 && std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Status check_evidence(const IntakeOrder& order, orders::PayoutKind payout, Instant now) {
    const auto refuse = [](std::string pointer, std::string why) {
        return at(std::move(pointer), Error(kEvidenceNeeded, {{"why", std::move(why)}}));
    };
    if (payout != orders::PayoutKind::None) {
        if (order.evidence) return refuse("/evidence", "it belongs only to orders that others collected");
        return Done{};
    }
    if (!order.evidence) return refuse("/evidence", "an order that others collected needs it");
    if (!parties::is_customs_code(order.evidence->institution)) {
        return refuse("/evidence/institution", "the collecting institution's customs code has 10 or 18 characters");
    }
    if (!is_plain(order.evidence->transaction_no, kMostNumberCharacters)) {
        return refuse("/evidence/transaction_no", "the transaction number has 1 to 60 printable characters");
    }
    if (order.evidence->paid_at > now) return refuse("/evidence/paid_at", "the payment lies in the future");
    return Done{};
}

}  // namespace

bool is_order_no(std::string_view text) {
    return is_plain(text, kMostNumberCharacters);
}

Result<CheckedOrder> check_order(const IntakeOrder& order, const IntakeSettings& settings, Instant now) {
    if (!is_order_no(order.platform_order_no)) return at("/platform_order_no", Error(kBadOrderNo));
    if (!is_plain(order.merchant_id, kMostIdCharacters)) {
        return at("/merchant_id", Error(kNoMerchant, {{"merchant", "(unreadable)"}}));
    }
    if (const Status served = check_trade(order.trade_kind); !served) return served.error();
    const Result<orders::TradeKind> trade = orders::trade_kind_from_text(order.trade_kind);
    if (!trade) return at("/trade_kind", trade.error());
    const Result<orders::PayoutKind> payout = orders::payout_kind_from_text(order.payout_kind);
    if (!payout) return at("/payout_kind", payout.error());
    if (const Status good = check_payout(order, *payout, *trade); !good) return good.error();
    if (const Status good = check_amounts(order, settings, *trade); !good) return good.error();

    const bool declared = orders::is_declared(*trade);
    if (declared ? !is_customs_port(order.customs_port) : !order.customs_port.empty()) {
        return at("/customs_port", Error(kBadPort));
    }
    const Date today = Date::in_shanghai(now);
    Result<parties::Person> buyer = check_person(order.buyer, "buyer", declared, today);
    if (!buyer) return buyer.error();
    Result<parties::Person> payer =
        order.payer ? check_person(*order.payer, "payer", declared, today) : Result<parties::Person>(*buyer);
    if (!payer) return payer.error();
    if (const Status good = check_evidence(order, *payout, now); !good) return good.error();

    const std::chrono::seconds pay_within = order.pay_within.value_or(settings.pay_within);
    if (pay_within < kPayWithinAtLeast || pay_within > settings.pay_within_at_most) {
        return at("/pay_within_s",
                  Error(kBadPayWithin, {{"most", std::to_string(settings.pay_within_at_most.count())}}));
    }
    // Only declared trade must prove that who pays is who ordered (2016 No. 26, 2018 No. 194).
    const bool payer_differs = declared && !buyer->same_as(*payer);
    const Currency payout_currency = order.payout_currency.value_or(order.total.currency());
    return CheckedOrder{*payout,       *trade,    payout_currency, std::move(buyer).value(), std::move(payer).value(),
                        payer_differs, pay_within};
}

std::string canonical_text(const IntakeOrder& order) {
    std::string text;
    text.reserve(512);
    const auto put = [&text](std::string_view field) {
        text += std::to_string(field.size());
        text += ':';
        text += field;
    };
    const auto put_number = [&put](std::int64_t number) { put(std::to_string(number)); };
    const auto put_money = [&](const Money& money) {
        put(money.currency().code());
        put_number(money.minor());
    };
    const auto put_person = [&](const IntakePerson& person) {
        put(person.name);
        put(person.identity_type);
        put(parties::normalised_identity_number(person.identity_number));
        put(person.phone);
    };
    for (const std::string* field : {&order.platform_order_no, &order.merchant_id, &order.trade_kind,
                                     &order.payout_kind, &order.payee_id, &order.customs_port}) {
        put(*field);
    }
    put(order.payout_currency ? order.payout_currency->code() : "CNY");
    for (const Money* money : {&order.total, &order.freight, &order.tax, &order.discount}) put_money(*money);
    put_number(static_cast<std::int64_t>(order.lines.size()));
    for (const IntakeLine& line : order.lines) {
        put(line.name);
        put_number(line.quantity);
        put_money(line.unit_price);
        put_money(line.total);
    }
    put_person(order.buyer);
    put_person(order.payer ? *order.payer : order.buyer);
    put_number(order.evidence ? 1 : 0);
    if (order.evidence) {
        put(order.evidence->institution);
        put(order.evidence->transaction_no);
        put_number(to_us(order.evidence->paid_at));
    }
    put_number(order.pay_within ? order.pay_within->count() : 0);
    // Behind all the rest, and only where there is one: what was taken before there were quotes reads as it did.
    if (!order.quote_id.empty()) put(order.quote_id);
    return text;
}

}  // namespace huiqiao::flow
