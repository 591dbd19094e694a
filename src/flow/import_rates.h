#pragma once
// Central parity and banks' public boards taken in from a file (fx/reference_rate.h): every figure of the file or none.
// A figure that stands already is passed over, one that differs from what its source published before is refused, and
// so is one that cannot be believed beside what is known: the latest figure of its kind, or where there is none the
// other kind's, or what banks quote us. The first figure of a currency is compared with nothing, and is counted so that
// a person looks at it. It changes no board; the parity guards the next quotes.

#include <string>
#include <vector>

#include "fx/reference_rate.h"
#include "src/db/write_queue.h"

namespace huiqiao::flow {

struct ImportRatesItem final : db::Item {
    std::string file_name;  // as the evidence names it
    std::vector<fx::ReferenceRate> rates;
    // answers
    std::vector<Error> faults;  // where there is one, nothing was imported
    int added = 0;
    int repeated = 0;
    std::vector<fx::ReferenceRate> unproved;  // added, and compared with nothing
};

class ImportRates final : public db::Operation {
 public:
    [[nodiscard]] std::string_view name() const override { return "import_rates"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;
};

}  // namespace huiqiao::flow
