#include "src/app/jobs.h"

#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>

#include "src/app/house.h"
#include "src/app/parties_file.h"
#include "src/base/encoding.h"
#include "src/db/business_day.h"
#include "src/flow/exposure.h"
#include "src/flow/platform_quotes.h"
#include "src/ledger/export.h"

namespace huiqiao::app {

namespace {

constexpr int kDone = 0;
constexpr int kWrong = 1;
constexpr int kNotBegun = 2;

int wrong(const Error& error) {
    complain(error);
    return kWrong;
}

int not_begun(const Error& error) {
    complain(error);
    return kNotBegun;
}

/// Steps workers in turn until none finds anything to do at the clock's instant and nothing is under way.
void run_until_nothing_is_due(House& house, std::vector<Worker> workers) {
    for (;;) {
        int did = 0;
        for (const Worker& worker : workers) did += worker.step(house.clock->now());
        if (did == 0 && !house.app->is_busy()) return;
        if (did == 0) house.app->parts().call_client->wait(std::chrono::milliseconds(20));
    }
}

int run_migrate(const ConfigSource& source) {
    const auto house = House::open(source, true);
    if (house == nullptr) return kNotBegun;
    std::cout << "The database is at this program's schema.\n";
    return kDone;
}

int run_verify(const ConfigSource& source) {
    const auto house = House::open(source, false);
    if (house == nullptr) return kNotBegun;
    const ledger::VerifyReport report = house->app->verify();
    std::cout << report.text_english() << report.text_chinese();
    // What the desk shows is no part of the books: payouts go on where it alone is wrong.
    std::vector<Error> differences;
    house->app->parts().database.read([&](db::Reader& reader) { differences = flow::exposure_recount(reader); });
    for (const Error& each : differences) std::cout << each.english() << '\n' << each.chinese() << '\n';
    if (differences.empty()) std::cout << "Exposure is what a count from scratch gives.\n敞口与重新计数一致。\n";
    std::vector<Error> marked_up;
    house->app->parts().database.read([&](db::Reader& reader) { marked_up = flow::marked_up_quotes(reader); });
    for (const Error& each : marked_up) std::cout << each.english() << '\n' << each.chinese() << '\n';
    if (marked_up.empty()) std::cout << "Every client's rate is the bank's.\n客户汇率均为银行汇率。\n";
    if (report.is_good()) return differences.empty() && marked_up.empty() ? kDone : kWrong;
    if (report.are_rows_good()) {
        std::cout << "Only the file of anchors is at fault; payouts go on.\n只有锚定文件有问题，付款照常进行。\n";
        return kWrong;
    }
    // LED-10: nothing more is paid on these books until two persons resume it.
    if (const Status stopped = house->app->parts().payout_stops.stop_after(report); !stopped)
        return wrong(stopped.error());
    std::cout << "Payouts are stopped in every currency in use.\n所有在用币种的付款已停止。\n";
    return kWrong;
}

int run_close_day(const ConfigSource& source) {
    const auto house = House::open(source, false);
    if (house == nullptr) return kNotBegun;
    App::Parts& parts = house->app->parts();
    std::optional<Date> open;
    parts.database.read([&](db::Reader& reader) { open = db::open_business_date(reader); });
    if (!open) {
        std::cout << "Nothing was booked yet; there is no date to close.\n";
        return kDone;
    }
    const Result<flow::ClosedDay> closed = parts.close_day.close(*open);
    if (!closed) return wrong(closed.error());
    std::cout << "Closed " << closed->closed.text() << " with " << closed->entries << " entries; open is "
              << closed->opened.text() << ".\n";
    // The day is closed; that its seal does not stand outside the database needs a person all the same.
    return closed->not_in_file ? wrong(*closed->not_in_file) : kDone;
}

struct AnchorOptions {
    ConfigSource source;
    bool complete = false;
};

int run_anchors(const AnchorOptions& options) {
    const auto house = House::open(options.source, false);
    if (house == nullptr) return kNotBegun;
    App::Parts& parts = house->app->parts();
    const ledger::AnchorPlace place = parts.anchors.settings().place();
    if (!options.complete) {
        const ledger::AnchorGap gap = parts.anchor_files.look();
        std::cout << place.path.string() << " on " << place.host << " has " << gap.held << " of " << gap.all
                  << " lines.\n"
                  << place.host << " 上的 " << place.path.string() << " 有 " << gap.all << " 行中的 " << gap.held
                  << " 行。\n";
        for (const std::string& line : gap.missing) std::cout << "- " << line << '\n';
        return gap.is_cut ? wrong(Error(ledger::ledger_error::kAnchorFileCut, gap.parameters(place))) : kDone;
    }
    const auto added = parts.anchor_files.complete(flow::AnchorFiles::How::AfterALook);
    if (!added) return wrong(added.error());
    for (const std::string& line : *added) std::cout << "+ " << line << '\n';
    std::cout << added->size() << " lines written to " << place.path.string() << ".\n已写入 " << added->size()
              << " 行。\n";
    return kDone;
}

struct JournalOptions {
    ConfigSource source;
    std::filesystem::path output;
};

int run_journal(const JournalOptions& options) {
    const auto house = House::open(options.source, false);
    if (house == nullptr) return kNotBegun;
    std::ofstream out(options.output);
    if (!out) {
        std::cerr << options.output.string() << " cannot be written.\n";
        return kNotBegun;
    }
    std::uint64_t entries = 0;
    App::Parts& parts = house->app->parts();
    parts.database.read(
        [&](db::Reader& reader) { entries = ledger::export_journal(reader, parts.ledger.chart(), out); });
    out.flush();
    if (!out) {
        std::cerr << options.output.string() << " could not be written to its end.\n";
        return kWrong;
    }
    std::cout << entries << " entries written to " << options.output.string() << ".\n";
    return kDone;
}

int run_declare(const ConfigSource& source) {
    const auto house = House::open(source, false);
    if (house == nullptr) return kNotBegun;
    App::Parts& parts = house->app->parts();
    const std::vector<Worker> workers{{"declare", [&parts](Instant now) { return parts.declare.step(now); }},
                                      {"calls", [&parts](Instant) { return parts.call_worker.step(); }}};
    run_until_nothing_is_due(*house, workers);
    const flow::DeclareCounters counted = parts.declare.counters();
    std::cout << counted.opened << " declarations opened, " << counted.payments << " payments sent in "
              << counted.messages << " messages, " << counted.held << " held for a person.\n";
    return counted.held == 0 ? kDone : kWrong;
}

int run_reconcile(const ConfigSource& source) {
    const auto house = House::open(source, false);
    if (house == nullptr) return kNotBegun;
    const Result<flow::Reconciliation> result = house->app->parts().reconcile.run();
    if (!result) return wrong(result.error());
    for (const flow::AccountProof& proof : result->proofs) {
        std::cout << proof.account << ": ";
        if (!proof.compared) {
            std::cout << "no whole statement is here yet\n";
            continue;
        }
        std::cout << "ours " << proof.ours.text() << ", bank " << proof.bank.text() << ", in transit "
                  << proof.in_transit.text() << ", difference " << proof.difference().text() << '\n';
    }
    std::cout << result->open.size() << " breaks are open (" << result->opened << " new, " << result->closed
              << " closed now).\n";
    for (const reconciliation::Break& each : result->open) {
        std::cout << "- " << each.account << ", first seen " << Date::in_shanghai(each.opened_at).text() << ", "
                  << each.age_days(house->clock->now()) << " days old"
                  << (each.owner.empty() ? "" : ", with " + each.owner) << ": " << each.text_en << "\n  "
                  << each.text_zh << '\n';
    }
    return result->open.empty() ? kDone : kWrong;
}

struct RegisterOptions {
    ConfigSource source;
    std::filesystem::path input;
    std::string webhook_base;  // put before each platform's webhook_path
    bool make_keys = false;    // a key for each platform, keys/<platform>.key, to try the API with
};

/// A key beside the institution's for each platform of the file, as its developer would bring one.
Status make_platform_keys(House& house, flow::RegisterItem& item) {
    crypto::KeyStore keys(house.config.keys_directory, crypto::MissingKeys::Create, house.random);
    for (const parties::Platform& platform : item.platforms) {
        const Result<crypto::SigningKey> made = keys.signing_key(platform.id, crypto::SignatureAlgorithm::Ed25519);
        if (!made) return made.error();
        parties::PlatformKey key;
        key.id = "key_" + platform.id.substr(platform.id.find('_') + 1);
        key.platform_id = platform.id;
        key.public_key = base64(made->verify_key().raw());
        key.not_before = house.clock->now();
        key.not_after = key.not_before + std::chrono::hours(24 * 365);
        std::cout << "Platform " << platform.id << " signs with key id " << key.id << " ("
                  << (house.config.keys_directory / (platform.id + ".key")).string() << ").\n";
        item.keys.push_back(std::move(key));
    }
    return Done{};
}

int run_register(const RegisterOptions& options) {
    const auto house = House::open(options.source, false);
    if (house == nullptr) return kNotBegun;
    const Result<std::string> text = read_text(options.input);
    if (!text) return not_begun(text.error());
    const PartiesFile file = read_parties(*text, options.webhook_base, house->clock->now());
    for (const Error& fault : file.faults) {
        const std::string place = options.input.string() + (fault.pointer.empty() ? "" : ", " + fault.pointer) + ": ";
        std::cerr << place << fault.english() << '\n' << place << fault.chinese() << '\n';
    }
    if (!file.faults.empty()) {
        std::cerr << "Nothing was registered.\n未作任何登记。\n";
        return kNotBegun;
    }
    if (options.make_keys) {
        if (const Status made = make_platform_keys(*house, *file.item); !made) return not_begun(made.error());
    }
    App::Parts& parts = house->app->parts();
    if (const Status done = parts.queue.run(parts.register_parties, file.item); !done) return wrong(done.error());
    if (file.item->error) return wrong(*file.item->error);
    std::cout << "Registered " << file.item->platforms.size() << " platforms, " << file.item->merchants.size()
              << " merchants, " << file.item->payees.size() << " payees.\n";
    return kDone;
}

/// Options live as long as the command line that fills them, shared with the callback that reads them.
void add_job(CommandLine& line, const char* name, const char* description, int (*run)(const ConfigSource&)) {
    const auto source = std::make_shared<ConfigSource>();
    CommandLine::add_source(line.add(name, description, [source, run] { return run(*source); }), *source);
}

void add_anchors(CommandLine& line) {
    const auto options = std::make_shared<AnchorOptions>();
    CLI::App& anchors = line.add("anchors", "Show which lines this host's file of anchors lacks",
                                 [options] { return run_anchors(*options); });
    CommandLine::add_source(anchors, options->source);
    anchors.add_flag("--complete", options->complete,
                     "Write them, also where the file was cut: after a person has looked");
}

void add_journal(CommandLine& line) {
    const auto options = std::make_shared<JournalOptions>();
    CLI::App& journal =
        line.add("journal", "Write the journal for ledger and hledger", [options] { return run_journal(*options); });
    CommandLine::add_source(journal, options->source);
    journal.add_option("--output", options->output, "File to write")->required();
}

void add_register(CommandLine& line) {
    const auto options = std::make_shared<RegisterOptions>();
    CLI::App& parties =
        line.add("register", "Register platforms, merchants and payees", [options] { return run_register(*options); });
    CommandLine::add_source(parties, options->source);
    parties.add_option("file", options->input, "As sample_data/parties.json")->required();
    parties.add_option("--webhooks", options->webhook_base, "Put before each platform's webhook_path");
    parties.add_flag("--make-keys", options->make_keys, "Also make a key for each platform, to try the API with");
}

}  // namespace

void add_jobs(CommandLine& line) {
    add_job(line, "migrate", "Bring the database to this program's schema", run_migrate);
    add_job(line, "verify", "Prove the books from their rows", run_verify);
    add_job(line, "declare", "Declare to customs what is due, and read its receipts", run_declare);
    add_job(line, "reconcile", "Compare our provision accounts with the banks' statements", run_reconcile);
    add_job(line, "close-day", "Close the open business date", run_close_day);
    add_anchors(line);
    add_journal(line);
    add_register(line);
}

}  // namespace huiqiao::app
