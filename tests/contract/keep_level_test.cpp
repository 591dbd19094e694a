// Between accounts in CNY at several banks: what is moved for orders that wait, by how the banks answered.

#include "src/flow/keep_level.h"

#include "fx/quote_store.h"
#include "src/flow/provision_transfer_store.h"
#include "tests/contract/bank_desk.h"
#include "tests/support/plain_order.h"

using namespace bank_desk;
using namespace std::chrono_literals;

namespace {

/// Buyers pay into sb-cny; harbour-bank and grove-bank are held at their levels. Each sells USD.
class LevelDesk {
 public:
    LevelDesk(TestDatabase& where, const char* harbour, const char* grove)
        : d(where),
          parts{d.desk.database,
                *d.desk.queue,
                d.desk.books,
                d.call_rows,
                d.parties,
                flow::RemittanceBanks(
                    {{"sandbox-bank", &d.remitter}, {"harbour-bank", &d.remitter}, {"grove-bank", &d.remitter}}),
                settings(harbour, grove)},
          levels(parts) {}

    static flow::RemitSettings settings(const char* harbour, const char* grove) {
        flow::RemitSettings settings = BankDesk::remit_settings();
        settings.accounts = {{"sb-usd", currency("USD"), "sandbox-bank"}, {"sb-cny", currency("CNY"), "sandbox-bank"},
                             {"hb-usd", currency("USD"), "harbour-bank"}, {"hb-cny", currency("CNY"), "harbour-bank"},
                             {"gb-usd", currency("USD"), "grove-bank"},   {"gb-cny", currency("CNY"), "grove-bank"}};
        settings.keep_from = "sb-cny";
        settings.keep = {{"hb-cny", money("CNY", harbour)}, {"gb-cny", money("CNY", grove)}};
        return settings;
    }

    void put(const char* account, const char* amount) {
        const Money cny = money("CNY", amount);
        const std::string id = d.desk.ids.next("pay");
        d.desk.post(
            {flow::postings::collected(d.desk.event(id), "ch", "m1", cny),
             flow::postings::channel_settled(d.desk.event(id), account, "ch", cny, Money::zero(cny.currency()))});
    }

    void order_for_dollars(const char* amount) {
        const Money cny = money("CNY", amount);
        orders::OrderAmounts amounts = orders::OrderAmounts::of(cny, currency("USD"));
        amounts.paid = amounts.funded = cny;
        const std::string id = d.desk.ids.next("ord");
        const orders::Order made = plain_order(id, "m1", amounts, orders::OrderState::Funded, d.desk.clock.now());
        REQUIRE(
            d.desk.run({}, [&](db::Group& group) { orders::OrderStore::insert(group.tx, std::span(&made, 1)); }).ok());
    }

    /// unanswered_for: since when it has been asked in vain; none: it answered the last time.
    void board(const std::string& bank, std::chrono::seconds answered_ago,
               std::optional<std::chrono::seconds> unanswered_for) {
        const Instant now = d.desk.clock.now();
        d.desk.database.write([&](db::Tx& tx) {
            db::Rows rows;
            rows.add(bank, "");
            tx.insert_absent(fx::kBoardClaim.insert, rows);
            fx::Board board;
            board.id = bank;
            board.answered_at = now - answered_ago;
            board.asked_at = unanswered_for ? now : board.answered_at;
            if (unanswered_for) board.unanswered_since = now - *unanswered_for;
            fx::QuoteStore::save_boards(tx, std::span(&board, 1));
        });
    }

    /// "hb-cny sb-cny 500.00": what is ordered at this instant.
    std::vector<std::string> moves() {
        const std::size_t before = d.remittances().size();
        levels.step(d.desk.clock.now());
        std::vector<std::string> told;
        for (const remittance::Remittance& one : d.remittances())
            told.push_back(one.bank_account + " " + one.payee_id + " " + one.amount.text());
        REQUIRE(told.size() >= before);
        return told;
    }

    BankDesk d;
    flow::RemitParts parts;
    flow::KeepLevel levels;
};

}  // namespace

TEST_CASE("while a bank is asked again, its CNY is not fetched away from it, and what it lacks goes there") {
    each_engine([](TestDatabase& on) {
        LevelDesk desk(on, "1000.00", "500.00");
        desk.put("sb-cny", "400.00");
        desk.put("hb-cny", "600.00");
        desk.order_for_dollars("900.00");
        desk.board("harbour-bank", 10min, 0s);
        CHECK(desk.moves() == std::vector<std::string>{"sb-cny hb-cny 400.00"});
    });
}

TEST_CASE(
    "money fetched for an order does not send the rest away for ever: as much waits as makes it worth a payment") {
    each_engine([](TestDatabase& on) {
        LevelDesk desk(on, "1000.00", "12000.00");
        desk.put("sb-cny", "890.00");
        desk.put("hb-cny", "20.00");
        desk.order_for_dollars("900.00");
        const auto answering = [&] {
            for (const char* bank : {"harbour-bank", "grove-bank"}) desk.board(bank, 0s, std::nullopt);
        };
        answering();
        // 890.00 is too little at any bank, so what lacks is fetched.
        CHECK(desk.moves() == std::vector<std::string>{"hb-cny sb-cny 10.00"});
        // With it grove-bank could be given 900.00. 10.00 alone is worth no payment there, so 110.00 waits for it; it
        // is nobody else's meanwhile, and no more than that waits, whenever the 10.00 comes.
        std::vector<std::string> both{"hb-cny sb-cny 10.00", "sb-cny gb-cny 780.00"};
        for (int look = 0; look < 3; ++look) {
            desk.d.desk.clock.advance(1min);
            answering();
            std::vector<std::string> moves = desk.moves();
            std::sort(moves.begin(), moves.end());
            CHECK(moves == both);
        }
    });
}

TEST_CASE("CNY at a bank that is silent serves no order: others are asked for it, and a person is told until it ends") {
    each_engine([](TestDatabase& on) {
        LevelDesk desk(on, "1000.00", "500.00");
        desk.put("sb-cny", "400.00");
        desk.put("hb-cny", "900.00");
        desk.put("gb-cny", "500.00");
        desk.order_for_dollars("900.00");
        desk.board("grove-bank", 1min, std::nullopt);
        desk.board("harbour-bank", 24h, 59min);
        CHECK(desk.moves().empty());
        CHECK_FALSE(desk.d.has_work("cny_at_silent_bank"));
        desk.d.desk.clock.advance(1min);
        CHECK(desk.moves() == std::vector<std::string>{"gb-cny sb-cny 500.00"});
        CHECK(desk.d.has_work("cny_at_silent_bank"));
        desk.board("harbour-bank", 0s, std::nullopt);
        desk.d.desk.clock.advance(1min);
        desk.moves();
        CHECK_FALSE(desk.d.has_work("cny_at_silent_bank"));
    });
}

TEST_CASE("a transfer that a bank carried out twice takes nothing off what is coming to the account") {
    each_engine([](TestDatabase& on) {
        LevelDesk desk(on, "1000.00", "500.00");
        desk.put("sb-cny", "3000.00");
        desk.put("hb-cny", "1000.00");
        desk.board("harbour-bank", 1min, std::nullopt);
        const Money none = money("CNY", "0.00");
        desk.d.desk.database.write([&](db::Tx& tx) {
            flow::ProvisionTransfers::add(tx, {"rem_twice", "hb-cny", money("CNY", "500.00"), none,
                                               money("CNY", "1000.00"), none, none, desk.d.desk.clock.now(), true});
        });
        CHECK(desk.moves().empty());
    });
}
