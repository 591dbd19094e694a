#include "src/app/desk_wishes.h"

#include "src/flow/decision.h"

namespace huiqiao::app {

Result<Currency> foreign_currency(const std::string& code) {
    Result<Currency> currency = Currency::find(code);
    if (currency && currency->code() == "CNY") return Error(wish_error::kNotForeign, {{"currency", code}});
    return currency;
}

Result<Money> amount_wanted(Currency currency, const std::string& text) {
    Result<Money> amount = Money::parse(currency, text);
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
