#include "src/flow/payout_matches.h"

#include "src/flow/suspense_store.h"
#include "src/remittance/remittance_store.h"

namespace huiqiao::flow {

using reconciliation::Break;
using reconciliation::BreakKind;
using reconciliation::MatchKind;
using reconciliation::StatementStore;

std::vector<PayoutMatch> PayoutMatches::of(const ProvisionAccount& account, const reconciliation::ReadingPlace& place) {
    const Date last = place.closed->day.plus_days(-settings_.grace_days);
    const Date first = last.plus_days(-settings_.days_back);
    std::map<std::string, Payout> payouts;
    std::vector<reconciliation::Expected> expected;
    for (Payout& one : confirmed(account, first, last)) {
        expected.push_back(one.expected);
        std::string id = one.expected.id;
        payouts.emplace(std::move(id), std::move(one));
    }
    std::vector<reconciliation::StatementLine> lines;
    for (Date day = first; day <= place.day; day = day.plus_days(1)) add_lines(account, day, lines);
    std::vector<PayoutMatch> found;
    for (reconciliation::Match& match : reconciliation::match(expected, lines)) {
        // Unknown references are in suspense with a work item of their own; here only payouts are compared.
        if (match.kind == MatchKind::MissingHere) continue;
        const Payout& payout = payouts.at(match.expected_id);
        found.push_back({std::move(match), payout.expected.amount, payout.made_on});
    }
    return found;
}

std::vector<PayoutMatches::Payout> PayoutMatches::confirmed(const ProvisionAccount& account, Date first, Date last) {
    std::vector<Payout> payouts;
    std::optional<remittance::Remittance> behind;
    while (true) {
        auto page = remittance::RemittanceStore().made_between(reader_, account.name, first.at_shanghai(0),
                                                               last.plus_days(1).at_shanghai(0),
                                                               behind ? &*behind : nullptr, settings_.page);
        for (const remittance::Remittance& one : page) {
            if (one.state != remittance::State::Confirmed) continue;
            payouts.push_back({{one.id, one.reference, one.amount, false}, Date::in_shanghai(one.created_at)});
        }
        if (static_cast<int>(page.size()) < settings_.page) return payouts;
        behind = std::move(page.back());
    }
}

void PayoutMatches::add_lines(const ProvisionAccount& account, Date day,
                              std::vector<reconciliation::StatementLine>& lines) {
    std::optional<reconciliation::StatementLine> behind;
    while (true) {
        auto page =
            StatementStore::lines_of_day(reader_, account.name, day, behind ? &*behind : nullptr, settings_.page);
        for (const auto& stored : page) {
            if (stored.subject_kind == "remittance" && !stored.line.code.ends_with("/CHRG"))
                lines.push_back(stored.line);
        }
        if (static_cast<int>(page.size()) < settings_.page) return;
        behind = std::move(page.back().line);
    }
}

bool PayoutMatches::is_explained(BreakKind kind, const std::string& what) {
    switch (kind) {
        case BreakKind::MissingAtBank: return is_debited(what);
        case BreakKind::AmountDiffers:
        case BreakKind::DirectionDiffers:
        case BreakKind::Duplicate: return is_settled(what);
        case BreakKind::Balance:
        case BreakKind::OpeningDiffers:
        case BreakKind::ClosingDiffers:
        case BreakKind::LineGap:
        case BreakKind::NumberGap:
        case BreakKind::MissingHere: return false;
    }
    throw LogicError("a break kind is not judged");
}

bool PayoutMatches::is_debited(const std::string& remittance) {
    const auto found = remittance::RemittanceStore().load(reader_, std::span(&remittance, 1));
    return !found.empty() && found.begin()->second.debited == found.begin()->second.amount;
}

/// Of all that stood in suspense under the line's remittance nothing is left; what never stood there explains nothing.
bool PayoutMatches::is_settled(const std::string& line_key) {
    const auto lines = StatementStore::lines(reader_, std::span(&line_key, 1));
    if (lines.empty() || lines.front().subject_kind != "remittance") return false;
    bool settled = false;
    for (const std::string& entry : StatementStore::entries_of(reader_, lines.front().subject_id)) {
        const Result<Suspended> in_suspense = SuspenseStore::find(reader_, entry);
        if (in_suspense) return false;
        settled = settled || in_suspense.error().code == &suspense_error::kSettledBefore;
    }
    return settled;
}

namespace {

struct Words {
    std::string english;
    std::string chinese;
};

/// What the statements say of the payout, as the end of a sentence.
Words said_of(const PayoutMatch& found, Date closed) {
    const reconciliation::Match& match = found.match;
    const std::string code(found.amount.currency().code());
    switch (match.kind) {
        case MatchKind::MissingAtBank:
            return {"the bank confirmed it, and no statement line up to " + closed.text() + " shows its debit",
                    "银行已确认，但截至 " + closed.text() + " 的对账单上没有其扣款"};
        case MatchKind::AmountDiffers: {
            if (!match.difference)
                return {"the bank's line " + match.line_key + " is in another currency",
                        "银行流水 " + match.line_key + " 为另一币种"};
            const std::string debited = code + " " + (found.amount + *match.difference).text();
            return {"the bank's line " + match.line_key + " debits " + debited,
                    "银行流水 " + match.line_key + " 扣款 " + debited};
        }
        case MatchKind::DirectionDiffers:
            return {"the bank's line " + match.line_key + " is a credit, a debit was ordered",
                    "银行流水 " + match.line_key + " 为入账，而指令为扣款"};
        case MatchKind::Duplicate:
            return {"the bank's line " + match.line_key + " is one more under the same reference",
                    "银行流水 " + match.line_key + " 与其参考号重复"};
        case MatchKind::Matched:
        case MatchKind::MissingHere: break;
    }
    throw LogicError("a payout that matches is no break");
}

}  // namespace

Break break_of(const ProvisionAccount& account, const PayoutMatch& found, Date closed, const std::string& owner,
               Instant now) {
    const reconciliation::Match& match = found.match;
    const BreakKind kind = reconciliation::break_kind_from_text(to_text(match.kind));
    const std::string amount = std::string(found.amount.currency().code()) + " " + found.amount.text();
    const Words said = said_of(found, closed);
    return {reconciliation::break_id(kind, account.name, match.line_key.empty() ? match.expected_id : match.line_key),
            kind,
            account.name,
            match.difference.value_or(Money::zero(account.currency)),
            true,
            owner,
            "Remittance " + match.expected_id + " of " + amount + ", made on " + found.made_on.text() + ", reference " +
                match.reference + ": " + said.english + ".",
            "汇款 " + match.expected_id + "（" + amount + "，" + found.made_on.text() + " 发起，参考号 " +
                match.reference + "）：" + said.chinese + "。",
            now,
            {}};
}

}  // namespace huiqiao::flow
