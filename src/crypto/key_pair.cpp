#include "src/crypto/key_pair.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/param_build.h>

#include <array>
#include <vector>

namespace huiqiao::crypto {

namespace {

constexpr std::size_t kSm2ScalarBytes = 32;
constexpr int kLeastRsaBits = 1024;
constexpr int kMostRsaBits = 8192;  // longer ones cost a sender nothing and us much

using Parameters = std::unique_ptr<OSSL_PARAM, EndWith<OSSL_PARAM_free>>;
using ParameterBuild = std::unique_ptr<OSSL_PARAM_BLD, EndWith<OSSL_PARAM_BLD_free>>;

Pkey sm2_pkey(std::span<const std::uint8_t> point, const Number& secret) {
    const ParameterBuild build(OSSL_PARAM_BLD_new());
    bool good = build != nullptr &&
                OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0) == 1 &&
                OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1;
    if (secret != nullptr) {
        good = good && OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_PRIV_KEY, secret.get()) == 1;
    }
    if (!good) return nullptr;
    const Parameters parameters(OSSL_PARAM_BLD_to_param(build.get()));
    const PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "SM2", nullptr));
    EVP_PKEY* made = nullptr;
    if (context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &made, secret != nullptr ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                          parameters.get()) != 1) {
        return nullptr;
    }
    return Pkey(made);
}

Number number_of(const Pkey& pkey, const char* name) {
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(pkey.get(), name, &number) != 1) return nullptr;
    return Number(number);
}

std::optional<Bytes> sm2_point_of(const Pkey& pkey) {
    const Number x = number_of(pkey, OSSL_PKEY_PARAM_EC_PUB_X);
    const Number y = number_of(pkey, OSSL_PKEY_PARAM_EC_PUB_Y);
    if (x == nullptr || y == nullptr) return std::nullopt;
    Bytes point(1 + 2 * kSm2ScalarBytes, 0x04);
    constexpr int kWidth = static_cast<int>(kSm2ScalarBytes);
    if (BN_bn2binpad(x.get(), point.data() + 1, kWidth) != kWidth ||
        BN_bn2binpad(y.get(), point.data() + 1 + kSm2ScalarBytes, kWidth) != kWidth) {
        return std::nullopt;
    }
    return point;
}

std::optional<Sm2Key> sm2_key_of(const Pkey& pkey, bool is_private) {
    const auto point = sm2_point_of(pkey);
    if (!point) return std::nullopt;
    if (!is_private) return Sm2Key::from_point(*point);
    const Number d = number_of(pkey, OSSL_PKEY_PARAM_PRIV_KEY);
    std::array<std::uint8_t, kSm2ScalarBytes> secret{};
    if (d == nullptr || BN_bn2binpad(d.get(), secret.data(), static_cast<int>(secret.size())) < 0) return std::nullopt;
    auto key = Sm2Key::from_secret(secret);
    OPENSSL_cleanse(secret.data(), secret.size());
    // A file may name a public point that is not the secret's.
    if (key && key->point() != *point) return std::nullopt;
    return key;
}

std::optional<Ed25519Key> ed25519_key_of(const KeyPair& pair) {
    if (!pair.is_private) return Ed25519Key::from_point(raw_of(pair));
    std::array<std::uint8_t, Ed25519Key::kSecretBytes> secret{};
    std::size_t length = secret.size();
    if (EVP_PKEY_get_raw_private_key(pair.pkey.get(), secret.data(), &length) != 1) return std::nullopt;
    auto key = Ed25519Key::from_secret(secret);
    OPENSSL_cleanse(secret.data(), secret.size());
    return key;
}

}  // namespace

Bytes raw_of(const KeyPair& pair) {
    if (pair.sm2) return pair.sm2->point();
    if (pair.algorithm != SignatureAlgorithm::Ed25519) return {};
    Bytes raw(Ed25519Key::kPointBytes);
    std::size_t length = raw.size();
    if (EVP_PKEY_get_raw_public_key(pair.pkey.get(), raw.data(), &length) != 1) {
        throw LogicError("an Ed25519 key without a public half");
    }
    return raw;
}

std::shared_ptr<const KeyPair> key_pair_of(SignatureAlgorithm algorithm, Pkey pkey, bool is_private) {
    if (pkey == nullptr) return nullptr;
    auto pair = std::make_shared<KeyPair>(KeyPair{algorithm, std::move(pkey), is_private, {}, {}});
    switch (algorithm) {
        case SignatureAlgorithm::Ed25519:
            if (EVP_PKEY_is_a(pair->pkey.get(), "ED25519") != 1) return nullptr;
            pair->ed25519 = ed25519_key_of(*pair);
            return pair->ed25519 ? pair : nullptr;
        case SignatureAlgorithm::Sm2Sm3:
            if (EVP_PKEY_is_a(pair->pkey.get(), "SM2") != 1) return nullptr;
            pair->sm2 = sm2_key_of(pair->pkey, is_private);
            return pair->sm2 ? pair : nullptr;
        case SignatureAlgorithm::RsaSha1:
        case SignatureAlgorithm::RsaSha256: {
            const int bits = EVP_PKEY_get_bits(pair->pkey.get());
            if (EVP_PKEY_is_a(pair->pkey.get(), "RSA") != 1 || bits < kLeastRsaBits || bits > kMostRsaBits) {
                return nullptr;
            }
            return pair;
        }
    }
    throw LogicError("unnamed signature algorithm");
}

Pkey public_pkey_from_raw(SignatureAlgorithm algorithm, std::span<const std::uint8_t> raw) {
    switch (algorithm) {
        case SignatureAlgorithm::Ed25519:
            if (raw.size() != Ed25519Key::kPointBytes) return nullptr;
            return Pkey(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw.data(), raw.size()));
        case SignatureAlgorithm::Sm2Sm3: return sm2_pkey(raw, nullptr);
        case SignatureAlgorithm::RsaSha1:
        case SignatureAlgorithm::RsaSha256: return nullptr;
    }
    throw LogicError("unnamed signature algorithm");
}

Pkey private_pkey_from_secret(SignatureAlgorithm algorithm, std::span<const std::uint8_t> secret) {
    switch (algorithm) {
        case SignatureAlgorithm::Ed25519:
            if (secret.size() != Ed25519Key::kSecretBytes) return nullptr;
            return Pkey(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, secret.data(), secret.size()));
        case SignatureAlgorithm::Sm2Sm3: {
            const auto key = Sm2Key::from_secret(secret);
            if (!key) return nullptr;
            const Number d(BN_bin2bn(secret.data(), static_cast<int>(secret.size()), nullptr));
            return sm2_pkey(key->point(), d);
        }
        case SignatureAlgorithm::RsaSha1:
        case SignatureAlgorithm::RsaSha256: return nullptr;
    }
    throw LogicError("unnamed signature algorithm");
}

}  // namespace huiqiao::crypto
