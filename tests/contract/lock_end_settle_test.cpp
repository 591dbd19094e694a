// The line of a lock's end that does not come as its bank said: it stands in suspense, told, and two persons settle the
// end by it, or say that nothing comes.

#include "src/flow/lock_end_settle.h"
#include "src/flow/explain_debit.h"
#include "src/flow/resolve_suspense.h"
#include "src/flow/suspense_matters.h"
#include "src/flow/suspense_store.h"
#include "tests/contract/lock_end_desk.h"
#include "tests/support/two_persons.h"

using namespace convert_desk;

namespace {

/// A lock was ended at its bank, and its line has not come.
struct SettleDesk : EndDesk {
    explicit SettleDesk(TestDatabase& on) : EndDesk(on) { earn("20.00"); }

    LockEnd done(const std::string& lock, EndWay how) {
        const LockEnd offered = priced(lock, how);
        CHECK(decide(offered.id, offered.cost) == "decided");
        settle();
        REQUIRE(end(offered.id).state == LockEndState::Done);
        return end(offered.id);
    }
    LockEnd cancelled() { return done(held_for("1000.00"), EndWay::Cancel); }
    LockEnd closed_at_a_gain() {
        const std::string lock = held_for("1000.00");
        bank_books.write([](db::Tx& tx) { tx.execute({"UPDATE fx_lock_given SET price_e4 = price_e4 * 9 / 10"}, {}); });
        return done(lock, EndWay::CloseOut);
    }
    /// The bank's statement has a line under the end's reference. What became of it.
    flow::TakenLine line(const LockEnd& of, const std::string& number, const Money& amount, bool is_credit = false,
                         const std::string& code = "FX") {
        const auto item = std::make_shared<LinesItem>();
        item->lines.push_back({.account = "sb-cny",
                               .bank_reference = number,
                               .sequence = 1,
                               .booked_on = Date::in_shanghai(desk.clock.now()),
                               .value_date = Date::in_shanghai(desk.clock.now()),
                               .amount = amount,
                               .is_credit = is_credit,
                               .is_reversal = false,
                               .code = code,
                               .end_to_end = of.reference,
                               .narrative = "",
                               .return_reason = "",
                               .instructed = std::nullopt});
        REQUIRE(desk.queue->run(end_lines, item).ok());
        return item->taken.at(0);
    }
    std::string nothing_comes(const LockEnd& of) const {
        return R"("end_id":")" + of.id + R"(","outcome":"nothing_comes")";
    }
    std::string otherwise(const LockEnd& of, const std::string& entry) const {
        return R"("end_id":")" + of.id + R"(","outcome":"settled_otherwise","entry_id":")" + entry + "\"";
    }
    Money suspended(bool is_debit) {
        return booked(is_debit ? ledger::suspense_debit(currency("CNY")) : ledger::suspense(currency("CNY")));
    }
    Money owed_by_bank() { return booked(ledger::fx_receivable("sandbox-bank", currency("CNY"))); }
    Money own(ledger::AccountKind kind) { return booked(ledger::single(kind, currency("CNY"))); }
    /// Nothing is owed by or to the bank, nothing is held, and nobody is told anything of ends any more.
    void check_closed() {
        CHECK(owed_to_bank().is_zero());
        CHECK(owed_by_bank().is_zero());
        CHECK(held(payer()).is_zero());
        for (const std::string_view kind : {flow::kLockEndLineMissing, flow::kLockEndLineDiffers})
            CHECK_FALSE(has_work(kind));
        desk.database.read([](db::Reader& reader) { CHECK(fx::LockEndStore::not_paid(reader).is_zero()); });
        check_books();
    }
    /// A person wants to close what is told of it.
    std::string closing(std::string_view kind) {
        Status may = Done{};
        desk.database.read([&](db::Reader& reader) {
            for (const auto& item : operators::WorkItems().waiting(reader, "", 100))
                if (item.kind == kind) may = flow::check_closable(reader, item);
        });
        return code_of(may);
    }

    std::unique_ptr<flow::Decision> settle_end = flow::make_settle_lock_end(desk.books);
    flow::ExplainDebit explain{desk.books};
    flow::ResolveSuspense resolve_suspense{desk.books};
    calls::Resolve resolve{handlers, escalations};
    TwoPersons two{desk.database, *desk.queue, resolve, desk.books, {settle_end.get(), &explain, &resolve_suspense}};
};

constexpr const char* kVerb = "settle_lock_end";

}  // namespace

