#include "src/app/bench_verify.h"

#include <stdexcept>

#include "src/app/bench_collecting.h"
#include "src/ledger/journal.h"
#include "src/ledger/verify.h"

namespace huiqiao::app {

namespace {

/// Entries read in chain order and hashed; throws where one is not what its hash says.
std::int64_t read_and_hash(db::Database& database) {
    std::int64_t entries = 0;
    database.read([&](db::Reader& reader) {
        for (const std::int64_t slot : ledger::slots(reader)) {
            std::int64_t seq = 0;
            for (auto page = ledger::page_of_slot(reader, slot, seq); !page.empty();
                 page = ledger::page_of_slot(reader, slot, seq)) {
                for (const ledger::Entry& entry : page) {
                    if (ledger::hash_of(entry) != entry.hash) throw std::runtime_error("An entry was changed.");
                }
                entries += static_cast<std::int64_t>(page.size());
                seq = page.back().seq;
            }
        }
    });
    return entries;
}

}  // namespace

std::vector<Figure> measure_verify(BenchEngine& engine, const ledger::Chart& chart, BenchRounds rounds) {
    SystemClock clock;
    BenchWorld world(engine.fresh(clock, "verify"), chart);
    world.register_parties();
    Collecting collecting(world);
    const int groups = rounds.groups * 4;
    for (int at = 0; at < groups; ++at) collecting.process(collecting.confirmed(std::int64_t{at} * Collecting::kGroup));

    const crypto::VerifyKey key =
        crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, world.random).verify_key();
    std::vector<std::int64_t> proved;
    std::vector<std::int64_t> read;
    for (int round = -1; round < rounds.rounds; ++round) {
        Monotonic begin = clock.monotonic();
        const ledger::VerifyReport report = ledger::verify(world.database, world.ledger.chart(), key, {});
        const std::int64_t took = (clock.monotonic() - begin).count();
        if (!report.is_good()) throw std::runtime_error(report.text_english());
        begin = clock.monotonic();
        const std::int64_t entries = read_and_hash(world.database);
        const std::int64_t read_took = (clock.monotonic() - begin).count();
        if (entries != static_cast<std::int64_t>(report.entries))
            throw std::runtime_error("verify did not see every entry.");
        if (round < 0) continue;
        proved.push_back(per_second(entries, took));
        read.push_back(per_second(entries, read_took));
    }
    return {{"verify", engine.name(), median(proved), "entries/s", "the same entries read and hashed, and nothing else",
             median(read), 500}};
}

}  // namespace huiqiao::app
