#pragma once
// Accounts and the banks that keep them, read and checked together: every account's bank is a counterparty, the channel
// pays into one account in CNY, and each bank that deals has an account in CNY to pay from and one in a foreign
// currency to be paid into. What is missing is said by section and key. It makes no adapter: src/app/bank_adapters
// does.

#include "src/app/config.h"

namespace huiqiao::app {

/// Fills accounts, own_accounts, cny_account, bank and banks; the counterparties must have been read.
void read_banks(Settings& settings, Config& config);

}  // namespace huiqiao::app
