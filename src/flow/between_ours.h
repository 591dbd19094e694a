#pragma once
// The payment by which money goes from one account of ours to another, whatever for (own funds, customers' money to
// another bank): a remittance with no merchant and no order, alone in its message. It holds and books nothing.

#include "src/calls/calls.h"
#include "src/flow/remit.h"
#include "src/remittance/remittance.h"

namespace huiqiao::flow {

/// Gives it its id, its references and its time.
void name_between_ours(db::Group& group, remittance::Remittance& one);
/// The call that asks the paying account's bank for it; sets the message's reference. QueryOnly.
calls::NewCall pay_between_ours(db::Group& group, const RemitParts& parts, const std::string& bank, Date execution_date,
                                remittance::Remittance& one);

}  // namespace huiqiao::flow
