#include "src/ledger/verify.h"

#include "src/ledger/ledger.h"
#include "src/ledger/ledger_store.h"
#include "src/ledger/movements.h"
#include "src/ledger/trial_balance.h"
#include "src/ledger/verifier.h"

namespace huiqiao::ledger {

using namespace verify_problem;

namespace {

std::string said(const std::string& account_id, std::int64_t minor) {
    const auto account = Account::from_id(account_id);
    if (!account) return std::to_string(minor) + " minor units";
    return std::string(account->currency.code()) + " " + Money::of_minor(account->currency, minor).text();
}

}  // namespace

VerifyReport verify(db::Database& database, const Chart& chart, const crypto::VerifyKey& key,
                    const VerifySettings& settings) {
    // A line comes into the file after its COMMIT, so every line read here stands in the snapshot that follows; and the
    // database remembers lines after they came into the file.
    HeldBefore before;
    database.read([&](db::Reader& reader) { before = held_before(reader, settings.anchor_file); });
    const AnchorFile file = read_anchor_file(settings.anchor_file);
    VerifyReport report;
    database.read([&](db::Reader& reader) { report = Verifier(reader, chart, key, settings, file, before).run(); });
    return report;
}

VerifyReport verify(db::Reader& reader, const Chart& chart, const crypto::VerifyKey& key,
                    const VerifySettings& settings) {
    const HeldBefore before = held_before(reader, settings.anchor_file);
    const AnchorFile file = read_anchor_file(settings.anchor_file);
    return Verifier(reader, chart, key, settings, file, before).run();
}

VerifyReport Verifier::run() {
    check_digits();
    seals_ = all_seals(reader_);
    read_anchors();
    walk_slots();
    look_for_anchors();
    check_counts();
    check_equations();
    check_accounts();
    check_left_over();
    check_seals();
    return std::move(report_);
}

void Verifier::report(const ErrorCode& code, Parameters parameters) {
    ++report_.problem_count;
    if (is_of_file_alone(code)) ++report_.file_problems;
    if (report_.problems.size() < settings_.most_problems) report_.problems.emplace_back(code, std::move(parameters));
}

void Verifier::check_digits() {
    const db::Found found = reader_.select(store::kDigits);
    for (std::size_t row = 0; row < found.size(); ++row) {
        const auto currency = Currency::find(found.text(row, 0));
        const std::string digits = currency ? std::to_string(currency->digits()) : "no";
        if (digits == found.text(row, 1)) continue;
        report(ledger_error::kDigitsChanged,
               {{"currency", found.text(row, 0)}, {"was", found.text(row, 1)}, {"is", digits}});
    }
}

std::map<std::string, std::int64_t> Verifier::open_holds() {
    std::map<std::string, std::int64_t> holds;
    for (std::string after;;) {
        const db::Found page = reader_.select(store::kOpenHoldPage, {after});
        if (page.empty()) return holds;
        for (std::size_t row = 0; row < page.size(); ++row) holds[page.text(row, 0)] = page.integer(row, 1);
        after = page.text(page.size() - 1, 0);
    }
}

void Verifier::check_accounts() {
    std::map<std::string, std::int64_t> holds = open_holds();
    for (std::string after;;) {
        const db::Found page = reader_.select(store::kAccountPage, {after});
        if (page.empty()) break;
        for (std::size_t row = 0; row < page.size(); ++row) {
            const auto held = holds.find(page.text(row, 0));
            check_account(page, row, held == holds.end() ? 0 : held->second);
            if (held != holds.end()) holds.erase(held);
            sums_.erase(page.text(row, 0));
        }
        after = page.text(page.size() - 1, 0);
    }
    for (const auto& [account, sum] : holds) {
        report(kHeldWrong, {{"account", account}, {"stands", "nothing"}, {"sum", said(account, sum)}});
    }
}

void Verifier::check_account(const db::Found& page, std::size_t row, std::int64_t open_holds) {
    const std::string& id = page.text(row, 0);
    const std::int64_t balance = page.integer(row, 7);
    const std::int64_t held = page.integer(row, 8);
    ++report_.accounts;
    const auto account = Account::from_id(id);
    if (!account) {
        report(kAccountWrong, {{"account", id}, {"why", "its id cannot be read"}});
        return;
    }
    const Chart::Row& kind = chart_.row(account->kind);
    if (page.text(row, 1) != to_text(account->kind) || page.text(row, 2) != account->owner ||
        page.text(row, 3) != account->currency.code() || page.text(row, 4) != to_text(kind.side) ||
        page.text(row, 5) != to_text(kind.normal) || (page.integer(row, 6) == 1) != kind.guarded) {
        report(kAccountWrong, {{"account", id}, {"why", "kind, owner, currency, side, sign or guard differ"}});
    }
    const auto sum = sums_.find(id);
    const std::int64_t posted = sum == sums_.end() ? 0 : sum->second;
    if (balance != posted) {
        report(kBalanceWrong, {{"account", id}, {"stands", said(id, balance)}, {"sum", said(id, posted)}});
    }
    if (held != open_holds) {
        report(kHeldWrong, {{"account", id}, {"stands", said(id, held)}, {"sum", said(id, open_holds)}});
    }
    if (kind.guarded && posted < 0) {
        const db::Found stops = reader_.select(store::kStops);
        bool is_stopped = false;
        for (std::size_t stop = 0; stop < stops.size(); ++stop) {
            is_stopped = is_stopped || stops.text(stop, 0) == account->currency.code();
        }
        if (!is_stopped) {
            report(
                kBelowZero,
                {{"account", id}, {"balance", said(id, posted)}, {"currency", std::string(account->currency.code())}});
        }
    }
    if (account->kind == AccountKind::Position && posted != 0 && settings_.is_closed_purchase &&
        settings_.is_closed_purchase(reader_, account->owner)) {
        report(kPositionOpen, {{"account", id}, {"balance", said(id, posted)}});
    }
}

/// Accounts that have postings and no row.
void Verifier::check_left_over() {
    for (const auto& [account, sum] : sums_) {
        report(kBalanceWrong, {{"account", account}, {"stands", "nothing"}, {"sum", said(account, sum)}});
    }
}

void Verifier::check_equations() {
    TrialBalance balance;
    for (const auto& [id, sum] : sums_) {
        const auto account = Account::from_id(id);
        if (account) balance.add(std::string(account->currency.code()), account->kind, sum, 0);
    }
    for (const Error& broken : balance.broken(chart_)) report(*broken.code, broken.parameters);
}

void Verifier::check_seals() {
    std::optional<DaySeal> before;
    for (const DaySeal& seal : seals_) {
        check_seal(seal, before);
        before = seal;
        ++report_.sealed_days;
    }
}

void Verifier::check_seal(const DaySeal& seal, const std::optional<DaySeal>& before) {
    const auto complain = [&](const std::string& why) {
        report(kSealBroken, {{"date", seal.business_date.text()}, {"why", why}});
    };
    if (!is_good_seal(seal, key_)) complain("it is not signed by our key");
    const DayManifest manifest = day_manifest(reader_, chart_, seal.business_date, before, seal.heads);
    if (manifest.entries != seal.entries) {
        complain("it counted " + std::to_string(seal.entries) + " entries, there are " +
                 std::to_string(manifest.entries));
    }
    if (manifest.hash() != seal.manifest_hash) complain("its accounts or heads sum to another manifest");
    std::size_t stored = 0;
    for (std::string after;;) {
        const db::Found page = reader_.select(store::kDayBalancePage, {seal.business_date, after});
        if (page.empty()) break;
        for (std::size_t row = 0; row < page.size(); ++row, ++stored) {
            const auto account = manifest.accounts.find(page.text(row, 0));
            if (account != manifest.accounts.end() && account->second.debits_minor == page.integer(row, 1) &&
                account->second.credits_minor == page.integer(row, 2) &&
                account->second.closing_minor == page.integer(row, 3)) {
                continue;
            }
            complain("the stored balance of " + page.text(row, 0) + " is " +
                     said(page.text(row, 0), page.integer(row, 3)));
        }
        after = page.text(page.size() - 1, 0);
    }
    if (stored != manifest.accounts.size()) {
        complain(std::to_string(stored) + " balances are stored for " + std::to_string(manifest.accounts.size()) +
                 " accounts that moved");
    }
}

}  // namespace huiqiao::ledger
