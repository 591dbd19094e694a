#include "src/crypto/signing_key.h"

#include "src/crypto/der.h"
#include "src/crypto/errors.h"
#include "src/crypto/hash.h"
#include "src/crypto/key_pair.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>
#include <stdexcept>

namespace huiqiao::crypto {

namespace {

constexpr std::size_t kSm2Half = 32;
constexpr unsigned kRsaBits = 2048;

// OpenSSL keeps a queue of errors for each thread; what we have judged must not be found there by others.
class QuietErrors {
 public:
    QuietErrors() { ERR_set_mark(); }
    QuietErrors(const QuietErrors&) = delete;
    QuietErrors& operator=(const QuietErrors&) = delete;
    ~QuietErrors() { ERR_pop_to_mark(); }
};

Error bad_key(SignatureAlgorithm algorithm) {
    return Error(kBadKey, {{"algorithm", std::string(to_text(algorithm))}});
}

const EVP_MD* digest_of(SignatureAlgorithm algorithm) {
    static const EVP_MD* const kSha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
    static const EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    switch (algorithm) {
        case SignatureAlgorithm::RsaSha1: return kSha1;
        case SignatureAlgorithm::RsaSha256: return kSha256;
        case SignatureAlgorithm::Ed25519:
        case SignatureAlgorithm::Sm2Sm3: break;
    }
    throw LogicError("OpenSSL signs only by RSA here");
}

// An encrypted key must not make the program ask its terminal for a password.
int no_password(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/) {
    return -1;
}

}  // namespace

std::string_view to_text(SignatureAlgorithm algorithm) {
    switch (algorithm) {
        case SignatureAlgorithm::Ed25519: return "ed25519";
        case SignatureAlgorithm::Sm2Sm3: return "sm2_sm3";
        case SignatureAlgorithm::RsaSha1: return "rsa_sha1";
        case SignatureAlgorithm::RsaSha256: return "rsa_sha256";
    }
    throw LogicError("unnamed signature algorithm");
}

std::optional<SignatureAlgorithm> signature_algorithm_from_text(std::string_view text) {
    for (const auto algorithm : {SignatureAlgorithm::Ed25519, SignatureAlgorithm::Sm2Sm3, SignatureAlgorithm::RsaSha1,
                                 SignatureAlgorithm::RsaSha256}) {
        if (to_text(algorithm) == text) return algorithm;
    }
    return std::nullopt;
}

Result<VerifyKey> VerifyKey::from_pem(SignatureAlgorithm algorithm, std::string_view pem) {
    const QuietErrors quiet;
    const Bio bio = reading(pem);
    auto pair = key_pair_of(algorithm, Pkey(PEM_read_bio_PUBKEY(bio.get(), nullptr, no_password, nullptr)), false);
    if (pair == nullptr) return bad_key(algorithm);
    return VerifyKey(std::move(pair));
}

Result<VerifyKey> VerifyKey::from_der(SignatureAlgorithm algorithm, std::span<const std::uint8_t> public_key_info) {
    const QuietErrors quiet;
    std::span<const std::uint8_t> rest = public_key_info;
    if (!der::take(rest) || !rest.empty()) return bad_key(algorithm);
    const unsigned char* at = public_key_info.data();
    auto pair =
        key_pair_of(algorithm, Pkey(d2i_PUBKEY(nullptr, &at, static_cast<long>(public_key_info.size()))), false);
    if (pair == nullptr) return bad_key(algorithm);
    return VerifyKey(std::move(pair));
}

Result<VerifyKey> VerifyKey::from_raw(SignatureAlgorithm algorithm, std::span<const std::uint8_t> raw) {
    const QuietErrors quiet;
    auto pair = key_pair_of(algorithm, public_pkey_from_raw(algorithm, raw), false);
    if (pair == nullptr) return bad_key(algorithm);
    return VerifyKey(std::move(pair));
}

Result<VerifyKey> VerifyKey::from_text(SignatureAlgorithm algorithm, std::string_view text) {
    if (text.find("-----BEGIN") != std::string_view::npos) return from_pem(algorithm, text);
    const auto raw = from_base64(text);
    if (!raw) return bad_key(algorithm);
    return from_raw(algorithm, *raw);
}

SignatureAlgorithm VerifyKey::algorithm() const {
    return pair_->algorithm;
}

bool VerifyKey::verify(std::span<const std::uint8_t> message, std::span<const std::uint8_t> signature) const {
    if (pair_->ed25519) return pair_->ed25519->verify(message, signature);
    if (pair_->sm2) return pair_->sm2->verify(message, signature);
    const QuietErrors quiet;
    const MdContext context(EVP_MD_CTX_new());
    return context != nullptr &&
           EVP_DigestVerifyInit(context.get(), nullptr, digest_of(pair_->algorithm), nullptr, pair_->pkey.get()) == 1 &&
           EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

std::string VerifyKey::pem() const {
    const Bio bio(BIO_new(BIO_s_mem()));
    if (PEM_write_bio_PUBKEY(bio.get(), pair_->pkey.get()) != 1) throw std::runtime_error("a public key has no PEM");
    return std::string(written(bio));
}

Bytes VerifyKey::der() const {
    unsigned char* start = nullptr;
    const int length = i2d_PUBKEY(pair_->pkey.get(), &start);
    if (length <= 0) throw std::runtime_error("a public key has no DER");
    Bytes bytes(start, start + length);
    OPENSSL_free(start);
    return bytes;
}

Bytes VerifyKey::raw() const {
    return raw_of(*pair_);
}

std::string VerifyKey::fingerprint() const {
    return hex(sha256(der()));
}

Result<SigningKey> SigningKey::from_pem(SignatureAlgorithm algorithm, std::string_view pem) {
    const QuietErrors quiet;
    const Bio bio = reading(pem);
    auto pair = key_pair_of(algorithm, Pkey(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr)), true);
    if (pair == nullptr) return bad_key(algorithm);
    return SigningKey(std::move(pair));
}

Result<SigningKey> SigningKey::from_secret(SignatureAlgorithm algorithm, std::span<const std::uint8_t> secret) {
    const QuietErrors quiet;
    auto pair = key_pair_of(algorithm, private_pkey_from_secret(algorithm, secret), true);
    if (pair == nullptr) return bad_key(algorithm);
    return SigningKey(std::move(pair));
}

SigningKey SigningKey::generate(SignatureAlgorithm algorithm, Random& random) {
    if (algorithm != SignatureAlgorithm::Ed25519 && algorithm != SignatureAlgorithm::Sm2Sm3) {
        throw LogicError("RSA keys are made by generate_rsa");
    }
    for (;;) {
        std::array<std::uint8_t, 32> secret{};
        random.fill(secret);
        auto key = from_secret(algorithm, secret);
        OPENSSL_cleanse(secret.data(), secret.size());
        // Only an SM2 scalar beyond the curve's order is refused, once in 2^32 draws.
        if (key) return std::move(key).value();
    }
}

SigningKey SigningKey::generate_rsa(SignatureAlgorithm algorithm) {
    if (algorithm != SignatureAlgorithm::RsaSha1 && algorithm != SignatureAlgorithm::RsaSha256) {
        throw LogicError("generate_rsa was asked for another algorithm");
    }
    auto pair = key_pair_of(algorithm, Pkey(EVP_RSA_gen(kRsaBits)), true);
    if (pair == nullptr) throw std::runtime_error("OpenSSL made no RSA key");
    return SigningKey(std::move(pair));
}

SignatureAlgorithm SigningKey::algorithm() const {
    return pair_->algorithm;
}

Bytes SigningKey::sign(std::span<const std::uint8_t> message) const {
    if (pair_->ed25519) return pair_->ed25519->sign(message);
    if (pair_->sm2) return pair_->sm2->sign(message, nullptr);
    const MdContext context(EVP_MD_CTX_new());
    Bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(pair_->pkey.get())));
    std::size_t length = signature.size();
    if (context == nullptr ||
        EVP_DigestSignInit(context.get(), nullptr, digest_of(pair_->algorithm), nullptr, pair_->pkey.get()) != 1 ||
        EVP_DigestSign(context.get(), signature.data(), &length, message.data(), message.size()) != 1) {
        throw std::runtime_error("OpenSSL could not sign");
    }
    signature.resize(length);
    return signature;
}

