#include "tests/sim/tally.h"

#include <algorithm>
#include <iomanip>
#include <ostream>
#include <sstream>
#include <vector>

#include "tests/sim/markers.h"

namespace huiqiao::testing::sim {

namespace {

constexpr char kApart = '\t';

std::string joined(const std::vector<std::string>& words, std::string_view between) {
    std::string all;
    for (const std::string& word : words) all.append(all.empty() ? "" : between).append(word);
    return all.empty() ? "none" : all;
}

}  // namespace

Tally Tally::of(const SimResult& result, bool is_clean) {
    Tally tally{1, is_clean ? 1 : 0, result.orders, result.virtual_seconds, result.crashes, {}, {}};
    for (const auto& [kind, times] : result.happened) tally.faults[kind] = times;
    for (const auto& [marker, times] : result.markers) tally.markers[marker] = times;
    return tally;
}

void Tally::add(const Tally& other) {
    seeds += other.seeds;
    clean += other.clean;
    orders += other.orders;
    virtual_seconds += other.virtual_seconds;
    crashes += other.crashes;
    for (const auto& [kind, times] : other.faults) faults[kind] += times;
    for (const auto& [marker, times] : other.markers) markers[marker] += times;
}

std::string Tally::line() const {
    std::ostringstream out;
    out << seeds << kApart << clean << kApart << orders << kApart << virtual_seconds << kApart << crashes;
    for (const auto& [kind, times] : faults) out << kApart << '!' << to_text(kind) << '=' << times;
    for (const auto& [marker, times] : markers) out << kApart << '?' << marker << '=' << times;
    return out.str();
}

Tally Tally::of_line(const std::string& line) {
    Tally tally;
    std::istringstream in(line);
    in >> tally.seeds >> tally.clean >> tally.orders >> tally.virtual_seconds >> tally.crashes;
    in.ignore();
    for (std::string word; std::getline(in, word, kApart);) {
        const std::size_t equals = word.rfind('=');
        const std::string name = word.substr(1, equals - 1);
        const std::int64_t times = std::stoll(word.substr(equals + 1));
        if (word.front() == '?') tally.markers[name] = times;
        if (const auto kind = fault_kind_from_text(name); word.front() == '!' && kind) tally.faults[*kind] = times;
    }
    return tally;
}

void print(std::ostream& to, const Tally& tally, const std::string& seeds, int orders_a_seed, const Spent& spent) {
    std::int64_t strikes = 0;
    std::vector<std::string> struck;
    std::vector<std::string> never_struck;
    for (const FaultKind kind : all_fault_kinds()) {
        const auto at = tally.faults.find(kind);
        const std::int64_t times = at == tally.faults.end() ? 0 : at->second;
        strikes += times;
        if (times > 0) struck.push_back(std::string(to_text(kind)) + " " + std::to_string(times));
        if (times <= 0) never_struck.emplace_back(to_text(kind));
    }
    std::vector<std::string> never_taken;
    for (const std::string_view marker : kMarkers) {
        if (!tally.markers.contains(marker)) never_taken.emplace_back(marker);
    }
    to << std::fixed << std::setprecision(1) << "\n| | |\n|---|---|\n| seeds | " << seeds << " |\n| orders a seed | "
       << orders_a_seed << " |\n| clean | " << tally.clean << " of " << tally.seeds << " |\n| orders | " << tally.orders
       << " |\n| virtual days | " << tally.virtual_seconds / 86'400 << " |\n| crashes and restarts | " << tally.crashes
       << " |\n| faults injected | " << strikes << " |\n| of each kind | " << joined(struck, ", ")
       << " |\n| kinds that never struck | " << joined(never_struck, ", ") << " |\n| rare paths never taken | "
       << joined(never_taken, "; ") << " |\n| CPU seconds | " << spent.cpu_s << " |\n| wall seconds | " << spent.wall_s
       << " |\n";
}

}  // namespace huiqiao::testing::sim
