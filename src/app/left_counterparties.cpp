#include "src/app/left_counterparties.h"

#include "src/calls/open_calls.h"

namespace huiqiao::app {

Status check_left_counterparties(db::Database& database, const Config& config, const std::filesystem::path& file) {
    std::set<std::string> named;
    for (const calls::CounterpartySettings& each : config.counterparties) named.insert(each.name);
    std::vector<calls::OpenCalls> elsewhere;
    database.read([&](db::Reader& reader) { elsewhere = calls::open_calls_elsewhere(reader, named); });
    if (elsewhere.empty()) return Done{};
    return Error(app_error::kCounterpartyLeft, {{"file", file.string()},
                                                {"counterparty", elsewhere.front().counterparty},
                                                {"calls", std::to_string(elsewhere.front().calls)}});
}

}  // namespace huiqiao::app
