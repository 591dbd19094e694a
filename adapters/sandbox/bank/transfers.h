#pragma once
// What the sandbox bank pays to an account that another bank of the sandbox keeps: it is sent there as a deposit (see
// counterparty.h) until that bank has it, each once under an id of its own. Durable in the bank's books.

#include <map>
#include <string>
#include <vector>

#include "adapters/sandbox/bank/accounts.h"
#include "adapters/sandbox/counterparty.h"

namespace huiqiao::sandbox::bank {

void create_transfer_table(db::Tx& tx);
/// To be sent: `id` is the deposit's, `debit` what was booked here.
void put_transfer(db::Tx& tx, const std::string& bank, const std::string& account, const std::string& id,
                  const Booking& debit, Instant now);
std::vector<Sending> transfers_due(db::Reader& reader, Instant now);
/// The other bank has it, or is tried again later.
void transfer_sent(db::Tx& tx, const std::string& id, bool is_taken, Instant now);

}  // namespace huiqiao::sandbox::bank
