#pragma once
// camt.053.001.08 read, without transport. A statement is taken whole or not at all: every entry booked, in the
// account's currency, with the bank's reference, one transaction an entry; OPBD there, and CLBD (the day is over) or
// ITBD (it is not). Arithmetic over a whole day is checked by the reconciliation room, since lines come in pages.

#include <string_view>

#include "src/reconciliation/account_bank.h"

namespace huiqiao::sandbox_bank {

Result<reconciliation::Statement> read_camt053(std::string_view body, const reconciliation::StatementRequest& request);

}  // namespace huiqiao::sandbox_bank
