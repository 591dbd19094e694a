// What the banks show, side by side: banks that count, those at which nothing could be paid or dealt now behind the
// others with the reason, and quotes to platforms by the same list.

#include "src/flow/platform_quotes.h"
#include "src/flow/quote_sources.h"
#include "tests/contract/held_lock_desk.h"

using namespace convert_desk;

namespace {

/// sandbox-bank shows a price; cheap-bank a lower one, and nothing of ours stands there.
struct PricesDesk : LockDesk {
    explicit PricesDesk(TestDatabase& on) : LockDesk(on) {
        show_rates();
        show_cheaper();
        sources.board_ids = {"sandbox-bank|USD", "cheap-bank|USD"};
        sources.books = &desk.books;
        sources.paying = {{"sandbox-bank", {"sb-cny", std::nullopt, true}}, {"cheap-bank", {"cb-cny", std::nullopt}}};
    }
    /// "sandbox-bank, cheap-bank no_cny"
    std::string seen(const Money& fixed) {
        std::map<std::string, std::vector<fx::Offer>> offers;
        desk.database.read([&](db::Reader& reader) {
            offers = flow::offers_now(reader, sources, fixed, currency("USD"), desk.clock.now());
        });
        std::string all;
        for (const fx::Offer& offer : offers["USD"]) {
            all += (all.empty() ? "" : ", ") + offer.quote.bank;
            if (offer.unfit != fx::Unfit::No) all += " " + std::string(to_text(offer.unfit));
        }
        return all;
    }
    std::string quoted_by(const Money& fixed) {
        std::string by = "nobody";
        desk.database.read([&](db::Reader& reader) {
            const auto price = flow::StandingPrices(reader, sources).best(currency("USD"), fixed, desk.clock.now());
            by = price ? price->bank : "nobody";
        });
        return by;
    }

    flow::QuoteSources sources;
};

}  // namespace

TEST_CASE("a bank at which too little CNY of ours is free stands behind those that can be paid, with the reason") {
    each_engine([](TestDatabase& on) {
        PricesDesk d(on);
        CHECK(d.seen(money("CNY", "300.00")) == "cheap-bank no_cny, sandbox-bank no_cny");
        d.order("m1", "USD", "500.00");
        CHECK(d.seen(money("CNY", "300.00")) == "sandbox-bank, cheap-bank no_cny");
        CHECK(d.seen(money("CNY", "500.00")) == "sandbox-bank, cheap-bank no_cny");
        CHECK(d.seen(money("CNY", "500.01")) == "cheap-bank no_cny, sandbox-bank no_cny");
        // Where the foreign side is fixed, what it costs counts.
        CHECK(d.seen(money("USD", "60.00")) == "sandbox-bank, cheap-bank no_cny");
        CHECK(d.seen(money("USD", "80.00")) == "cheap-bank no_cny, sandbox-bank no_cny");
        // What is held is not free. The lock's own price is used, and stands anew.
        (void)d.taken(money("CNY", "300.00"));
        d.show_again();
        CHECK(d.seen(money("CNY", "300.00")) == "cheap-bank no_cny, sandbox-bank no_cny");
        CHECK(d.seen(money("CNY", "200.00")) == "sandbox-bank, cheap-bank no_cny");
    });
}

TEST_CASE("a bank that is not set up any more is not shown, and one that does not deal now is shown as closed") {
    each_engine([](TestDatabase& on) {
        PricesDesk d(on);
        d.sources.books = nullptr;
        CHECK(d.seen(money("CNY", "300.00")) == "cheap-bank, sandbox-bank");
        // One of them deals until a minute after midnight.
        const fx::BankHours hours(d.value_dates, fx::CutOffs::parse("bank,operation,currency,tenor,date,time,zone\n"
                                                                    "sandbox-bank,deal,*,T+0,,23:59,Asia/Shanghai\n"
                                                                    "cheap-bank,deal,*,T+0,,00:01,Asia/Shanghai\n")
                                                     .value());
        d.sources.hours = &hours;
        CHECK(d.seen(money("CNY", "300.00")) == "sandbox-bank, cheap-bank closed");
        CHECK(d.quoted_by(money("CNY", "300.00")) == "sandbox-bank");
        d.sources.board_ids = {"cheap-bank|USD"};
        CHECK(d.seen(money("CNY", "300.00")) == "cheap-bank closed");
        CHECK(d.quoted_by(money("CNY", "300.00")) == "nobody");
        d.sources.board_ids.clear();
        CHECK(d.seen(money("CNY", "300.00")).empty());
    });
}

TEST_CASE("a platform is quoted the best price of a bank that can be paid by the time of the purchase") {
    each_engine([](TestDatabase& on) {
        PricesDesk d(on);
        // The buyer's money comes to the account from which sandbox-bank is paid, whatever stands there now.
        CHECK(d.quoted_by(money("CNY", "300.00")) == "sandbox-bank");
        // The other one is topped up to a level by itself, which carries so much and no more.
        d.sources.paying.at("cheap-bank").level = money("CNY", "300.00");
        CHECK(d.quoted_by(money("CNY", "300.00")) == "cheap-bank");
        CHECK(d.quoted_by(money("CNY", "300.01")) == "sandbox-bank");
        CHECK(d.quoted_by(money("USD", "40.00")) == "cheap-bank");
        CHECK(d.quoted_by(money("USD", "60.00")) == "sandbox-bank");
        d.sources.paying.at("sandbox-bank").is_paid_into = false;
        CHECK(d.quoted_by(money("CNY", "300.01")) == "nobody");
    });
}
