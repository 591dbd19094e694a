#pragma once
// The dealing room's ends of locks before their time: it names a cost, keeps its word for a while, and ends the lock by
// it once. A cancel costs a fee on what the rest is worth; a close-out takes the rest back at the buying price of the
// minute, at a loss or a gain to the customer; a roll costs
// the same fee and promises the rest anew at the selling price of the minute, until the time asked for. A reference of
// the customer is good for one cost and one end for ever: the same bytes get the same answer, other bytes 409. What an
// end costs is booked on the CNY account under the end's reference. Paths and answers:
// adapters/sandbox_bank/lock_end_wire.h says what the institution expects; this side is written apart. Faults:
// lock_end_reject (desk_closed), lock_end_pending (taken up, ended a minute later), lock_end_other_cost (ended, and a
// yuan more is charged than was offered), lock_end_other_rate (rolled, at a rate dearer by one in a hundred),
// lock_end_no_terms (rolled, and the first answer leaves out at what).

#include <chrono>

#include "adapters/sandbox/bank/fx_prices.h"
#include "adapters/sandbox/bank/part.h"

namespace huiqiao::sandbox::bank {

struct LockEndSettings {
    PriceBook prices;
    int cancel_fee_bp = 10;                // of the rest's CNY, at least one fen
    std::chrono::hours longest_roll{24};   // from the asking
    std::chrono::seconds cost_stands{60};  // at most; never beyond the lock
    std::chrono::seconds settle_after{0};
};

class LockEndDesk final : public BankPart {
 public:
    explicit LockEndDesk(LockEndSettings settings) : settings_(std::move(settings)) {}

    void create_tables(db::Tx& tx) override;
    [[nodiscard]] std::vector<std::string> faults() const override;
    std::optional<http::Response> answer(Counter& at, const http::Request& request) override;
    void due(Counter& at) override;
    void write_books(db::Reader& reader, http::JsonWriter& json) override;

 private:
    http::Response name_cost(Counter& at, const http::Request& request) const;
    http::Response end(Counter& at, const http::Request& request) const;

    LockEndSettings settings_;
};

}  // namespace huiqiao::sandbox::bank
