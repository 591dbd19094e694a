#pragma once
// The first look at an answer of the sandbox bank about foreign exchange: whether it is whole, the bank's own, and
// tells anything. What it says is its reader's.

#include <string>

#include "adapters/sandbox_bank/bank_signature.h"
#include "src/base/exchange.h"

namespace huiqiao::sandbox_bank {

/// Unknown, with no reason where the answer may be read; else with why it says nothing, and with a code where what
/// came is not the bank's word.
InstructionAnswer opened(const BankSignature& signature, const std::string& reference, const WireAnswer& answer);

/// Unknown, for that reason.
InstructionAnswer unknown(const std::string& reference, std::string why);

}  // namespace huiqiao::sandbox_bank
