#include "src/app/desk_wishes.h"

#include "src/flow/decision.h"

#include <algorithm>
#include <cctype>

namespace huiqiao::app {

namespace {

/// Written as an amount is, but with more digits before the point than one may have.
bool is_beyond_all(Currency currency, const std::string& text) {
    const std::size_t point = text.find('.');
    const std::string whole = text.substr(0, point);
    const auto is_digit = [](unsigned char each) { return std::isdigit(each) != 0; };
    if (whole.empty() || whole.front() == '0' || !std::all_of(whole.begin(), whole.end(), is_digit)) return false;
    return Money::parse(currency, "1" + (point == std::string::npos ? "" : text.substr(point))).ok();
}

}  // namespace

Result<Currency> foreign_currency(const std::string& code) {
    Result<Currency> currency = Currency::find(code);
    if (currency && currency->code() == "CNY") return Error(wish_error::kNotForeign, {{"currency", code}});
    return currency;
}

Result<Money> amount_wanted(Currency currency, const std::string& text) {
    Result<Money> amount = Money::parse(currency, text);
    if (!amount && is_beyond_all(currency, text))
        return Error(base_error::kAmountTooLarge, {{"currency", std::string(currency.code())}});
    if (amount && !amount->is_positive())
        return Error(wish_error::kNothingWanted, {{"amount", flow::amount_with_currency(*amount)}});
    return amount;
}

Status check_bank_is_known(const Config& config, const std::string& bank) {
    std::string all;
    for (const Config::Bank& each : config.banks) {
        if (each.name == bank) return Done{};
        all += (all.empty() ? "" : ", ") + each.name;
    }
    if (bank.empty()) return Done{};
    return Error(wish_error::kNoSuchBank, {{"bank", bank}, {"banks", all}});
}

}  // namespace huiqiao::app
