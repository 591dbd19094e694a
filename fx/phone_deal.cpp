#include "fx/phone_deal.h"

#include <algorithm>
#include <array>

namespace huiqiao::fx {

namespace {

constexpr std::array kStates{PhoneDealState::Recorded, PhoneDealState::Dealt, PhoneDealState::Differs,
                             PhoneDealState::Overdue, PhoneDealState::NotDealt};

std::string with_currency(const Money& money) {
    return std::string(money.currency().code()) + " " + money.text();
}

/// Both at scale 10; a basis point of the mid times at most a few hundred fits for every rate that parses.
bool is_near(std::int64_t price_e10, std::int64_t mid_e10, int max_move_bp) {
    return std::abs(price_e10 - mid_e10) <= mid_e10 / 10'000 * max_move_bp;
}

bool is_within_one_unit(const Money& one, const Money& other) {
    return std::abs(one.minor() - other.minor()) <= 1;
}

bool is_of_one_pair(const PhoneCall& one, const PhoneCall& other) {
    return one.bank == other.bank && one.currency() == other.currency();
}

struct SameSides {
    bool cny = false;
    bool foreign = false;
};
/// Told in one currency, the amounts are the same or they are not. Told in two, each teller computed the other side by
/// himself: the CNY of one unit of the currency, which one of them rounded away, is no difference.
SameSides same_sides(const PhoneCall& one, const PhoneCall& other) {
    if (one.amount.currency() == other.amount.currency())
        return {one.amount == other.amount, one.amount == other.amount};
    const Result<PhoneAmounts> a = amounts_of(one);
    const Result<PhoneAmounts> b = amounts_of(other);
    const Result<Money> of_unit = convert(Money::of_minor(one.currency(), 1), one.price, Rounding::Up);
    if (!a || !b || !of_unit) return {};
    return {std::abs(a->cny.minor() - b->cny.minor()) <= 1 + of_unit->minor(),
            is_within_one_unit(a->foreign, b->foreign)};
}

/// A slip of the finger is recognised from further away than a price is accepted: it changes the reason alone.
constexpr int kLooksLikeBp = 1000;

std::string as_told(const Rate& price) {
    return price.text() + (price.unit_base() == 1 ? "" : " per " + std::to_string(price.unit_base()));
}

}  // namespace

std::string_view to_text(PhoneDealState state) {
    switch (state) {
        case PhoneDealState::Recorded: return "recorded";
        case PhoneDealState::Dealt: return "dealt";
        case PhoneDealState::Differs: return "differs";
        case PhoneDealState::Overdue: return "overdue";
        case PhoneDealState::NotDealt: return "not_dealt";
    }
    throw LogicError("state of a phone deal out of range");
}

PhoneDealState phone_deal_state_from_text(std::string_view text) {
    for (const PhoneDealState state : kStates) {
        if (to_text(state) == text) return state;
    }
    throw LogicError("no state of a phone deal: " + std::string(text));
}

Result<PhoneAmounts> amounts_of(const PhoneCall& call) {
    const bool cny_fixed = call.fixed_side() == FixedSide::Cny;
    const Result<Money> floating = convert(call.amount, call.price, cny_fixed ? Rounding::Down : Rounding::HalfUp);
    if (!floating) return floating.error();
    return cny_fixed ? PhoneAmounts{call.amount, *floating} : PhoneAmounts{*floating, call.amount};
}

Status check_price(const Rate& price, const std::optional<Rate>& mid, int max_move_bp) {
    const std::string currency(price.base().code());
    if (!mid) return Error(phone_error::kNoMid, {{"currency", currency}});
    const std::int64_t told = price.rate_e10();
    const std::int64_t middle = mid->rate_e10();
    if (is_near(told, middle, max_move_bp)) return Done{};
    const bool is_too_small = is_near(told, middle / 100, kLooksLikeBp);
    if (is_too_small || is_near(told / 100, middle, kLooksLikeBp)) {
        return Error(phone_error::kPriceUnit, {{"price", price.text()},
                                               {"unit", std::to_string(price.unit_base())},
                                               {"other", price.unit_base() == 1 ? "100" : "1"},
                                               {"mid", mid->per_one()}});
    }
    // 1 / mid at scale 10 is 10^20 / mid_e10, of which eight digits are enough to see it.
    const std::int64_t turned_round = 1'000'000'000'000'000'000 / middle * 100;
    if (is_near(told, turned_round, kLooksLikeBp)) {
        return Error(phone_error::kPriceInverted,
                     {{"price", price.text()}, {"currency", currency}, {"mid", mid->per_one()}});
    }
    return Error(phone_error::kPriceOff,
                 {{"price", as_told(price)}, {"bp", std::to_string(max_move_bp)}, {"mid", mid->per_one()}});
}

Status check_call(const PhoneCall& call, std::span<const Date> value_dates, Instant now) {
    const Currency cny = Currency::known("CNY");
    const std::string code(call.currency().code());
    if (call.price.quote() != cny) {
        return Error(phone_error::kPairInverted, {{"pair", code + "/" + std::string(call.price.quote().code())}});
    }
    const bool is_of_pair = call.amount.currency() == cny || call.amount.currency() == call.currency();
    const auto wrong_amount = [&] {
        return Error(phone_error::kWrongAmount, {{"amount", with_currency(call.amount)}, {"currency", code}});
    };
    if (!is_of_pair || !call.amount.is_positive()) return wrong_amount();
    const Result<PhoneAmounts> amounts = amounts_of(call);
    if (!amounts) return amounts.error();
    if (!amounts->cny.is_positive() || !amounts->foreign.is_positive()) return wrong_amount();
    if (call.called_at > now + kCallMayBeAhead || call.called_at + kCallMayBeOld < now) {
        return Error(phone_error::kCallTime, {{"called", rfc3339(call.called_at)}, {"now", rfc3339(now)}});
    }
    if (call.expires_at <= now || call.expires_at <= call.called_at)
        return Error(phone_error::kOver, {{"expires", rfc3339(call.expires_at)}, {"now", rfc3339(now)}});
    if (std::find(value_dates.begin(), value_dates.end(), call.value_date) != value_dates.end()) return Done{};
    if (value_dates.empty()) {
        return Error(phone_error::kNoValueDate,
                     {{"currency", code}, {"day", Date::in_shanghai(call.called_at).text()}});
    }
    std::string allowed;
    for (const Date& date : value_dates) allowed += (allowed.empty() ? "" : ", ") + date.text();
    return Error(phone_error::kValueDate,
                 {{"asked", call.value_date.text()}, {"currency", code}, {"allowed", allowed}});
}

bool is_same_size(const PhoneCall& one, const PhoneCall& other) {
    if (!is_of_one_pair(one, other) || Date::in_shanghai(one.called_at) != Date::in_shanghai(other.called_at))
        return false;
    const SameSides same = same_sides(one, other);
    return same.cny || same.foreign;
}

bool is_same_call(const PhoneCall& one, const PhoneCall& other) {
    if (one.bank == other.bank && !one.recording.empty() && one.recording == other.recording) return true;
    if (!is_of_one_pair(one, other) || one.price.rate_e10() != other.price.rate_e10()) return false;
    const auto between = std::max(one.called_at, other.called_at) - std::min(one.called_at, other.called_at);
    const SameSides same = same_sides(one, other);
    return between <= kOneCall && same.cny && same.foreign;
}

std::string normal_reference(std::string_view text) {
    constexpr std::string_view kIgnored = " \t-/";
    std::string normal;
    for (const char each : text) {
        if (kIgnored.find(each) != std::string_view::npos) continue;
        normal += each >= 'A' && each <= 'Z' ? static_cast<char>(each - 'A' + 'a') : each;
    }
    return normal.empty() ? std::string(text) : normal;
}

std::vector<SlipDifference> differences(const PhoneDeal& deal, const PhoneSlip& slip) {
    std::vector<SlipDifference> all;
    const auto differ = [&](const std::string& what, const std::string& what_zh, const std::string& recorded,
                            const std::string& on_slip) {
        all.push_back({what + ": " + recorded + " recorded, " + on_slip + " on the slip",
                       what_zh + "：记录 " + recorded + "，成交单 " + on_slip});
    };
    if (!(deal.call.price == slip.price)) differ("price", "价格", as_told(deal.call.price), as_told(slip.price));
    const bool cny_fixed = deal.call.fixed_side() == FixedSide::Cny;
    const auto is_one = [](const Money& a, const Money& b, bool is_fixed) {
        return is_fixed ? a == b : is_within_one_unit(a, b);
    };
    if (!is_one(deal.amounts.cny, slip.cny, cny_fixed))
        differ("amount", "金额", with_currency(deal.amounts.cny), with_currency(slip.cny));
    if (!is_one(deal.amounts.foreign, slip.foreign, !cny_fixed))
        differ("amount", "金额", with_currency(deal.amounts.foreign), with_currency(slip.foreign));
    if (deal.call.value_date != slip.value_date)
        differ("value date", "起息日", deal.call.value_date.text(), slip.value_date.text());
    return all;
}

}  // namespace huiqiao::fx
