#include <doctest/doctest.h>

#include <algorithm>

#include "src/flow/lock_end_postings.h"
#include "src/flow/postings.h"
#include "tests/support/ledger_chart.h"

using namespace huiqiao;
using namespace huiqiao::flow::postings;
using testing::currency;
using testing::money;

namespace {

const Event& event() {
    static const Event made{.source_type = "row", .source_id = "row_1", .value_date = Date::of_number(20261120)};
    return made;
}

/// "Dr clearing:ch:CNY 100.00" a posting.
std::vector<std::string> lines_of(const Draft& draft) {
    std::vector<std::string> lines;
    for (const ledger::Posting& posting : draft.postings) {
        lines.push_back((posting.direction == ledger::Direction::Debit ? "Dr " : "Cr ") + posting.account.id() + " " +
                        posting.amount.text());
    }
    std::sort(lines.begin(), lines.end());
    return lines;
}

struct TableRow {
    std::string name;
    Draft draft;
    std::vector<std::string> expected;
};

std::vector<TableRow> collecting_rows() {
    const Money a = money("CNY", "100.00");
    const Money cost = money("CNY", "0.60");
    return {
        {"collected", collected(event(), "ch", "m1", a), {"Dr clearing:ch:CNY 100.00", "Cr merchant:m1:CNY 100.00"}},
        {"settled, our cost",
         channel_settled(event(), "cny", "ch", a, cost),
         {"Dr provision:cny:CNY 99.40", "Dr due_from_own:CNY 0.60", "Cr clearing:ch:CNY 100.00",
          "Dr channel_cost:CNY 0.60", "Cr due_to_customers:CNY 0.60"}},
        {"cost passed on",
         channel_cost_passed_on(event(), "m1", cost),
         {"Dr merchant:m1:CNY 0.60", "Cr due_to_own:CNY 0.60", "Dr due_from_customers:CNY 0.60",
          "Cr channel_cost:CNY 0.60"}},
        {"fee",
         fee_taken(event(), "m1", cost),
         {"Dr merchant:m1:CNY 0.60", "Cr due_to_own:CNY 0.60", "Dr due_from_customers:CNY 0.60",
          "Cr fee_income:CNY 0.60"}},
        {"fee back",
         fee_given_back(event(), "m1", cost),
         {"Dr due_from_own:CNY 0.60", "Cr merchant:m1:CNY 0.60", "Dr fee_income:CNY 0.60",
          "Cr due_to_customers:CNY 0.60"}},
        {"channel cost back",
         channel_cost_given_back(event(), "ch", cost),
         {"Dr clearing:ch:CNY 0.60", "Cr due_from_own:CNY 0.60", "Dr due_to_customers:CNY 0.60",
          "Cr channel_cost:CNY 0.60"}},
        {"bridges",
         bridges_set_off(event(), a),
         {"Dr due_to_own:CNY 100.00", "Cr due_from_own:CNY 100.00", "Dr due_to_customers:CNY 100.00",
          "Cr due_from_customers:CNY 100.00"}},
        {"swept",
         swept_out(event(), "cny", "own", a),
         {"Dr due_to_own:CNY 100.00", "Cr provision:cny:CNY 100.00", "Dr own_bank:own:CNY 100.00",
          "Cr due_from_customers:CNY 100.00"}},
        {"topped up",
         topped_up(event(), "cny", "own", a),
         {"Dr provision:cny:CNY 100.00", "Cr due_from_own:CNY 100.00", "Dr due_to_customers:CNY 100.00",
          "Cr own_bank:own:CNY 100.00"}},
        {"sweep back",
         sweep_returned(event(), "cny", "own", a, cost),
         {"Dr provision:cny:CNY 100.00", "Cr due_to_own:CNY 100.00", "Dr due_from_customers:CNY 100.00",
          "Dr bank_charge:CNY 0.60", "Cr own_bank:own:CNY 100.60"}},
        {"top-up back",
         top_up_returned(event(), "cny", "own", a),
         {"Dr due_from_own:CNY 100.00", "Cr provision:cny:CNY 100.00", "Dr own_bank:own:CNY 100.00",
          "Cr due_to_customers:CNY 100.00"}},
        {"own money arrived",
         own_money_arrived(event(), "own", a, cost),
         {"Dr suspense:CNY 100.60", "Cr due_from_own:CNY 100.00", "Cr due_to_own:CNY 0.60",
          "Dr due_to_customers:CNY 100.00", "Dr due_from_customers:CNY 0.60", "Cr own_bank:own:CNY 100.60"}},
        {"own money left",
         own_money_left(event(), "own", a, cost),
         {"Dr due_to_own:CNY 100.00", "Dr due_from_own:CNY 0.60", "Cr suspense_debit:CNY 100.60",
          "Dr own_bank:own:CNY 100.60", "Cr due_from_customers:CNY 100.00", "Cr due_to_customers:CNY 0.60"}},
        {"transfer out", transfer_left(event(), "cny", a), {"Dr transfer:CNY 100.00", "Cr provision:cny:CNY 100.00"}},
        {"transfer in", transfer_arrived(event(), "cny", a), {"Dr provision:cny:CNY 100.00", "Cr transfer:CNY 100.00"}},
        {"refund accepted",
         refund_accepted(event(), "m1", "ch", a),
         {"Dr merchant:m1:CNY 100.00", "Cr refunding:ch:CNY 100.00"}},
        {"refund paid", refund_paid(event(), "ch", a), {"Dr refunding:ch:CNY 100.00", "Cr clearing:ch:CNY 100.00"}},
        {"refund rejected",
         refund_rejected(event(), "m1", "ch", a),
         {"Dr refunding:ch:CNY 100.00", "Cr merchant:m1:CNY 100.00"}},
        {"refund bounced", refund_bounced(event(), "ch", a), {"Dr clearing:ch:CNY 100.00", "Cr suspense:CNY 100.00"}},
        {"channel funded",
         channel_funded(event(), "ch", "cny", a),
         {"Dr clearing:ch:CNY 100.00", "Cr provision:cny:CNY 100.00"}},
    };
}

std::vector<TableRow> exchange_rows() {
    const Money cny = money("CNY", "712.50");
    const Money usd = money("USD", "100.00");
    const AllocationLine lines[] = {{"m1", money("CNY", "427.50"), money("USD", "60.00")},
                                    {"m2", money("CNY", "285.00"), money("USD", "40.00")}};
    return {
        {"dealt",
         purchase_dealt(event(), "p", "bank", cny, usd),
         {"Dr position:p:CNY 712.50", "Cr fx_payable:bank:CNY 712.50", "Dr fx_receivable:bank:USD 100.00",
          "Cr position:p:USD 100.00"}},
        {"sale dealt",
         sale_dealt(event(), "p", "bank", cny, usd),
         {"Dr position:p:USD 100.00", "Cr fx_payable:bank:USD 100.00", "Dr fx_receivable:bank:CNY 712.50",
          "Cr position:p:CNY 712.50"}},
        {"CNY leg",
         paid_leg_settled(event(), "bank", "cny", cny),
         {"Dr fx_payable:bank:CNY 712.50", "Cr provision:cny:CNY 712.50"}},
        {"foreign leg",
         received_leg_settled(event(), "bank", "usd", usd),
         {"Dr provision:usd:USD 100.00", "Cr fx_receivable:bank:USD 100.00"}},
        {"allocated",
         purchase_allocated(event(), "p", lines),
         {"Dr merchant:m1:CNY 427.50", "Cr position:p:CNY 427.50", "Dr position:p:USD 60.00",
          "Cr merchant:m1:USD 60.00", "Dr merchant:m2:CNY 285.00", "Cr position:p:CNY 285.00",
          "Dr position:p:USD 40.00", "Cr merchant:m2:USD 40.00"}},
        {"sale allocated",
         sale_allocated(event(), "p", std::span(lines, 1)),
         {"Dr merchant:m1:USD 60.00", "Cr position:p:USD 60.00", "Dr position:p:CNY 427.50",
          "Cr merchant:m1:CNY 427.50"}},
        {"refund netted",
         refund_netted(event(), "p", lines[0]),
         {"Dr merchant:m1:USD 60.00", "Cr position:p:USD 60.00", "Dr position:p:CNY 427.50",
          "Cr merchant:m1:CNY 427.50"}},
        {"shortfall",
         shortfall_borne(event(), "p", cny),
         {"Dr due_from_own:CNY 712.50", "Cr position:p:CNY 712.50", "Dr fx_result:CNY 712.50",
          "Cr due_to_customers:CNY 712.50"}},
        {"surplus", surplus_suspended(event(), "p", usd), {"Dr position:p:USD 100.00", "Cr suspense:USD 100.00"}},
        {"excess cost",
         excess_cost_suspended(event(), "p", cny),
         {"Dr suspense_debit:CNY 712.50", "Cr position:p:CNY 712.50"}},
        {"a deal's gain",
         deal_gain_shared(event(), std::vector<DifferenceShare>{{"m1", usd}}),
         {"Dr suspense:USD 100.00", "Cr merchant:m1:USD 100.00"}},
        {"a deal's loss",
         deal_loss_shared(event(), std::vector<DifferenceShare>{{"m1", money("CNY", "12.50")}},
                          cny - money("CNY", "12.50")),
         {"Dr merchant:m1:CNY 12.50", "Dr due_from_own:CNY 700.00", "Cr suspense_debit:CNY 712.50",
          "Dr fx_result:CNY 700.00", "Cr due_to_customers:CNY 700.00"}},
        {"annulled, CNY was paid",
         paid_leg_to_come_back(event(), "bank", cny),
         {"Dr suspense_debit:CNY 712.50", "Cr fx_payable:bank:CNY 712.50"}},
        {"annulled, foreign had come",
         received_leg_to_go_back(event(), "bank", usd),
         {"Dr fx_receivable:bank:USD 100.00", "Cr suspense:USD 100.00"}},
        {"which the bank took back",
         received_leg_went_back(event(), usd),
         {"Dr suspense:USD 100.00", "Cr suspense_debit:USD 100.00"}},
        {"lock ended at a cost",
         lock_ended_at_cost(event(), "bank", cny),
         {"Dr due_from_own:CNY 712.50", "Cr fx_payable:bank:CNY 712.50", "Dr fx_result:CNY 712.50",
          "Cr due_to_customers:CNY 712.50"}},
        {"lock ended at a gain",
         lock_ended_at_gain(event(), "bank", cny),
         {"Dr fx_receivable:bank:CNY 712.50", "Cr due_to_own:CNY 712.50", "Dr due_from_customers:CNY 712.50",
          "Cr fx_result:CNY 712.50"}},
        {"lock's end cost less",
         lock_end_cost_lowered(event(), "bank", cny),
         {"Dr fx_payable:bank:CNY 712.50", "Cr due_from_own:CNY 712.50", "Dr due_to_customers:CNY 712.50",
          "Cr fx_result:CNY 712.50"}},
        {"lock's end brought less",
         lock_end_gain_lowered(event(), "bank", cny),
         {"Dr due_to_own:CNY 712.50", "Cr fx_receivable:bank:CNY 712.50", "Dr fx_result:CNY 712.50",
          "Cr due_from_customers:CNY 712.50"}},
    };
}

std::vector<TableRow> payout_rows() {
    const Money kwd = money("KWD", "10.125");
    const Money charge = money("KWD", "0.500");
    const Money none = money("KWD", "0.000");
    const MerchantAmount payers[] = {{"m1", money("KWD", "4.000")}, {"m2", money("KWD", "6.125")}};
    return {
        {"ordered",
         remittance_ordered(event(), "m1", "kwd", kwd),
         {"Dr merchant:m1:KWD 10.125", "Cr remitting:kwd:KWD 10.125"}},
        {"ordered by several",
         remittance_ordered(event(), payers, "kwd"),
         {"Dr merchant:m1:KWD 4.000", "Cr remitting:kwd:KWD 4.000", "Dr merchant:m2:KWD 6.125",
          "Cr remitting:kwd:KWD 6.125"}},
        {"debited",
         remittance_debited(event(), "kwd", kwd),
         {"Dr remitting:kwd:KWD 10.125", "Cr provision:kwd:KWD 10.125"}},
        {"rejected",
         remittance_rejected(event(), "m1", "kwd", kwd),
         {"Dr remitting:kwd:KWD 10.125", "Cr merchant:m1:KWD 10.125"}},
        {"moved",
         remittance_moved(event(), "kwd", "kw2", kwd),
         {"Dr remitting:kwd:KWD 10.125", "Cr remitting:kw2:KWD 10.125"}},
        {"our charge",
         charge_borne_by_us(event(), "kwd", charge),
         {"Dr due_from_own:KWD 0.500", "Cr provision:kwd:KWD 0.500", "Dr bank_charge:KWD 0.500",
          "Cr due_to_customers:KWD 0.500"}},
        {"merchant's charge",
         charge_borne_by_merchant(event(), "m1", "kwd", charge),
         {"Dr merchant:m1:KWD 0.500", "Cr provision:kwd:KWD 0.500"}},
        {"charge at our bank",
         charge_at_own_bank(event(), "own", charge),
         {"Dr bank_charge:KWD 0.500", "Cr own_bank:own:KWD 0.500"}},
        {"returned net",
         remittance_returned(event(), "kwd", "m1", kwd, none),
         {"Dr provision:kwd:KWD 10.125", "Cr merchant:m1:KWD 10.125"}},
        {"returned, we bear",
         remittance_returned(event(), "kwd", "m1", kwd, charge),
         {"Dr provision:kwd:KWD 10.125", "Cr merchant:m1:KWD 10.125", "Dr due_from_own:KWD 0.500",
          "Cr merchant:m1:KWD 0.500", "Dr bank_charge:KWD 0.500", "Cr due_to_customers:KWD 0.500"}},
        {"credit suspended",
         credit_suspended(event(), "kwd", kwd),
         {"Dr provision:kwd:KWD 10.125", "Cr suspense:KWD 10.125"}},
        {"channel credit",
         channel_credit_suspended(event(), "ch", kwd),
         {"Dr clearing:ch:KWD 10.125", "Cr suspense:KWD 10.125"}},
        {"revived", suspense_revived(event(), "m1", kwd), {"Dr suspense:KWD 10.125", "Cr merchant:m1:KWD 10.125"}},
        {"credit explained",
         credit_explained(event(), ledger::fx_receivable("bank", kwd.currency()), kwd),
         {"Dr suspense:KWD 10.125", "Cr fx_receivable:bank:KWD 10.125"}},
        {"back by channel",
         suspense_to_channel(event(), "ch", kwd),
         {"Dr suspense:KWD 10.125", "Cr refunding:ch:KWD 10.125"}},
        {"back by bank",
         suspense_to_bank(event(), "kwd", kwd),
         {"Dr suspense:KWD 10.125", "Cr remitting:kwd:KWD 10.125"}},
        {"debit suspended",
         debit_suspended(event(), "kwd", kwd),
         {"Dr suspense_debit:KWD 10.125", "Cr provision:kwd:KWD 10.125"}},
        {"explained",
         debit_explained(event(), ledger::remitting("kwd", currency("KWD")), kwd),
         {"Dr remitting:kwd:KWD 10.125", "Cr suspense_debit:KWD 10.125"}},
        {"recalled",
         debit_recalled(event(), "kwd", kwd),
         {"Dr provision:kwd:KWD 10.125", "Cr suspense_debit:KWD 10.125"}},
        {"given up",
         debit_given_up(event(), kwd),
         {"Dr due_from_own:KWD 10.125", "Cr suspense_debit:KWD 10.125", "Dr loss:KWD 10.125",
          "Cr due_to_customers:KWD 10.125"}},
    };
}

}  // namespace

