#pragma once
// A bank that deals over FIX 4.4 as a seller of foreign currency (port fx/fx_bank.h). A request's body is application
// messages (wire.h), and so is an answer's; what they answer stands beside them in the header kAskedHeader, written by
// who sent them, so that an answer can be held against what was asked. A quote that the bank holds firm until 62 is the
// lock; there is no query for one, so an asking for a lock has an empty body and nobody is asked: a quote that did not
// come stays Unknown until longest_lock is over. What is not on the lists in adapter.cpp is Unknown; "unknown order"
// is. Reports with an ExecID that was read before count once, so messages that are sent again change nothing.

#include "adapters/fix44/wire.h"
#include "fx/fx_bank.h"

namespace huiqiao::fix44 {

/// Separated by '|', since a header holds no SOH.
inline constexpr const char* kAskedHeader = "x-fix-asked";

struct FxSettings {
    std::vector<Currency> currencies;  // that the bank quotes against CNY
    SideOf side = SideOf::BaseCurrency;
    bool deals_cny_fixed = true;
    std::chrono::seconds longest_lock{300};
};

class Fix44FxBank final : public fx::FxBank {
 public:
    explicit Fix44FxBank(FxSettings settings) : settings_(std::move(settings)) {}

    [[nodiscard]] fx::FxBankTraits traits() const override;
    [[nodiscard]] WireRequest write(const fx::Message& message) const override;
    [[nodiscard]] fx::RatesReading read_rates(const std::string& reference, const WireAnswer& answer) const override;
    [[nodiscard]] fx::LockReading read_lock(const std::string& reference, const WireAnswer& answer,
                                            bool of_query) const override;
    [[nodiscard]] fx::PurchaseReading read_purchase(const std::string& reference, const WireAnswer& answer,
                                                    bool of_query) const override;

 private:
    FxSettings settings_;
};

}  // namespace huiqiao::fix44