Bytes SigningKey::sign(std::span<const std::uint8_t> message, Random& nonces) const {
    return pair_->sm2 ? pair_->sm2->sign(message, &nonces) : sign(message);
}

Secret SigningKey::pem() const {
    const Bio bio(BIO_new(BIO_s_secmem()));
    if (PEM_write_bio_PKCS8PrivateKey(bio.get(), pair_->pkey.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
        throw std::runtime_error("a private key has no PEM");
    }
    const std::string_view text = written(bio);
    return Secret(Bytes(text.begin(), text.end()));
}

std::optional<Bytes> sm2_der_from_raw(std::span<const std::uint8_t> raw) {
    if (raw.size() != 2 * kSm2Half) return std::nullopt;
    return der::element(der::kSequence, {der::integer(raw.first(kSm2Half)), der::integer(raw.subspan(kSm2Half))});
}

std::optional<Bytes> sm2_raw_from_der(std::span<const std::uint8_t> bytes) {
    const auto sequence = der::take(bytes);
    if (!sequence || sequence->tag != der::kSequence || !bytes.empty()) return std::nullopt;
    std::span<const std::uint8_t> rest = sequence->content;
    Bytes raw(2 * kSm2Half, 0);
    for (std::size_t end : {kSm2Half, 2 * kSm2Half}) {
        const auto number = der::take(rest);
        if (!number || number->tag != der::kInteger) return std::nullopt;
        std::span<const std::uint8_t> digits = number->content;
        if (!digits.empty() && digits.front() == 0) digits = digits.subspan(1);
        // What our own writer would not have written is refused: signs, needless zeros, lengths.
        if (digits.size() > kSm2Half || der::integer(digits) != Bytes(number->whole.begin(), number->whole.end())) {
            return std::nullopt;
        }
        std::copy(digits.begin(), digits.end(), raw.begin() + static_cast<std::ptrdiff_t>(end - digits.size()));
    }
    if (!rest.empty()) return std::nullopt;
    return raw;
}

}  // namespace huiqiao::crypto