TEST_CASE("LED-01: every row of the books' table debits and credits what it says, and balances on both sides") {
    const ledger::Chart chart = testing::shipped_chart();
    std::vector<std::string> kinds;
    for (auto rows : {collecting_rows(), exchange_rows(), payout_rows()}) {
        for (TableRow& row : rows) {
            CAPTURE(row.name);
            CHECK_NOTHROW(ledger::check_balanced(row.draft, chart));
            std::sort(row.expected.begin(), row.expected.end());
            CHECK(lines_of(row.draft) == row.expected);
            CHECK(row.draft.fact.source_id == "row_1");
            CHECK(row.draft.actor == "system");
            kinds.push_back(row.draft.fact.kind);
        }
    }
    std::sort(kinds.begin(), kinds.end());
    kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
    CHECK(kinds.size() == 57);  // no two events share a kind
}

TEST_CASE("a debit is explained only by what a bank or channel can have debited") {
    const Money amount = money("CNY", "1.00");
    for (const auto& good : {ledger::remitting("b", currency("CNY")), ledger::fx_payable("b", currency("CNY")),
                             ledger::refunding("c", currency("CNY")), ledger::merchant("m", currency("CNY"))}) {
        CHECK_NOTHROW((void)debit_explained(event(), good, amount));
    }
    CHECK_THROWS_AS((void)debit_explained(event(), ledger::suspense(currency("CNY")), amount), LogicError);
    CHECK_THROWS_AS((void)channel_settled(event(), "cny", "ch", amount, money("CNY", "1.01")), LogicError);
}

