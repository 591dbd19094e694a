// The simulator's teeth: the product with one known mistake in it, chosen at run time. Each is found when a seed breaks
// an invariant that the same seed keeps without the mistake; the seeds that it took are printed. A simulator that
// misses one has failed.
//
//     planted_bugs [--seeds N] [--orders N] [--only kind,kind] [mistakes...]      without names: all of them

#include <cstdio>
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "src/app/config.h"
#include "src/base/planted.h"
#include "tests/sim/simulation.h"

using namespace huiqiao;
using namespace huiqiao::testing;

namespace {

struct Planted {
    Bug bug;
    std::string_view name;
    std::string_view sentence;
};

constexpr Planted kPlanted[] = {
    {Bug::BlindRetry, "blind_retry", "A payment without an answer is sent again instead of asked after."},
    {Bug::SentAgainAfterCrash, "sent_again_after_crash", "What was being sent when we died is sent again."},
    {Bug::UnknownAsFailed, "unknown_as_failed", "No answer is taken for a rejection."},
    {Bug::NotFoundAsFailed, "not_found_as_failed", "A query that finds no payment is taken for its rejection."},
    {Bug::AcceptedAsConfirmed, "accepted_as_confirmed", "A payment that the bank took in is taken for done."},
    {Bug::SecondDebitAsPayout, "second_debit_as_payout", "A second debit of one payment is booked as its payout."},
    {Bug::ReturnIgnored, "return_ignored", "Money that came back stays paid out on its orders."},
    {Bug::LineKeyNotUnique, "line_key_not_unique", "A statement line that comes twice is booked twice."},
    {Bug::LineSkipped, "line_skipped", "Each reading of a statement begins one line too late."},
    {Bug::LockUsedAfterExpiry, "lock_used_after_expiry", "Currency is ordered by a lock that has expired."},
    {Bug::DealAsOrdered, "deal_as_ordered", "A deal is booked as it was ordered, not as the bank dealt it."},
    {Bug::RemainderDropped, "remainder_dropped", "A split loses the units of its remainder."},
    {Bug::QuoteUsedTwice, "quote_used_twice", "A quote by which a lock was asked for carries another."},
    {Bug::QuoteAfterExpiry, "quote_after_expiry", "A quote is taken after its time."},
    {Bug::PerHundredAsOne, "per_hundred_as_one", "A price of a hundred units is read as the price of one."},
    {Bug::WorseLockTaken, "worse_lock_taken", "A lock at a worse rate than its quote is dealt by."},
    {Bug::DearerBank, "dearer_bank", "Currency is bought at the bank that gives the least of it."},
    {Bug::BankFeeForgotten, "bank_fee_forgotten", "Banks are compared without what they charge."},
    {Bug::LimitIgnored, "limit_ignored", "More is dealt at once than the bank's limit."},
    {Bug::HoldsHalf, "holds_half", "Half of what a purchase may cost is left free to be spent again."},
    {Bug::RemainderOfDealLost, "remainder_of_deal_lost", "Allocation loses a unit of the currency dealt."},
    {Bug::GivenUpStillOrdered, "given_up_still_ordered", "Exposure is not lowered by an order that is given up."},
    {Bug::LockKeepsMoney, "lock_keeps_money", "A lock that is over still holds the money for what was not drawn."},
    {Bug::DrawsNotCounted, "draws_not_counted", "What a purchase draws on a lock can be drawn again."},
    {Bug::ConfirmedByDealer, "confirmed_by_dealer", "A telephone deal is confirmed by who recorded it."},
    {Bug::SlipNotCompared, "slip_not_compared", "A telephone deal is dealt by a slip that is not its record."},
    {Bug::PhoneDealLapses, "phone_deal_lapses", "Without a slip in time a telephone deal's money is free again."},
    {Bug::TransferOrderedAgain, "transfer_ordered_again", "Money on its way to an account of ours is sent again."},
    {Bug::PaidFromElsewhere, "paid_from_elsewhere", "Orders are paid from where others' currency was bought."},
    {Bug::AnswerBeforeCommit, "answer_before_commit", "A notice is acknowledged before it is stored."},
    {Bug::AskedAmountBooked, "asked_amount_booked", "A notice's amount is not compared with the one asked for."},
    {Bug::DayBoundaryInUtc, "day_boundary_in_utc", "A payment's day is the one of Greenwich."},
    {Bug::FeeFromUnfunded, "fee_from_unfunded", "Orders are funded by the channel's file, before its money comes."},
    {Bug::WrongRoundingSide, "wrong_rounding_side", "Our fee is rounded up."},
    {Bug::HoldNotReleased, "hold_not_released", "A purchase that comes to nothing keeps its holds."},
    {Bug::HoldReleasedTwice, "hold_released_twice", "A released hold is taken off its account twice."},
    {Bug::OrderNumberTakenTwice, "order_number_taken_twice", "A platform's order number makes a second order."},
    {Bug::IdempotencyKeyNotKept, "idempotency_key_not_kept", "A request that comes again is done again."},
    {Bug::SequenceSkipped, "sequence_skipped", "An order's last event leaves a number out."},
    {Bug::NewSerialOnResend, "new_serial_on_resend", "A payment is declared again under another serial."},
    {Bug::AlreadyThereAsRejected, "already_there_as_rejected", "'It is there already' is taken for a rejection."},
};

/// The one that stands now, and how often the run came to its place.
std::optional<Bug> standing;
std::int64_t passed = 0;

struct Finding {
    std::uint64_t seed = 0;  // 0: not found
    std::int64_t passed = 0;
    std::string violation;
    std::uint64_t unclean = 0;  // seeds that break something without the mistake too: they show nothing
    std::string unclean_by;     // the last of them
};

struct Wanted {
    std::uint64_t seeds = 200;  // at most
    sim::SimSettings settings;
    std::vector<const Planted*> mistakes;
};

sim::SimResult run(const sim::SimSettings& settings, std::optional<Bug> bug) {
    standing = bug;
    const sim::SimResult result = sim::run(settings);
    standing.reset();
    return result;
}

Finding search(Bug bug, const Wanted& wanted) {
    Finding finding;
    passed = 0;
    sim::SimSettings settings = wanted.settings;
    for (settings.seed = 1; settings.seed <= wanted.seeds; ++settings.seed) {
        const sim::SimResult with = run(settings, bug);
        finding.passed = passed;
        if (!with.violation) continue;
        const sim::SimResult without = run(settings, std::nullopt);
        if (!without.violation) {
            finding.seed = settings.seed;
            finding.violation = *with.violation;
            return finding;
        }
        ++finding.unclean;
        finding.unclean_by = *without.violation;
    }
    return finding;
}

std::string one_line(std::string text) {
    for (char& c : text) {
        if (c == '\n' || c == '|') c = ' ';
    }
    return text.substr(0, 160);
}

std::string result_of(const Finding& finding) {
    if (finding.seed != 0) return one_line(finding.violation);
    std::string text = "**not found**";
    if (finding.passed == 0) text += ", no run came to its place";
    if (finding.unclean != 0)
        text += "; " + std::to_string(finding.unclean) + " seeds break by themselves: " + one_line(finding.unclean_by);
    return text;
}

bool print(const Planted& planted, const Finding& finding, std::uint64_t seeds) {
    std::cout << "| " << planted.name << " | " << planted.sentence << " | "
              << (finding.seed == 0 ? seeds : finding.seed) << " | " << result_of(finding) << " |" << std::endl;
    return finding.seed != 0;
}

const Planted* named(std::string_view name) {
    for (const Planted& each : kPlanted) {
        if (each.name == name) return &each;
    }
    return nullptr;
}

/// Whether a program on disk holds the place where a mistake is asked for: ours does, the product must not.
bool knows_of_mistakes(const std::string& program) {
    std::ifstream in(program, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (bytes.empty()) throw std::runtime_error(program + " cannot be read");
    return bytes.find("is_planted") != std::string::npos;
}

void start_as_a_process_does() {
    std::filesystem::current_path(HUIQIAO_SOURCE_DIR);
    CurrencyTable::install(CurrencyTable::parse(app::read_text("config/currencies.csv").value()).value());
}

std::optional<std::set<sim::FaultKind>> kinds_of(const std::string& names) {
    std::set<sim::FaultKind> kinds;
    std::istringstream in(names);
    for (std::string name; std::getline(in, name, ',');) {
        const auto kind = sim::fault_kind_from_text(name);
        if (!kind) return std::nullopt;
        kinds.insert(*kind);
    }
    return kinds;
}

/// nullopt, and the word told, where one is not known.
std::optional<Wanted> read_arguments(std::span<char*> words) {
    Wanted wanted;
    for (std::size_t at = 1; at < words.size(); ++at) {
        const std::string word = words[at];
        const std::string next = at + 1 < words.size() ? words[at + 1] : "";
        if (const Planted* planted = named(word)) {
            wanted.mistakes.push_back(planted);
            continue;
        }
        const bool is_number = !next.empty() && next.find_first_not_of("0123456789") == std::string::npos;
        bool good = is_number && next.size() < 10;
        if (word == "--only") {
            wanted.settings.only = kinds_of(next);
            good = wanted.settings.only.has_value();
        } else if (word == "--seeds" && good) {
            wanted.seeds = std::stoul(next);
        } else if (word == "--orders" && good) {
            wanted.settings.orders = std::stoi(next);
        } else {
            good = false;
        }
        if (!good) {
            std::cerr << "planted_bugs does not know '" << word << " " << next << "'\n";
            return std::nullopt;
        }
        ++at;
    }
    if (wanted.mistakes.empty()) {
        for (const Planted& each : kPlanted) wanted.mistakes.push_back(&each);
    }
    return wanted;
}

}  // namespace

bool huiqiao::is_planted(Bug bug) {
    if (bug != standing) return false;
    ++passed;
    return true;
}

int main(int argc, char** argv) {
    const std::optional<Wanted> wanted = read_arguments({argv, static_cast<std::size_t>(argc)});
    if (!wanted) return 2;
    doctest::Context context;  // the desk asserts by it
    context.setAsDefaultForAssertsOutOfTestCases();
    start_as_a_process_does();
    if (knows_of_mistakes(HUIQIAO_PROGRAM) || !knows_of_mistakes("/proc/self/exe")) {
        std::cerr << HUIQIAO_PROGRAM << " was built with planted mistakes in it\n";
        return 1;
    }
    std::cout << "| Mistake | What it does wrong | Seeds it took | What was broken |\n|---|---|--:|---|" << std::endl;
    std::size_t found = 0;
    for (const Planted* each : wanted->mistakes) {
        if (print(*each, search(each->bug, *wanted), wanted->seeds)) ++found;
    }
    std::cout << "\n" << found << " of " << wanted->mistakes.size() << " found\n";
    return found == wanted->mistakes.size() ? 0 : 1;
}
