#pragma once
// The banks of a seed: one to three, each with its own way to deal, hours, spread, fees, limits, level of CNY and
// manner. Drawn from the seed alone; told to the house as configuration, so that nothing of them is known to it
// otherwise. The first keeps the account into which the channel pays, and sells every currency of the seed.

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/random.h"
#include "tests/sim/fault_kind.h"
#include "tests/support/simulated_sandbox.h"

namespace huiqiao::testing::sim {

/// What a bank does wrong, where there are several; one alone does everything.
enum class Manner {
    Honest,  // closes, refuses, and no more
    Late,    // says things late or not at all
    Liar,    // says what is not so
};

struct SimBank {
    std::string name;    // "sandbox-bank"
    std::string prefix;  // of its accounts: "sb"
    std::string deals;   // as the configuration says it
    Manner manner = Manner::Liar;
    BankCharacter hours;
    std::vector<std::string> currencies;  // foreign, that it sells
    int half_spread_bp = 12;
    int board_life_s = 180;
    int lock_life_s = 120;
    int flat_fee_fen = 0;
    int fee_basis_points = 0;
    std::int64_t largest_deal_fen = 0;  // 0: no limit
    std::int64_t keep_fen = 0;          // of its CNY account; 0 for the first
    bool deals_for_tomorrow = false;    // from half past three on
    std::string encoding = "GBK";

    [[nodiscard]] std::string cny_account() const { return prefix + "-cny"; }
    [[nodiscard]] std::string account_of(std::string_view currency) const;
};

/// currencies: foreign, two of them.
std::vector<SimBank> draw_banks(Random& random, const std::vector<std::string>& currencies);

/// Of config/huiqiao.conf, and the text of config/cut_offs.csv.
std::vector<std::string> overrides_of(const std::vector<SimBank>& banks);
/// closed_on: nobody's line deals on that day.
std::string cut_offs_of(const std::vector<SimBank>& banks, const std::optional<Date>& closed_on);

/// Whether a bank of that kind and manner, among so many, does such a thing.
bool does(const SimBank& bank, FaultKind kind, std::size_t of_banks);

}  // namespace huiqiao::testing::sim
