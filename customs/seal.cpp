#include "customs/seal.h"

namespace huiqiao::customs {

Seal::Seal(const xml::SignatureProfile& profile, const crypto::SigningKey& key, const crypto::Certificate& certificate)
    : profile_(profile), key_(key), signer_(xml::signer_of(certificate)) {
    if (profile.algorithm != key.algorithm())
        throw LogicError("the customs key is of another kind than the seal's profile");
}

Result<std::string> Seal::put_on(std::string_view message) const {
    return xml::sign(message, profile_, key_, signer_);
}

const xml::SignatureProfile* seal_profile(std::string_view name) {
    if (name == "rsa_sha1") return &xml::kRsaSha1;
    if (name == "sm2_sm3") return &xml::kSm2Sm3;
    if (name == "sm2_sha1_field") return &xml::kSm2Sha1Field;
    return nullptr;
}

}  // namespace huiqiao::customs
