#pragma once
// Platforms, merchants and payees as a file brings them (sample_data/parties.json): how an institution loads what was
// agreed on paper. Read as strictly as a request; all of it is registered or none.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/flow/register_parties.h"

namespace huiqiao::app {

struct PartiesFile {
    std::shared_ptr<flow::RegisterItem> item;
    std::vector<Error> faults;  // each with its JSON pointer; where there is one the item does not count
};

/// webhook_base: put before each platform's webhook_path; a platform without a path has no webhook.
PartiesFile read_parties(std::string_view json, const std::string& webhook_base, Instant now);

}  // namespace huiqiao::app
