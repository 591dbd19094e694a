// A transfer between provision accounts that no statement line ends by itself, ended by two persons to the last cent.

#include "src/flow/provision_transfer_store.h"
#include "src/flow/remit_parts.h"
#include "src/flow/suspense_matters.h"
#include "src/flow/watch_transfers.h"
#include "src/remittance/remittance_store.h"
#include "tests/contract/two_persons_desk.h"

using namespace two_persons_desk;

namespace {

const Currency kUsd = Currency::known("USD");
const ledger::Account kFrom = ledger::provision("sb-usd", kUsd);
const ledger::Account kTo = ledger::provision("hb-usd", kUsd);
const ledger::Account kUnderWay = ledger::transfer(kUsd);

/// USD 100.00 are in sb-usd, of which 40.00 are ordered to hb-usd, held, and confirmed by the bank.
struct TransferDesk : Desk {
    explicit TransferDesk(TestDatabase& on) : Desk(on) {
        fund("m1", "USD", "100.00");
        one.id = desk.ids.next("rem");
        one.reference = desk.ids.random_reference("RM", 24);
        one.state = State::Confirmed;
        one.created_at = desk.clock.now();
        const std::vector<ledger::Account> accounts{kFrom, kTo, kUnderWay};
        REQUIRE(desk.run(accounts,
                         [&](db::Group& group) {
                             const ledger::HoldRequest held{kFrom, one.amount, "remittance", one.id};
                             one.provision_hold = desk.books.hold(group, std::span(&held, 1)).value().front();
                             remittance::RemittanceStore().insert(group.tx, std::span(&one, 1), {});
                             const Money none = money("USD", "0.00");
                             flow::ProvisionTransfers::add(
                                 group.tx, {one.id, "hb-usd", one.amount, none, none, none, none, group.now, true});
                         })
                    .ok());
    }
    /// A statement line of one of the accounts that carries nobody's reference; its entry.
    std::string line(const std::string& account, bool is_credit, const char* amount) {
        flow::postings::Event event = desk.event(account + "|L" + std::to_string(++lines));
        event.source_type = "statement_line";
        const Money of = money("USD", amount);
        return desk
            .post({is_credit ? flow::postings::credit_suspended(event, account, of)
                             : flow::postings::debit_suspended(event, account, of)})
            .entries.at(0)
            .entry_id;
    }
    std::string to_transfer(const std::string& entry) const {
        return R"("entry_id":")" + entry + R"(","to":"own_transfer","remittance_id":")" + one.id + "\"";
    }
    std::string as_transfer(const std::string& entry) const { return debit_as(entry, "own_transfer", one.id); }
    std::string as(const char* outcome) const {
        return R"("remittance_id":")" + one.id + R"(","as":")" + outcome + "\"";
    }
    flow::ProvisionTransfer row() {
        std::optional<flow::ProvisionTransfer> found;
        desk.database.read([&](db::Reader& reader) { found = flow::ProvisionTransfers::find(reader, one.id); });
        return *found;
    }
    std::int64_t count(std::string_view sql) {
        std::int64_t found = 0;
        desk.database.read([&](db::Reader& reader) { found = reader.select({sql, "i"}).integer(0, 0); });
        return found;
    }
    std::int64_t open_holds() { return count("SELECT COUNT(*) FROM hold WHERE state = 'open'"); }
    std::string closing_refused() {
        Status closable = Done{};
        desk.database.read([&](db::Reader& reader) {
            for (const auto& item : operators::WorkItems().waiting(reader, "", 10))
                if (item.kind == flow::kTransferNotArrived) closable = flow::check_closable(reader, item);
        });
        return code_of(closable);
    }

    remittance::Remittance one =
        flow::new_remittance(remittance::Kind::Transfer, "sb-usd", "hb-usd", money("USD", "40.00"));
    int lines = 0;
    flow::WatchTransfers watch{desk.database, *desk.queue};
};

}  // namespace

TEST_CASE("a transfer whose two lines carry no reference is settled by two persons, line by line, and ends") {
    each_engine([](TestDatabase& on) {
        TransferDesk d(on);
        const std::string left = d.line("sb-usd", false, "40.00");
        const std::string arrived = d.line("hb-usd", true, "40.00");
        d.desk.clock.advance(std::chrono::hours(3));
        CHECK(d.watch.step(d.desk.clock.now()) == 1);
        CHECK(d.closing_refused() == "transfer_under_way");

        const std::string content = d.two.settle("explain_debit", d.as_transfer(left));
        CHECK(content.find("left sb-usd: USD 40.00 of USD 40.00") != std::string::npos);
        CHECK(d.open_holds() == 0);
        CHECK(d.booked(kUnderWay) == "40.00");
        CHECK(d.row().is_open);
        d.two.settle("resolve_suspense", d.to_transfer(arrived));
        CHECK_FALSE(d.row().is_open);
        CHECK(d.waiting(std::string(flow::kTransferNotArrived)) == 0);
        for (const ledger::Account& account : {kUnderWay, kSuspense, kSuspenseDebit})
            CHECK(d.booked(account) == "0.00");
        CHECK(d.booked(kFrom) == "60.00");
        CHECK(d.booked(kTo) == "40.00");
        CHECK(d.proves_itself());
        // It counts as coming no more, and is told to nobody again.
        d.desk.database.read(
            [&](db::Reader& reader) { CHECK(flow::ProvisionTransfers::open_to(reader, "hb-usd").empty()); });
        d.desk.clock.advance(std::chrono::hours(3));
        CHECK(d.watch.step(d.desk.clock.now()) == 0);
    });
}