TEST_CASE("a line of an end at another amount stands in suspense under it, told, and settles it by two persons' word") {
    for (const char* amount : {"0.40", "9.90"}) {
        for (const char* code : {"FX", "PMNT/MCOP/CHRG"}) {
            each_engine([&](TestDatabase& on) {
                CAPTURE(amount);
                SettleDesk d(on);
                const LockEnd end = d.cancelled();
                REQUIRE(end.charged.we_pay != cny(amount));
                const flow::TakenLine line = d.line(end, "N1", cny(amount), false, code);
                CHECK(line.taken);
                CHECK(line.subject_kind == "suspense");
                CHECK(line.subject_id == end.id);
                CHECK(d.suspended(true) == cny(amount));
                const std::string told = d.told(flow::kLockEndLineDiffers, "sb-cny|N1");
                CHECK(told.find(amount) != std::string::npos);
                CHECK(told.find(end.charged.we_pay.text()) != std::string::npos);
                CHECK(d.closing(flow::kLockEndLineDiffers) == "still_in_suspense");
                CHECK(d.end(end.id).settled_by.empty());
                CHECK(d.held(payer()) == end.charged.we_pay);
                CHECK(d.two.refused("explain_debit", R"("entry_id":")" + line.entry_id +
                                                         R"(","as":"lock_end","subject_id":")" + end.id + "\"") ==
                      "debit_does_not_fit");

                const std::string content = d.two.settle(kVerb, d.otherwise(end, line.entry_id));
                CHECK(content.find("came: taken CNY " + std::string(amount)) != std::string::npos);
                CHECK(d.own_result() == cny(amount));
                CHECK(d.own(ledger::AccountKind::DueFromOwn) == cny(amount));
                CHECK(d.suspended(true).is_zero());
                CHECK(d.end(end.id).settled_by == "sb-cny|N1");
                CHECK(d.two.refused(kVerb, d.otherwise(end, line.entry_id)) == "suspense_settled");
                CHECK(d.two.refused(kVerb, d.nothing_comes(end)) == "lock_end_not_to_settle");
                d.pass(50h);
                d.check_closed();
            });
        }
    }
}

TEST_CASE("a bank that waives what an end cost has it turned round, and nothing is held or awaited any more") {
    each_engine([](TestDatabase& on) {
        SettleDesk d(on);
        const LockEnd end = d.cancelled();
        d.pass(49h);
        CHECK(d.has_work(flow::kLockEndLineMissing));
        CHECK(d.closing(flow::kLockEndLineMissing) == "lock_end_line_awaited");
        d.two.settle(kVerb, d.nothing_comes(end));
        CHECK(d.own_result().is_zero());
        CHECK(d.own(ledger::AccountKind::DueFromOwn).is_zero());
        CHECK(d.end(end.id).settled_by.starts_with("apr_"));
        CHECK(d.two.refused(kVerb, d.nothing_comes(end)) == "lock_end_not_to_settle");
        d.pass(50h);
        d.check_closed();
    });
}

TEST_CASE("a gain that does not come, or comes less, is ours no more, or as much as came") {
    for (const bool is_waived : {true, false}) {
        each_engine([&](TestDatabase& on) {
            CAPTURE(is_waived);
            SettleDesk d(on);
            const LockEnd end = d.closed_at_a_gain();
            REQUIRE(end.charged.we_get > cny("1.00"));
            if (is_waived) {
                d.two.settle(kVerb, d.nothing_comes(end));
            } else {
                const flow::TakenLine line = d.line(end, "N1", cny("1.00"), true);
                CHECK(d.suspended(false) == cny("1.00"));
                d.two.settle(kVerb, d.otherwise(end, line.entry_id));
            }
            const Money came = cny(is_waived ? "0.00" : "1.00");
            CHECK(d.own_result() == -came);
            CHECK(d.own(ledger::AccountKind::DueToOwn) == cny("20.00") + came);
            d.check_closed();
        });
    }
}

