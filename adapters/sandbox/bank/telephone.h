#pragma once
// The sandbox bank's dealer, as he hears a deal on the telephone. GET /admin/phone-deals?currency=GBP: what he says
// when asked for a price. POST /admin/phone-deals: he enters the deal in the bank's books and answers with the slip; it
// settles like any deal of the dealing room, with the reference that the caller gave. A reference is good for one deal:
// the same call again gets the same slip, another one 409. Nobody signs: a voice does not, which is why the institution
// wants two persons of its own.
//   {"currency"} -> {"pair","unit_base","price"}
//   {"reference","price","amount":{currency, amount},"cny_account","foreign_account"}, sold at the price that was said
//   -> {"number","pair","unit_base","price","cny","foreign","value_date"}

#include <chrono>

#include "adapters/sandbox/bank/fx_deals.h"
#include "adapters/sandbox/bank/fx_prices.h"
#include "adapters/sandbox/bank/part.h"

namespace huiqiao::sandbox::bank {

inline constexpr std::string_view kTelephone = "/admin/phone-deals";

class Telephone final : public BankPart {
 public:
    /// settle_after: as the dealing room's.
    Telephone(PriceBook prices, std::chrono::seconds settle_after)
        : prices_(std::move(prices)), settle_after_(settle_after) {}

    void create_tables(db::Tx& tx) override { create_fx_tables(tx); }
    std::optional<http::Response> answer(Counter& at, const http::Request& request) override;
    void due(Counter&) override {}
    void write_books(db::Reader&, http::JsonWriter&) override {}

 private:
    [[nodiscard]] http::Response say_price(const Counter& at, const http::Request& request) const;
    [[nodiscard]] http::Response enter(Counter& at, const http::Request& request) const;

    PriceBook prices_;
    std::chrono::seconds settle_after_;
};

}  // namespace huiqiao::sandbox::bank
