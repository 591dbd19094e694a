#include "adapters/sandbox_bank/bank_signature.h"

#include <algorithm>
#include <cctype>

#include "src/base/encoding.h"
#include "src/crypto/hash.h"

namespace huiqiao::sandbox_bank {
namespace {

constexpr std::string_view kProfile = "sandbox-bank-1\n";
constexpr std::string_view kClientHeader = "x-bank-client";
constexpr std::string_view kSignatureHeader = "x-bank-signature";

std::string hash_of(const std::string& body) {
    return hex(crypto::sha256(body));
}

bool same_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
    });
}

}  // namespace

void BankSignature::sign(WireRequest& request) const {
    const std::string signed_text =
        std::string(kProfile) + request.method + "\n" + request.target + "\n" + hash_of(request.body);
    request.headers.emplace_back(kClientHeader, client_id_);
    request.headers.emplace_back(kSignatureHeader, base64(our_key_.sign(signed_text)));
}

bool BankSignature::is_genuine(const WireAnswer& answer) const {
    if (!bank_key_) return true;
    const std::string* found = nullptr;
    for (const auto& [name, value] : answer.headers) {
        if (!same_name(name, kSignatureHeader)) continue;
        if (found != nullptr) return false;
        found = &value;
    }
    if (found == nullptr) return false;
    const std::optional<Bytes> signature = from_base64(*found);
    const std::string signed_text = std::string(kProfile) + std::to_string(answer.status) + "\n" + hash_of(answer.body);
    return signature && bank_key_->verify(signed_text, *signature);
}

}  // namespace huiqiao::sandbox_bank
