#pragma once
// Which work items speak of an amount in suspense, so that they are closed with it: those of its payment, its statement
// line, its purchase, its remittance. A matter with another amount still in suspense stays open.

#include <string>

#include "src/flow/suspense_store.h"

namespace huiqiao::flow {

/// In the group that settled the amount, after it.
void close_matters(db::Group& group, const Suspended& item, const std::string& note);

}  // namespace huiqiao::flow
