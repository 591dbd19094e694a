#pragma once
// What the execution reports on one order say together: taken up, dealt, refused, or nothing that can be relied on. An
// ExecID counts once; the fills must add up to what the last report says was dealt, and each counter amount to its
// price. A fill beyond the order, or at another price than the order's, is read as it is: the desk judges it.

#include <string>
#include <vector>

#include "adapters/fix44/wire.h"

namespace huiqiao::fix44 {

/// order: the D that the messages answer; nullptr where they answer a query.
fx::PurchaseReading read_fills(const std::string& reference, const std::vector<Message>& messages, const Message* order,
                               SideOf side);

}  // namespace huiqiao::fix44
