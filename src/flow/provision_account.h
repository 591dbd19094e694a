#pragma once
// A provision account (备付金) at a bank, as configured: which currency it keeps, and who is asked about it.

#include <string>

#include "src/base/currency.h"

namespace huiqiao::flow {

struct ProvisionAccount {
    std::string name;  // "sb-usd": in the books, and as the account's number at the bank
    Currency currency;
    std::string bank;  // counterparty: "sandbox-bank"
};

}  // namespace huiqiao::flow