TEST_CASE("LED-09: no unit is left over: what is split over a purchase's lines leaves its positions at zero") {
    for (const std::int64_t deal : {1LL, 99LL, 100'001LL, 71'250'003LL}) {
        const Money cny = Money::of_minor(currency("CNY"), deal * 7 + 3);
        const Money usd = Money::of_minor(currency("USD"), deal);
        const std::int64_t weights[] = {1, 1, 1, 7, 13};
        const auto cny_shares = cny.split(weights);
        const auto usd_shares = usd.split(weights);
        std::vector<AllocationLine> lines;
        for (std::size_t at = 0; at < 5; ++at) lines.push_back({"m1", cny_shares[at], usd_shares[at]});
        std::int64_t left_cny = 0;
        std::int64_t left_usd = 0;
        for (const Draft& draft :
             {purchase_dealt(event(), "p", "bank", cny, usd), purchase_allocated(event(), "p", lines)}) {
            for (const ledger::Posting& posting : draft.postings) {
                if (posting.account.kind != ledger::AccountKind::Position) continue;
                std::int64_t& left = posting.amount.currency() == cny.currency() ? left_cny : left_usd;
                left +=
                    posting.direction == ledger::Direction::Debit ? posting.amount.minor() : -posting.amount.minor();
            }
        }
        CHECK(left_cny == 0);
        CHECK(left_usd == 0);
    }
}
