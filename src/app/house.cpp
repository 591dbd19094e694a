#include "src/app/house.h"

#include <iostream>

#include "src/app/counterparty_keys.h"
#include "src/app/desk_jobs.h"
#include "src/db/migrations.h"
#include "src/db/schema_fit.h"
#include "src/db/writers_at_work.h"
#include "src/events/remembered_lookups.h"
#include "src/http/cpprest_client.h"

namespace huiqiao::app {

namespace {

/// SQLite's file comes into being where it is opened: only migrating may do that, and says which directory it made.
/// Others are told that there is none, and leave nothing behind.
Status prepare_place(const std::filesystem::path& database, const std::filesystem::path& config_file, bool migrate) {
    std::error_code fault;
    if (std::filesystem::exists(database, fault)) return Done{};
    if (!migrate)
        return Error(app_error::kNoDatabase, {{"database", database.string()}, {"file", config_file.string()}});
    const std::filesystem::path folder = database.parent_path();
    if (folder.empty() || std::filesystem::exists(folder, fault)) return Done{};
    if (!std::filesystem::create_directories(folder, fault) && fault)
        return Error(app_error::kNoDirectory, {{"directory", folder.string()}, {"why", fault.message()}});
    std::cout << "Made the directory " << folder.string() << " for the database.\n";
    return Done{};
}

/// True where the database stands at this schema (or has just been brought to it).
bool prepare_database(const Config& config, const Clock& clock, const std::filesystem::path& config_file,
                      bool migrate) {
    Result<db::DatabaseSettings> settings = config.database_settings();
    if (!settings) {
        complain(settings.error());
        return false;
    }
    if (config.engine == db::Engine::Sqlite) {
        if (const Status place = prepare_place(config.database_path, config_file, migrate); !place) {
            complain(place.error());
            return false;
        }
    }
    const bool time_from_server = settings.value().time_from_server;
    db::Database database(std::move(settings).value(), clock);
    if (db::is_migrated(database)) return true;
    if (const Status fits = db::check_schema_fits(database); !fits) {
        complain(fits.error());
        return false;
    }
    if (migrate) {
        const Instant now = db::time_of_leases(database, time_from_server, clock);
        if (const std::int64_t writers = db::writers_at_work(database, now); writers > 0) {
            complain(Error(db::db_error::kStillServed, {{"writers", std::to_string(writers)}}));
            return false;
        }
        const auto applied = db::migrate(database);
        if (!applied) complain(applied.error());
        return applied.ok();
    }
    complain(Error(app_error::kNotMigrated, {{"file", config_file.string()}}));
    return false;
}

}  // namespace

std::unique_ptr<House> House::open(const ConfigSource& source, bool migrate) {
    Result<Config> config = load_config(source.file, source.overrides);
    if (!config) {
        complain(config.error());
        return nullptr;
    }
    auto house = std::make_unique<House>();
    house->config = std::move(config).value();
    house->clock = make_clock(house->config);
    if (!prepare_database(house->config, *house->clock, source.file, migrate)) return nullptr;

    house->key_store = std::make_unique<crypto::KeyStore>(
        house->config.keys_directory,
        house->config.create_keys ? crypto::MissingKeys::Create : crypto::MissingKeys::Refuse, house->random);
    Result<crypto::InstitutionKeys> keys =
        crypto::load_institution_keys(*house->key_store, house->config.institution.name, house->clock->now());
    Result<Tables> tables = Tables::read(table_directory(source.file));
    Result<db::DatabaseSettings> settings = house->config.database_settings();
    for (const Error* fault : {keys ? nullptr : &keys.error(), tables ? nullptr : &tables.error()}) {
        if (fault == nullptr) continue;
        complain(*fault);
        return nullptr;
    }
    if (const Status known = check_bank_hours(house->config, tables->cut_offs); !known) {
        complain(known.error());
        return nullptr;
    }
    if (const Status known = check_counterparty_keys(*house->key_store, house->config); !known) {
        complain(known.error());
        return nullptr;
    }
    const Clock& clock = *house->clock;
    Surroundings surroundings{
        clock, house->random,
        [&clock] { return std::make_unique<http::CpprestClient>(clock, http::CpprestClientSettings{}); },
        events::remembering_failures(clock, events::resolve_by_system)};
    try {
        house->app = std::make_unique<App>(house->config, std::move(tables).value(), std::move(keys).value(),
                                           *house->key_store, std::move(settings).value(), std::move(surroundings));
    } catch (const LogicError& bug) {
        complain(Error(app_error::kCannotBuild, {{"why", bug.what()}}));
        return nullptr;
    }
    Status currencies = Done{};
    App::Parts& parts = house->app->parts();
    parts.database.read([&](db::Reader& reader) { currencies = parts.ledger.check_currencies(reader); });
    const Status payouts = parts.banks.check_payouts();
    for (const Status& checked : {currencies, payouts}) {
        if (checked) continue;
        complain(checked.error());
        return nullptr;
    }
    return house;
}

}  // namespace huiqiao::app