TEST_CASE("what comes in short is settled as a charge on the way or as our loss, to the last cent") {
    for (const auto& outcome :
         {std::pair("charge", ledger::AccountKind::BankCharge), std::pair("loss", ledger::AccountKind::Loss)}) {
        each_engine([&](TestDatabase& on) {
            const auto& [as, account] = outcome;
            CAPTURE(as);
            TransferDesk d(on);
            CHECK(d.two.refused("settle_transfer", d.as(as)) == "transfer_not_to_settle");  // it has not left
            d.two.settle("explain_debit", d.as_transfer(d.line("sb-usd", false, "40.00")));
            d.two.settle("resolve_suspense", d.to_transfer(d.line("hb-usd", true, "39.99")));
            CHECK(d.row().is_open);
            CHECK(d.booked(kUnderWay) == "0.01");
            CHECK(d.two.refused("settle_transfer", d.as("excess")) == "transfer_not_to_settle");
            d.two.settle("settle_transfer", d.as(as));
            CHECK_FALSE(d.row().is_open);
            CHECK(d.booked(kUnderWay) == "0.00");
            CHECK(d.booked(ledger::single(account, kUsd)) == "0.01");
            CHECK(d.booked(ledger::single(ledger::AccountKind::DueFromOwn, kUsd)) == "0.01");
            CHECK(d.two.refused("settle_transfer", d.as(as)) == "transfer_not_to_settle");  // once
            CHECK(d.proves_itself());

            // The cent comes after all: it opens the matter again, as what is too much.
            CHECK(d.two.refused("resolve_suspense", d.to_transfer(d.line("hb-usd", true, "0.02"))) ==
                  "not_of_the_transfer");
            d.two.settle("resolve_suspense", d.to_transfer(d.line("hb-usd", true, "0.01")));
            CHECK(d.row().is_open);
            d.two.settle("settle_transfer", d.as("excess"));
            CHECK_FALSE(d.row().is_open);
            CHECK(d.booked(kUnderWay) == "0.00");
            CHECK(d.proves_itself());
        });
    }
}

TEST_CASE("its work item opens once: nobody closes it by hand while the transfer is under way") {
    each_engine([](TestDatabase& on) {
        TransferDesk d(on);
        d.desk.clock.advance(std::chrono::hours(3));
        CHECK(d.watch.step(d.desk.clock.now()) == 1);
        for (int minute = 0; minute < 30; ++minute) {
            CHECK(d.closing_refused() == "transfer_under_way");
            d.desk.clock.advance(std::chrono::minutes(1));
            d.watch.step(d.desk.clock.now());
        }
        CHECK(d.count("SELECT COUNT(*) FROM work_item WHERE kind = 'transfer_not_arrived'") == 1);
        // What the bank called done and proves not to be gives its hold back.
        CHECK(d.open_holds() == 1);
        d.two.settle("settle_transfer", d.as("not_executed"));
        CHECK(d.open_holds() == 0);
        CHECK_FALSE(d.row().is_open);
        CHECK(d.waiting("transfer_not_arrived") == 0);
        CHECK(d.waiting("transfer_rejected") == 1);
        CHECK(d.booked(kFrom) == "100.00");
        CHECK(d.proves_itself());
    });
}

TEST_CASE("a line is of a transfer only on its accounts, in its currency, and for what it can be") {
    each_engine([](TestDatabase& on) {
        TransferDesk d(on);
        const std::string too_much = d.line("sb-usd", false, "40.01");
        CHECK(d.two.refused("explain_debit", d.as_transfer(too_much)) == "not_of_the_transfer");
        const std::string elsewhere = d.line("xx-usd", true, "40.00");
        CHECK(d.two.refused("resolve_suspense", d.to_transfer(elsewhere)) == "not_of_the_transfer");
        const std::string never_left = d.line("sb-usd", true, "40.00");
        CHECK(d.two.refused("resolve_suspense", d.to_transfer(never_left)) == "not_of_the_transfer");
        const std::string never_came = d.line("hb-usd", false, "40.00");
        CHECK(d.two.refused("explain_debit", d.as_transfer(never_came)) == "not_of_the_transfer");
        CHECK(d.two.refused("settle_transfer", R"("remittance_id":"rem_none","as":"loss")") == "no_such_transfer");

        // Left, and back in two parts.
        d.two.settle("explain_debit", d.as_transfer(d.line("sb-usd", false, "40.00")));
        d.two.settle("resolve_suspense", d.to_transfer(d.line("sb-usd", true, "15.50")));
        CHECK(d.row().is_open);
        d.two.settle("resolve_suspense", d.to_transfer(d.line("sb-usd", true, "24.50")));
        CHECK_FALSE(d.row().is_open);
        CHECK(d.booked(kUnderWay) == "0.00");
        CHECK(d.remittances().at(0).returned == money("USD", "40.00"));
        CHECK(d.proves_itself());
    });
}
