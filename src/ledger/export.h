#pragma once
// The whole journal as plain text that the programs ledger and hledger both read, so that somebody else's arithmetic
// can check ours. Accounts as "customer:assets:provision:sb-usd", currencies as commodities, our entry ids, facts and
// hashes as comments. Debits are positive, credits negative. Nothing personal stands in it.

#include <ostream>

#include "src/db/database.h"
#include "src/ledger/account.h"

namespace huiqiao::ledger {

/// In pages, by slot and sequence. Returns how many entries were written.
std::uint64_t export_journal(db::Reader& reader, const Chart& chart, std::ostream& out);
/// The account's name in that text.
std::string exported_name(const Chart& chart, const Account& account);

}  // namespace huiqiao::ledger
