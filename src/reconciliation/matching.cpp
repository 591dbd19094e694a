#include "src/reconciliation/matching.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace huiqiao::reconciliation {

std::string_view to_text(MatchKind kind) {
    switch (kind) {
        case MatchKind::Matched: return "matched";
        case MatchKind::AmountDiffers: return "amount_differs";
        case MatchKind::DirectionDiffers: return "direction_differs";
        case MatchKind::MissingAtBank: return "missing_at_bank";
        case MatchKind::MissingHere: return "missing_here";
        case MatchKind::Duplicate: return "duplicate";
    }
    throw LogicError("a match kind has no text");
}

namespace {

bool same_amount(const Expected& item, const StatementLine& line) {
    return item.amount.currency() == line.amount.currency() && item.amount == line.amount;
}

MatchKind kind_of(const Expected& item, const StatementLine& line) {
    if (item.is_credit != line.is_credit) return MatchKind::DirectionDiffers;
    return same_amount(item, line) ? MatchKind::Matched : MatchKind::AmountDiffers;
}

std::optional<Money> difference_of(const Expected& item, const StatementLine& line) {
    if (item.amount.currency() != line.amount.currency()) return std::nullopt;
    return line.amount - item.amount;
}

/// Lines of one reference, the best first: fits, then right direction, then lowest key.
void sort_by_fit(const Expected& item, std::vector<const StatementLine*>& lines) {
    std::sort(lines.begin(), lines.end(), [&](const StatementLine* a, const StatementLine* b) {
        const auto rank = [&](const StatementLine* line) {
            return std::tuple(!(item.is_credit == line->is_credit && same_amount(item, *line)),
                              item.is_credit != line->is_credit, line->key());
        };
        return rank(a) < rank(b);
    });
}

}  // namespace

std::vector<Match> match(std::span<const Expected> expected, std::span<const StatementLine> lines) {
    std::map<std::string, std::vector<const StatementLine*>> by_reference;
    for (const StatementLine& line : lines) {
        if (!is_return(line)) by_reference[line.end_to_end].push_back(&line);
    }
    std::map<std::string, const Expected*> items;
    for (const Expected& item : expected) {
        if (!items.emplace(item.reference, &item).second) {
            throw LogicError("two expected items share the reference " + item.reference);
        }
    }

    std::vector<Match> matches;
    for (const auto& [reference, item] : items) {
        const auto found = by_reference.find(reference);
        if (reference.empty() || found == by_reference.end()) {
            matches.push_back({MatchKind::MissingAtBank, item->id, "", reference, std::nullopt});
            continue;
        }
        sort_by_fit(*item, found->second);
        const StatementLine& best = *found->second.front();
        matches.push_back({kind_of(*item, best), item->id, best.key(), reference, difference_of(*item, best)});
        for (std::size_t i = 1; i < found->second.size(); ++i) {
            matches.push_back({MatchKind::Duplicate, item->id, found->second[i]->key(), reference, std::nullopt});
        }
        by_reference.erase(found);
    }
    for (const auto& [reference, unknown] : by_reference) {
        for (const StatementLine* line : unknown) {
            matches.push_back({MatchKind::MissingHere, "", line->key(), reference, std::nullopt});
        }
    }
    std::sort(matches.begin(), matches.end(), [](const Match& a, const Match& b) {
        return std::tie(a.reference, a.line_key, a.expected_id) < std::tie(b.reference, b.line_key, b.expected_id);
    });
    return matches;
}

}  // namespace huiqiao::reconciliation
