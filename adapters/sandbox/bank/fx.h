#pragma once
// The sandbox bank's dealing room: boards, locks, purchases of foreign currency against CNY. A reference of the
// customer is good for one lock and one purchase for ever: the same bytes get the same answer, other bytes 409. A deal
// settles at its value date: the CNY account is debited and the foreign one credited, both with the customer's
// reference. An order that comes to nothing on one side is refused (amount_too_small). Answers and paths:
// adapters/sandbox_bank/fx_wire.h says what the institution expects; this side is written apart. Faults: fx_reject
// (desk_closed), fx_stale_rate, fx_lock_expires (the promise is gone when it is used), fx_lock_rate (locked at a worse
// rate than asked, by `basis_points` of it, 50), fx_partial (half of the fixed side, where half comes to something),
// fx_over_fill (twice), fx_other_rate (half a percent worse), fx_pending (taken up, dealt a minute later), fx_jump (the
// board shows prices 5 percent up).

#include <chrono>

#include "adapters/sandbox/bank/fx_prices.h"
#include "adapters/sandbox/bank/part.h"

namespace huiqiao::sandbox::bank {

struct FxSettings {
    PriceBook prices;
    std::chrono::seconds board_life{180};
    std::chrono::seconds lock_life{120};
    std::chrono::seconds settle_after{0};  // from the deal, or the beginning of its value date, to its legs
};

class ForeignExchange final : public BankPart {
 public:
    explicit ForeignExchange(FxSettings settings) : settings_(std::move(settings)) {}

    void create_tables(db::Tx& tx) override;
    [[nodiscard]] std::vector<std::string> faults() const override;
    std::optional<http::Response> answer(Counter& at, const http::Request& request) override;
    void due(Counter& at) override;
    void write_books(db::Reader& reader, http::JsonWriter& json) override;
    /// Until when the prices of that minute may be taken.
    [[nodiscard]] Instant shown_until(std::int64_t minute) const {
        return from_us(minute * 60'000'000) + settings_.board_life;
    }

 private:
    http::Response board(Counter& at, const http::Request& request) const;
    http::Response take_lock(Counter& at, const http::Request& request);
    http::Response take_purchase(Counter& at, const http::Request& request);

    FxSettings settings_;
};

}  // namespace huiqiao::sandbox::bank
