#include "tests/sim/banks.h"

#include <algorithm>
#include <cctype>
#include <iterator>

#include "adapters/direct_link/wire.h"
#include "src/app/bank_adapters.h"

namespace huiqiao::testing::sim {

namespace {

using namespace std::chrono_literals;

constexpr const char* kRest = "sandbox-bank";

std::string lower(std::string_view text) {
    std::string small(text);
    std::transform(small.begin(), small.end(), small.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return small;
}

std::string yuan(std::int64_t fen) {
    return Money::of_minor(Currency::known("CNY"), fen).text();
}

/// Honest and fast; late, with an early cut-off; or fast and a liar.
BankCharacter hours_of(Manner manner) {
    return manner == Manner::Late ? BankCharacter{16, 30min, 2h} : BankCharacter{23, 0s, 60s};
}

/// Half of all seeds know one bank, as most institutions begin.
std::size_t how_many(Random& random) {
    const std::uint64_t draw = random.below(10);
    return draw < 5 ? 1 : draw < 8 ? 2 : 3;
}

std::string way_to_deal(Random& random, const std::vector<std::string>& currencies) {
    const bool has_codes = std::all_of(currencies.begin(), currencies.end(), [](const std::string& code) {
        return direct_link::code_of(Currency::known(code)).has_value();
    });
    switch (random.below(4)) {
        case 0: return has_codes ? app::kDirectLink : kRest;
        case 1: return app::kFixDeals;
        default: return kRest;
    }
}

void draw_terms(Random& random, bool is_first, SimBank& bank) {
    constexpr int kSpreads[] = {5, 9, 12, 15, 40};
    constexpr int kBoards[] = {90, 180, 180, 600};
    constexpr int kLocks[] = {30, 120, 120, 240};
    constexpr int kFees[] = {0, 0, 500, 2000};
    constexpr std::int64_t kLimits[] = {0, 0, 300'000, 2'000'000};
    constexpr std::int64_t kLevels[] = {100'000, 1'000'000, 5'000'000};
    constexpr const char* kEncodings[] = {"GBK", "GB18030", "UTF-8"};
    bank.half_spread_bp = kSpreads[random.below(std::size(kSpreads))];
    bank.board_life_s = kBoards[random.below(std::size(kBoards))];
    bank.lock_life_s = kLocks[random.below(std::size(kLocks))];
    bank.flat_fee_fen = kFees[random.below(std::size(kFees))];
    bank.fee_basis_points = random.below(3) == 0 ? 5 : 0;
    bank.largest_deal_fen = kLimits[random.below(std::size(kLimits))];
    bank.encoding = kEncodings[random.below(std::size(kEncodings))];
    const std::int64_t level = kLevels[random.below(std::size(kLevels))];
    // Its clock says the day of a deal by the direct link; the others' ask for one.
    bank.deals_for_tomorrow = random.below(3) == 0 && bank.deals != app::kDirectLink;
    if (is_first) bank.largest_deal_fen = 0;
    if (!is_first) bank.keep_fen = level;
}

/// Where every other bank has a limit, the first has the largest of them: then deals are small, and banks compete for
/// them. Else orders might wait for a bank that is never given so much money.
void limit_first(std::vector<SimBank>& banks) {
    std::int64_t largest = 0;
    for (std::size_t place = 1; place < banks.size(); ++place) {
        if (banks[place].largest_deal_fen == 0) return;
        largest = std::max(largest, banks[place].largest_deal_fen);
    }
    banks.front().largest_deal_fen = largest;
}

}  // namespace

std::string SimBank::account_of(std::string_view currency) const {
    return prefix + "-" + lower(currency);
}

std::vector<SimBank> draw_banks(Random& random, const std::vector<std::string>& currencies) {
    constexpr std::pair<const char*, const char*> kNames[] = {
        {"sandbox-bank", "sb"}, {"lake-bank", "lb"}, {"grove-bank", "gb"}};
    std::vector<Manner> manners{Manner::Honest, Manner::Late, Manner::Liar};
    for (std::size_t i = manners.size() - 1; i > 0; --i) std::swap(manners[i], manners[random.below(i + 1)]);
    std::vector<SimBank> banks(how_many(random));
    for (std::size_t place = 0; place < banks.size(); ++place) {
        SimBank& bank = banks[place];
        bank.name = kNames[place].first;
        bank.prefix = kNames[place].second;
        bank.manner = manners[place];
        bank.hours = hours_of(bank.manner);
        bank.currencies = currencies;
        const std::uint64_t left_out = random.below(2 * currencies.size());
        if (place > 0 && left_out < currencies.size())
            bank.currencies.erase(bank.currencies.begin() + static_cast<std::ptrdiff_t>(left_out));
        bank.deals = way_to_deal(random, bank.currencies);
        draw_terms(random, place == 0, bank);
    }
    limit_first(banks);
    return banks;
}

std::vector<std::string> overrides_of(const std::vector<SimBank>& banks) {
    std::vector<std::string> all;
    int port = 7850;
    for (const SimBank& bank : banks) {
        const auto say = [&](const std::string& section, const std::string& key, const std::string& value) {
            std::string assignment = section;
            all.push_back(assignment.append(".").append(key).append("=").append(value));
        };
        const auto number = [&](const std::string& section, const std::string& key, std::int64_t value) {
            say(section, key, std::to_string(value));
        };
        const std::string counterparty = "counterparty " + bank.name;
        const std::string sandbox = "sandbox " + bank.name;
        const std::string terms = "fx-terms " + bank.name;
        say(counterparty, "base_url", "http://127.0.0.1:" + std::to_string(++port));
        say(counterparty, "deals", bank.deals);
        if (bank.deals == app::kDirectLink) say(counterparty, "encoding", bank.encoding);
        if (bank.deals != kRest) say(counterparty, "lock_ends", "");  // only a lock that is held has an end
        if (bank.deals == app::kFixDeals) {
            say(counterparty, "dealing_url", "fix://127.0.0.1:" + std::to_string(port + 100));
            say(counterparty, "fix_sender", "DESK1");
            say(counterparty, "fix_target", "BANKFX");
        }
        number(sandbox, "half_spread_bp", bank.half_spread_bp);
        number(sandbox, "board_life_s", bank.board_life_s);
        number(sandbox, "lock_life_s", bank.lock_life_s);
        number(sandbox, "cut_off_hour", bank.hours.cut_off_hour);
        number(sandbox, "execute_after_s", bank.hours.execute_after.count());
        number(sandbox, "settle_after_s", bank.hours.settle_after.count());
        say(terms, "flat_fee", yuan(bank.flat_fee_fen));
        number(terms, "fee_basis_points", bank.fee_basis_points);
        say(terms, "largest_deal", yuan(bank.largest_deal_fen));
        std::vector<std::string> kept{"CNY"};
        kept.insert(kept.end(), bank.currencies.begin(), bank.currencies.end());
        for (const std::string& currency : kept) {
            say("account " + bank.account_of(currency), "currency", currency);
            say("account " + bank.account_of(currency), "bank", bank.name);
        }
        if (bank.keep_fen > 0) say("account " + bank.cny_account(), "keep", yuan(bank.keep_fen));
    }
    return all;
}

std::string cut_offs_of(const std::vector<SimBank>& banks, const std::optional<Date>& closed_on) {
    std::string text = "bank,operation,currency,tenor,date,time,zone\n";
    for (const SimBank& bank : banks) {
        const auto line = [&](const std::string& what) { text += bank.name + "," + what + ",Asia/Shanghai\n"; };
        line("remit,*,T+0,,23:59");
        line(bank.deals_for_tomorrow ? "deal,*,T+0,,15:30" : "deal,*,T+0,,23:59");
        if (bank.deals_for_tomorrow) line("deal,*,T+1,,23:59");
        if (!closed_on) continue;
        line("deal,*,T+0," + closed_on->text() + ",closed");
        if (bank.deals_for_tomorrow) line("deal,*,T+1," + closed_on->text() + ",closed");
    }
    return text;
}

bool does(const SimBank& bank, FaultKind kind, std::size_t of_banks) {
    static const std::set<FaultKind> kHonest{
        FaultKind::BankOutage, FaultKind::FxRejected,  FaultKind::PaymentRejected, FaultKind::PaymentReturned,
        FaultKind::BankCharge, FaultKind::LockExpires, FaultKind::RateSpike,       FaultKind::FixQuoteWithdrawn};
    static const std::set<FaultKind> kLate{
        FaultKind::BankOutage,   FaultKind::StatusLate,   FaultKind::StatusLost,
        FaultKind::SeenLate,     FaultKind::FxPending,    FaultKind::RateStale,
        FaultKind::LockExpires,  FaultKind::FxPartial,    FaultKind::StatementLineMissing,
        FaultKind::TransferLost, FaultKind::DirectSilent, FaultKind::DirectLost,
        FaultKind::DirectStays,  FaultKind::FixNotTakenUp};
    static const std::set<FaultKind> kByDirectLink{
        FaultKind::DirectLost,   FaultKind::DirectSilent,     FaultKind::DirectGarbled,
        FaultKind::DirectSerial, FaultKind::DirectDropsRound, FaultKind::DirectStays,
        FaultKind::DirectTwice,  FaultKind::DirectLaterDay,   FaultKind::DirectRejectsLater};
    static const std::set<FaultKind> kByFix{FaultKind::FixNotTakenUp, FaultKind::FixQuoteWithdrawn,
                                            FaultKind::FixGarbage};
    if (kByDirectLink.contains(kind) && bank.deals != app::kDirectLink) return false;
    if (kByFix.contains(kind) && bank.deals != app::kFixDeals) return false;
    if (kind == FaultKind::TransferLost && of_banks == 1) return false;
    if (of_banks == 1 || bank.manner == Manner::Liar) return true;
    return (bank.manner == Manner::Honest ? kHonest : kLate).contains(kind);
}

}  // namespace huiqiao::testing::sim