TEST_CASE(
    "a line that comes after two persons said that none does stands in suspense, told, and is booked by them once") {
    each_engine([](TestDatabase& on) {
        SettleDesk d(on);
        const LockEnd end = d.cancelled();
        d.two.settle(kVerb, d.nothing_comes(end));
        const flow::TakenLine late = d.line(end, "N1", end.charged.we_pay);
        CHECK(late.subject_kind == "suspense");
        CHECK(d.own_result().is_zero());
        CHECK(d.suspended(true) == end.charged.we_pay);
        CHECK(d.told(flow::kLockEndLineDiffers, "sb-cny|N1").find("settled before by apr_") != std::string::npos);
        CHECK(d.two.refused("explain_debit", R"("entry_id":")" + late.entry_id + R"(","as":"lock_end","subject_id":")" +
                                                 end.id + "\"") == "debit_does_not_fit");
        d.two.settle(kVerb, d.otherwise(end, late.entry_id));
        CHECK(d.own_result() == end.charged.we_pay);
        CHECK(d.end(end.id).settled_by == "sb-cny|N1");
        // A second one, by which the bank puts right what it took too little, and one by which it pays back.
        d.two.settle(kVerb, d.otherwise(end, d.line(end, "N2", cny("0.30")).entry_id));
        CHECK(d.own_result() == end.charged.we_pay + cny("0.30"));
        d.two.settle(kVerb, d.otherwise(end, d.line(end, "N3", cny("0.20"), true).entry_id));
        CHECK(d.own_result() == end.charged.we_pay + cny("0.10"));
        CHECK(d.end(end.id).settled_by == "sb-cny|N1");
        CHECK(d.suspended(true).is_zero());
        CHECK(d.suspended(false).is_zero());
        d.check_closed();
    });
}

TEST_CASE("an end is settled by a line of its account alone, after its bank did it, and not while one is in suspense") {
    each_engine([](TestDatabase& on) {
        SettleDesk d(on);
        const std::string lock = d.held_for("1000.00");
        const LockEnd offered = d.priced(lock, EndWay::Cancel);
        CHECK(d.two.refused(kVerb, d.nothing_comes(offered)) == "lock_end_not_to_settle");
        CHECK(d.two.refused(kVerb, R"("end_id":"lke_none","outcome":"nothing_comes")") == "lock_end_not_found");
        CHECK(d.decide(offered.id, offered.cost) == "decided");
        d.settle();
        const LockEnd end = d.end(offered.id);
        CHECK(d.two.refused(kVerb, d.otherwise(end, "ent_none")) == "not_in_suspense");
        flow::postings::Event event = d.desk.event("hb-cny|X1");
        event.source_type = "statement_line";
        const std::string elsewhere =
            d.desk.post({flow::postings::debit_suspended(event, "hb-cny", cny("0.40"))}).entries.at(0).entry_id;
        CHECK(d.two.refused(kVerb, d.otherwise(end, elsewhere)) == "lock_end_not_to_settle");
        const flow::TakenLine line = d.line(end, "N1", cny("0.40"));
        d.desk.database.write([&](db::Tx& tx) {
            tx.execute(
                {"INSERT INTO statement_line (id, account, currency, booked_on, value_date, state, subject_kind, "
                 "subject_id, entry_id) VALUES ('sb-cny|N1', 'sb-cny', 'CNY', 20260520, 20260520, 'booked', "
                 "'suspense', :p1, :p2)"},
                {end.id, line.entry_id});
        });
        CHECK(d.two.refused(kVerb, d.nothing_comes(end)) == "lock_end_not_to_settle");
        // Two persons say that it was our loss, whatever it was for: then nothing more comes of the end.
        d.two.settle("explain_debit", R"("entry_id":")" + line.entry_id + R"(","as":"given_up")");
        CHECK_FALSE(d.has_work(flow::kLockEndLineDiffers));
        d.two.settle(kVerb, d.nothing_comes(end));
        CHECK(d.own_result().is_zero());
        CHECK(d.own(ledger::AccountKind::DueFromOwn) == cny("0.40"));
        CHECK(d.owed_to_bank().is_zero());
        CHECK(d.held(payer()).is_zero());
    });
}

TEST_CASE("the same word of two persons, asked while another one settled the end, changes nothing") {
    each_engine([](TestDatabase& on) {
        SettleDesk d(on);
        const LockEnd end = d.cancelled();
        const flow::TakenLine line = d.line(end, "N1", cny("0.40"));
        const auto asked = d.two.ask(kVerb, d.otherwise(end, line.entry_id));
        REQUIRE(asked.ok());
        CHECK(d.two.refused(kVerb, d.otherwise(end, line.entry_id)) == "already_asked");
        CHECK(d.two.release(*asked).ok());
        CHECK(code_of(d.two.release(*asked)) != "");
        CHECK(d.own_result() == cny("0.40"));
        d.check_closed();
    });
}
