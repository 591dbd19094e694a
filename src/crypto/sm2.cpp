#include "src/crypto/sm2.h"

#include "src/base/error.h"
#include "src/crypto/hash.h"

#include <botan/auto_rng.h>
#include <botan/ec_group.h>
#include <botan/hash.h>
#include <botan/pubkey.h>
#include <botan/rfc6979.h>
#include <botan/sm2.h>

#include <mutex>
#include <vector>

namespace huiqiao::crypto {

namespace {

constexpr std::string_view kUserId = "1234567812345678";
constexpr std::size_t kScalarBytes = 32;

const Botan::EC_Group& curve() {
    static const Botan::EC_Group group("sm2p256v1");
    return group;
}

// Hides intermediate values of the multiplication from an observer of time; it has no part in the result.
Botan::RandomNumberGenerator& blinding() {
    thread_local Botan::AutoSeeded_RNG random;
    return random;
}

Botan::BigInt scalar_of(std::span<const std::uint8_t> bytes) {
    return {bytes.data(), bytes.size()};
}

}  // namespace

struct Sm2Key::Numbers {
    Botan::PointGFp public_point;
    Bytes point;
    Bytes identity;                   // Z: hash of user id, curve and public point, set before every message
    Botan::BigInt secret;             // zero: public half only
    Botan::BigInt inverse_of_secret;  // 1 / (1 + d) mod n

    // A Botan verifier holds tables for its point, worth a third of a verification, and the state of one message; so
    // each is used by one thread at a time and then kept for the next.
    std::mutex verifiers_guard;
    std::vector<std::unique_ptr<Botan::PK_Verifier>> verifiers;

    explicit Numbers(Botan::PointGFp at) : public_point(std::move(at)) {
        point = public_point.encode(Botan::PointGFp::UNCOMPRESSED);
        const auto hash = Botan::HashFunction::create_or_throw("SM3");
        identity = Botan::sm2_compute_za(*hash, std::string(kUserId), curve(), public_point);
    }

    std::unique_ptr<Botan::PK_Verifier> take_verifier() {
        {
            const std::lock_guard lock(verifiers_guard);
            if (!verifiers.empty()) {
                auto verifier = std::move(verifiers.back());
                verifiers.pop_back();
                return verifier;
            }
        }
        const Botan::SM2_PublicKey key(curve(), public_point);
        return std::make_unique<Botan::PK_Verifier>(key, std::string(kUserId) + ",SM3");
    }

    void keep(std::unique_ptr<Botan::PK_Verifier> verifier) {
        const std::lock_guard lock(verifiers_guard);
        verifiers.push_back(std::move(verifier));
    }

    Botan::BigInt challenge(std::span<const std::uint8_t> message) const {
        Bytes input(identity);
        input.insert(input.end(), message.begin(), message.end());
        return scalar_of(sm3(input));
    }
};

Sm2Key::Sm2Key(std::unique_ptr<Numbers> numbers) : numbers_(std::move(numbers)) {}
Sm2Key::Sm2Key(Sm2Key&&) noexcept = default;
Sm2Key& Sm2Key::operator=(Sm2Key&&) noexcept = default;
Sm2Key::~Sm2Key() = default;

std::optional<Sm2Key> Sm2Key::from_point(std::span<const std::uint8_t> point) {
    if (point.size() != 1 + 2 * kScalarBytes || point[0] != 0x04) return std::nullopt;
    try {
        Botan::PointGFp at = curve().OS2ECP(point.data(), point.size());
        if (!curve().verify_public_element(at)) return std::nullopt;
        return Sm2Key(std::make_unique<Numbers>(std::move(at)));
    } catch (const Botan::Exception&) {
        return std::nullopt;  // not on the curve
    }
}

std::optional<Sm2Key> Sm2Key::from_secret(std::span<const std::uint8_t> secret) {
    if (secret.size() != kScalarBytes) return std::nullopt;
    const Botan::BigInt d = scalar_of(secret);
    // n-1 has no inverse of 1 + d.
    if (d.is_zero() || d >= curve().get_order() - 1) return std::nullopt;
    std::vector<Botan::BigInt> workspace;
    auto numbers = std::make_unique<Numbers>(curve().blinded_base_point_multiply(d, blinding(), workspace));
    numbers->secret = d;
    numbers->inverse_of_secret = curve().inverse_mod_order(d + 1);
    return Sm2Key(std::move(numbers));
}

const Bytes& Sm2Key::point() const {
    return numbers_->point;
}

bool Sm2Key::verify(std::span<const std::uint8_t> message, std::span<const std::uint8_t> signature) const {
    if (signature.size() != 2 * kScalarBytes) return false;
    auto verifier = numbers_->take_verifier();
    const bool good = verifier->verify_message(message.data(), message.size(), signature.data(), signature.size());
    numbers_->keep(std::move(verifier));
    return good;
}

Bytes Sm2Key::sign(std::span<const std::uint8_t> message, Random* nonces) const {
    if (numbers_->secret.is_zero()) throw LogicError("an SM2 public key was asked to sign");
    const Botan::BigInt& order = curve().get_order();
    const Botan::BigInt e = numbers_->challenge(message);
    thread_local std::vector<Botan::BigInt> workspace;
    for (std::uint64_t attempt = 0;; ++attempt) {
        Botan::BigInt k;
        if (nonces != nullptr) {
            std::array<std::uint8_t, kScalarBytes> drawn{};
            nonces->fill(drawn);
            k = scalar_of(drawn);
            if (k.is_zero() || k >= order) continue;
        } else {
            // A second attempt happens once in 2^250 and takes another input, so that it ends.
            k = Botan::generate_rfc6979_nonce(numbers_->secret, order, curve().mod_order(e + attempt), "SM3");
        }
        const Botan::BigInt x = curve().blinded_base_point_multiply_x(k, blinding(), workspace);
        const Botan::BigInt r = curve().mod_order(x + e);
        if (r.is_zero() || r + k == order) continue;
        const Botan::BigInt rest = curve().mod_order(k + order - curve().multiply_mod_order(r, numbers_->secret));
        const Botan::BigInt s = curve().multiply_mod_order(numbers_->inverse_of_secret, rest);
        if (s.is_zero()) continue;
        Bytes signature(2 * kScalarBytes);
        Botan::BigInt::encode_1363(signature.data(), kScalarBytes, r);
        Botan::BigInt::encode_1363(signature.data() + kScalarBytes, kScalarBytes, s);
        return signature;
    }
}

}  // namespace huiqiao::crypto
