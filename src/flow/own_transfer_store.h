#pragma once
// How much of each own transfer is under way, so that the same debt is not paid twice. Whoever adds or closes one has
// locked the bridge account of its direction and currency.

#include <string>

#include "src/db/write_queue.h"
#include "src/remittance/remittance.h"

namespace huiqiao::flow {

class OwnTransfers {
 public:
    static void add(db::Tx& tx, const remittance::Remittance& one);
    static void close(db::Tx& tx, const std::string& remittance_id);
    static bool is_open(db::Reader& reader, const std::string& remittance_id);
    static Money under_way(db::Reader& reader, remittance::Kind kind, Currency currency);
};

}  // namespace huiqiao::flow
