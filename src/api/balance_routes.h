#pragma once
// GET /v1/merchants/{id}/balances: what the books hold for a merchant of the calling platform, one line a currency that
// it ever had: booked, held and available now, or with ?at= what was booked up to and including that instant.

#include "src/api/platform_api.h"
#include "src/ledger/account.h"

namespace huiqiao::api {

class BalanceRoutes {
 public:
    BalanceRoutes(PlatformApi& api, const ledger::Chart& chart) : api_(api), chart_(chart) {}
    void add_to(http::Router& router);

 private:
    http::Response balances(const Call& call);

    PlatformApi& api_;
    const ledger::Chart& chart_;
};

namespace api_error {
inline constexpr ErrorCode kInstantAhead{"instant_in_future", ErrorGroup::Syntax,
                                         "'at' lies in the future; there is no balance of {asked} yet.",
                                         "“at”是将来的时刻，{asked} 尚无余额。"};
}  // namespace api_error

}  // namespace huiqiao::api
