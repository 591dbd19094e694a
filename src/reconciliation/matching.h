#pragma once
// What we expect at the bank against what its statement shows, by reference only; amounts are compared after that and
// never used to pair (REC-04). Pure: the order of either side changes nothing, and each item and each line stands in
// exactly one match.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/money.h"
#include "src/reconciliation/statement.h"

namespace huiqiao::reconciliation {

/// Something of ours that a line of the bank must show.
struct Expected {
    std::string id;
    std::string reference;
    Money amount;
    bool is_credit = false;
};

enum class MatchKind {
    Matched,
    AmountDiffers,  // 金额不符
    DirectionDiffers,
    MissingAtBank,  // 短款: ours, not theirs
    MissingHere,    // 长款: theirs, not ours (no reference, or one that we do not know)
    Duplicate,      // 重复: a second line of one reference
};
std::string_view to_text(MatchKind kind);

struct Match {
    MatchKind kind = MatchKind::Matched;
    std::string expected_id;  // empty for MissingHere
    std::string line_key;     // empty for MissingAtBank
    std::string reference;
    std::optional<Money> difference;  // bank's minus ours, of the matched pair
};

/// Sorted by reference, then line. Of several lines with one reference, the one that fits in amount and direction is
/// the match (the lowest key where several fit); the others are duplicates. Returns are left out: they are
/// facts of their own.
std::vector<Match> match(std::span<const Expected> expected, std::span<const StatementLine> lines);

}  // namespace huiqiao::reconciliation
