#include "adapters/sandbox_bank/opened_answer.h"

namespace huiqiao::sandbox_bank {

InstructionAnswer unknown(const std::string& reference, std::string why) {
    return InstructionAnswer{reference, Outcome::Unknown, "", std::nullopt, "", std::move(why)};
}

InstructionAnswer opened(const BankSignature& signature, const std::string& reference, const WireAnswer& answer) {
    if (answer.kind != WireAnswer::Kind::Answered) return unknown(reference, "no whole answer came");
    if (!signature.is_genuine(answer)) {
        InstructionAnswer said = unknown(reference, "the answer's signature is not the bank's");
        said.reason_code = "bad_signature";
        return said;
    }
    // 404 to a query too: the bank may not have looked at it yet (XCT-07).
    if (answer.status != 200) return unknown(reference, "status " + std::to_string(answer.status));
    return unknown(reference, "");
}

}  // namespace huiqiao::sandbox_bank
