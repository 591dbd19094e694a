#include "src/ledger/journal_entry.h"

namespace huiqiao::ledger {

namespace {

struct Sum {
    Currency currency;
    Side side;
    Money debits;
    Money credits;
};

}  // namespace

std::string Fact::text() const {
    std::string text;
    text.reserve(source_type.size() + source_id.size() + kind.size() + 2);
    text.append(source_type).append(1, '|').append(source_id).append(1, '|').append(kind);
    return text;
}

void check_balanced(const Draft& draft, const Chart& chart) {
    if (draft.postings.size() < 2) {
        throw LogicError("an entry needs two postings at least: " + draft.fact.text());
    }
    std::vector<Sum> sums;  // a handful: currencies times sides
    for (const Posting& posting : draft.postings) {
        const Currency currency = posting.amount.currency();
        if (currency != posting.account.currency) {
            throw LogicError("a posting in " + std::string(currency.code()) + " on " + posting.account.id() + ": " +
                             draft.fact.text());
        }
        if (!posting.amount.is_positive()) {
            throw LogicError("a posting of " + posting.amount.text() + " on " + posting.account.id() + ": " +
                             draft.fact.text());
        }
        const Side side = chart.row(posting.account.kind).side;
        std::size_t at = 0;
        while (at < sums.size() && (sums[at].currency != currency || sums[at].side != side)) ++at;
        if (at == sums.size()) sums.push_back({currency, side, Money::zero(currency), Money::zero(currency)});
        (posting.direction == Direction::Debit ? sums[at].debits : sums[at].credits) += posting.amount;
    }
    for (const Sum& sum : sums) {
        if (sum.debits == sum.credits) continue;
        throw LogicError(std::string(sum.currency.code()) + " debits " + sum.debits.text() + ", credits " +
                         sum.credits.text() + " on the " + std::string(to_text(sum.side)) +
                         " side: " + draft.fact.text());
    }
}

}  // namespace huiqiao::ledger
