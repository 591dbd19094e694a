#pragma once
// Counts from scratch what exposure keeps: by walking every order, every purchase, every open hold of a purchase, every
// lock that the desk holds with what its purchases ordered or dealt, and the journal's entries of deals and
// allocations. Its cost goes by all that there is; nothing that serves anybody asks.

#include <map>
#include <string>
#include <vector>

#include "fx/exposure.h"
#include "fx/held_lock_left.h"
#include "src/db/database.h"

namespace huiqiao::flow {

struct ExposureCount {
    std::map<std::string, fx::ExposureTotals> of_orders;   // by currency code; all but what was dealt
    std::map<std::string, fx::ExposureTotals> of_journal;  // dealt and allocated; converting by merchants' open holds
    std::vector<std::string> open_purchases;               // by their states
    std::vector<fx::LeftOfLock> left_of_locks;             // by their amounts and all purchases by them
};

class ExposureRecountStore {
 public:
    static ExposureCount count(db::Reader& reader);
};

}  // namespace huiqiao::flow
