#pragma once
// From which of our accounts in a currency an order is paid. Foreign currency that was bought for it is paid from where
// its bank paid it in, so that no order takes what another waits for; bought at two banks, it is paid in two parts.
// What was not bought for it (CNY, a payout that came back) is paid from the first account that has the whole of it. It
// reads and books nothing.

#include <map>
#include <span>
#include <string>
#include <vector>

#include "src/base/money.h"

namespace huiqiao::flow {

struct PaidFrom {
    std::string account;
    Money amount;
};

/// left: what each account has free now, in the order in which they are tried. bought: by account, into which the
/// purchases for this order were paid, less what was remitted for it from there. Empty where the money is not there
/// now; never from an account that lacks it.
std::vector<PaidFrom> paid_from(const Money& amount, std::span<const PaidFrom> left,
                                const std::map<std::string, Money>& bought);

}  // namespace huiqiao::flow
