// `huiqiao verify` over as many entries as are wanted, written by the product's own bulk path: how long it takes, and
// that a row changed anywhere in them is found and named. Half a minute a million entries is its limit. A Markdown
// table.

#include <spdlog/fmt/fmt.h>
#include <CLI/CLI.hpp>

#include <filesystem>
#include <iostream>

#include "src/app/bench_collecting.h"
#include "src/app/config.h"
#include "src/ledger/journal.h"
#include "src/ledger/verify.h"

using namespace huiqiao;

namespace {

constexpr std::int64_t kMostSecondsAMillion = 30;
constexpr std::int64_t kTold = 100'000;

struct Row {
    std::string what, figure, goal;
    bool held = true;
};

class AtSize {
 public:
    AtSize(std::int64_t entries, const std::filesystem::path& directory)
        : engine_(db::Engine::Sqlite, directory),
          chart_(ledger::Chart::parse(app::read_text("config/chart_of_accounts.csv").value()).value()),
          world_(engine_.fresh(clock_, "tampering"), chart_),
          key_(crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, world_.random).verify_key()),
          wanted_(entries) {
        world_.register_parties();
    }

    bool run() {
        const std::int64_t filling_ms = took_ms([this] { fill(); });
        rows_.push_back({"entries", std::to_string(wanted_), ""});
        rows_.push_back({"written by the bulk path, s", seconds(filling_ms), ""});
        ledger::VerifyReport report;
        const std::int64_t proving_ms = took_ms([&] { report = verify(); });
        const bool whole = report.is_good() && report.entries == static_cast<std::uint64_t>(wanted_);
        rows_.push_back({"postings proved", std::to_string(report.postings), "", whole});
        rows_.push_back({"verify, s", seconds(proving_ms), fmt::format("< {} a million", kMostSecondsAMillion),
                         proving_ms < kMostSecondsAMillion * 1000 * std::max<std::int64_t>(1, wanted_ / 1'000'000)});
        for (const char* table : {"journal_entry", "posting", "entry_fact"})
            execute(std::string("DROP TRIGGER ") + table + "_no_delete");
        execute("DROP TRIGGER posting_no_update");
        // From the end to the beginning, so that each is the first problem when its turn comes.
        found(
            "the last entry is removed", wanted_, [this](const ledger::Entry& entry) { remove(entry); }, false);
        found(
            "an entry is removed", wanted_ * 3 / 4, [this](const ledger::Entry& entry) { remove(entry); }, false);
        found(
            "one unit more in one posting", wanted_ / 4,
            [this](const ledger::Entry& entry) {
                execute("UPDATE posting SET amount_minor = amount_minor + 1 WHERE line_no = 1 AND entry_id = '" +
                        entry.id + "'");
            },
            true);
        return print();
    }

 private:
    template <class F>
    std::int64_t took_ms(const F& what) {
        const Monotonic begin = clock_.monotonic();
        what();
        return (clock_.monotonic() - begin).count() / 1000;
    }
    static std::string seconds(std::int64_t ms) { return fmt::format("{}.{:03}", ms / 1000, ms % 1000); }
    void execute(const std::string& text) {
        world_.database.write([&](db::Tx& tx) { tx.execute({text}); });
    }
    ledger::VerifyReport verify() { return ledger::verify(world_.database, chart_, key_, {}); }

    void fill() {
        app::Collecting collecting(world_);
        for (std::int64_t done = 0; done < wanted_; done += app::Collecting::kGroup) {
            collecting.process(collecting.confirmed(done));
            if (done == 0) world_.know_currencies();
            if (done % kTold == 0 && done > 0) std::cerr << "  " << done << " of " << wanted_ << " entries\n";
        }
    }
    void remove(const ledger::Entry& entry) {
        execute("DELETE FROM posting WHERE entry_id = '" + entry.id + "'");
        execute("DELETE FROM entry_fact WHERE entry_id = '" + entry.id + "'");
        execute("DELETE FROM journal_entry WHERE id = '" + entry.id + "'");
    }
    /// names_entry: the problem says which entry; else its place in the chain, since the entry is gone.
    template <class F>
    void found(const std::string& what, std::int64_t seq, const F& tamper, bool names_entry) {
        ledger::Entry entry;
        world_.database.read([&](db::Reader& reader) {
            entry = ledger::page_of_slot(reader, ledger::slots(reader).front(), seq - 1).front();
        });
        tamper(entry);
        const ledger::VerifyReport report = verify();
        const std::string first = report.is_good() ? "nothing" : report.problems.front().english();
        const std::string name = names_entry ? entry.id : std::to_string(seq);
        rows_.push_back({what + ", no " + std::to_string(seq), "first problem: " + first, "names it",
                         first.find(name) != std::string::npos});
    }
    [[nodiscard]] bool print() const {
        bool held = true;
        std::cout << "| What | Figure | Goal | Held |\n|---|---|---|---|\n";
        for (const Row& row : rows_) {
            held = held && row.held;
            std::cout << "| " << row.what << " | " << row.figure << " | " << row.goal << " | "
                      << (row.held ? "yes" : "**no**") << " |\n";
        }
        return held;
    }

    SystemClock clock_;
    app::BenchEngine engine_;
    ledger::Chart chart_;
    app::BenchWorld world_;
    crypto::VerifyKey key_;
    std::int64_t wanted_;
    std::vector<Row> rows_;
};

}  // namespace

int main(int argc, char** argv) {
    CLI::App program("Proves a journal of a million entries, and finds what is changed in it");
    std::int64_t entries = 0;
    std::filesystem::path directory;
    program.add_option("--entries", entries, "Rounded up to whole groups of 500")
        ->default_val(1'000'000)
        ->check(CLI::Range(500, 10'000'000));
    program.add_option("--into", directory, "Where the database stands meanwhile")->default_val("build/tampering");
    CLI11_PARSE(program, argc, argv);
    try {
        if (const Status installed = app::install_currencies("config"); !installed) {
            std::cerr << installed.error().english() << '\n';
            return 2;
        }
        constexpr std::int64_t kGroup = app::Collecting::kGroup;
        const bool held = AtSize((entries + kGroup - 1) / kGroup * kGroup, std::filesystem::absolute(directory)).run();
        std::filesystem::remove_all(directory);
        return held ? 0 : 1;
    } catch (const std::exception& fault) {
        std::cerr << fault.what() << '\n';
        return 2;
    }
}
