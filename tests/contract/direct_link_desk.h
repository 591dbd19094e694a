#pragma once
// A desk that speaks to the sandbox bank by its direct link, and the bank's own books to compare with.

#include "adapters/sandbox/bank/direct_link_records.h"
#include "adapters/sandbox/bank/fx_deals.h"
#include "tests/contract/convert_desk.h"

namespace direct_link_desk {

using namespace convert_desk;
using namespace std::chrono_literals;

inline constexpr const char* kOpens = "POST /direct-link NTOPREXB";
inline constexpr const char* kRound = "POST /direct-link NTPAYVEN";
inline constexpr const char* kLists = "POST /direct-link NTLSTJSH";

/// A direct link in GBK on both engines.
template <class Scenario>
void by_direct_link(const Scenario& scenario) {
    each_engine([&](TestDatabase& on) {
        ConvertDesk d(on, Way::DirectLink);
        scenario(d);
        d.check_books();
    });
}

/// A fault of one function, once; with: parameters of the fault.
inline void fault(ConvertDesk& d, const std::string& name, const std::string& function, const std::string& round = "",
                  const std::string& with = "{}", int count = 1) {
    std::string match = function.empty() ? "" : R"("function":")" + function + R"(")";
    if (!round.empty()) match += (match.empty() ? "" : ",") + (R"("round":")" + round + R"(")");
    const http::Response answer =
        d.post("/admin/faults", R"({"fault":")" + name + R"(","count":)" + std::to_string(count) + R"(,"match":{)" +
                                    match + R"(},"with":)" + with + "}");
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
}

/// Everything that can be done at this instant, by a bank that goes down once it has answered this message.
inline void run_until_down_after(ConvertDesk& d, const char* what) {
    d.client.down_after = what;
    d.run();
    REQUIRE(d.client.is_down);
    d.client.down_after.clear();
}

inline std::vector<std::string> orders_of(ConvertDesk& d, int many) {
    std::vector<std::string> ids;
    for (int i = 0; i < many; ++i) {
        ids.push_back(d.order("m" + std::to_string(i % 7), "USD", std::to_string(10 + i) + ".37"));
    }
    return ids;
}

inline std::vector<bank::FxDealRow> deals_at_bank(ConvertDesk& d, const std::string& status = "dealt") {
    std::vector<bank::FxDealRow> found;
    d.bank_books.read([&](db::Reader& reader) {
        found.clear();
        for (bank::FxDealRow& deal : bank::all_deals(reader)) {
            if (deal.status == status) found.push_back(std::move(deal));
        }
    });
    return found;
}

inline std::vector<bank::DirectRecord> records_at_bank(ConvertDesk& d) {
    std::vector<bank::DirectRecord> records;
    d.bank_books.read([&](db::Reader& reader) { records = bank::all_records(reader); });
    return records;
}

/// All orders have what one deal at the bank gave, to the unit, and no money is held beyond the leg to come.
inline void check_bought_once(ConvertDesk& d, const std::vector<std::string>& ids) {
    const std::vector<bank::FxDealRow> deals = deals_at_bank(d);
    REQUIRE(deals.size() == 1);
    const fx::Purchase purchase = d.purchase_of(ids.front());
    CHECK(purchase.state == fx::PurchaseState::Dealt);
    CHECK(purchase.reference == deals[0].reference);
    CHECK(purchase.deal->bank_reference == deals[0].deal_no);
    std::int64_t bought = 0;
    std::int64_t paid = 0;
    for (const std::string& id : ids) {
        bought += d.get(id).amounts.bought.minor();
        paid += d.get(id).amounts.converted.minor();
        CHECK(d.get(id).state == orders::OrderState::Converted);
    }
    CHECK(bought == deals[0].foreign_minor);
    CHECK(paid == deals[0].cny_minor);
    CHECK(d.held(ledger::provision("sb-cny", currency("CNY"))).minor() == deals[0].cny_minor);
}

inline bool is_told(ConvertDesk& d, std::string_view kind) {
    const std::vector<std::string> kinds = d.work_items();
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

/// The bank's latest price here: that which was compared.
inline Rate compared_rate(ConvertDesk& d) {
    std::optional<Rate> rate;
    d.desk.database.read([&](db::Reader& reader) {
        for (const fx::Quote& quote : fx::QuoteStore::latest(reader)) {
            if (quote.currency() == currency("USD")) rate = quote.bank_rate;
        }
    });
    return rate.value();
}

/// A newer price of the bank, as its board would have shown it, so many basis points above the last.
inline void show_newer_price(ConvertDesk& d, std::int64_t basis_points) {
    d.desk.database.write([&](db::Tx& tx) {
        const std::string id = fx::board_id("sandbox-bank", currency("USD"));
        fx::Board board = fx::QuoteStore::boards(tx, std::span(&id, 1)).at(0);
        fx::Quote quote = fx::QuoteStore::quotes(tx, std::span(&board.quote_id, 1)).at(0);
        const std::int64_t e10 = quote.bank_rate.rate_e10() / 10'000 * (10'000 + basis_points);
        quote.bank_rate = Rate::of_stored(currency("USD"), currency("CNY"), 100, e10, quote.bank_rate.text());
        board.quote_id = quote.id = d.desk.ids.next("quo");
        const std::string why;
        fx::QuoteStore::insert_quotes(tx, std::span(&quote, 1), std::span(&why, 1));
        fx::QuoteStore::save_boards(tx, std::span(&board, 1));
    });
}

}  // namespace direct_link_desk
