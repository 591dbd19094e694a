#include "src/crypto/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

namespace huiqiao::crypto {

namespace {

struct ContextEnd {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Fetched once a process and one context a thread: looking the algorithm up costs more than hashing a short text.
const EVP_MD* fetched(const char* name) {
    const EVP_MD* algorithm = EVP_MD_fetch(nullptr, name, nullptr);
    if (algorithm == nullptr) throw std::runtime_error(std::string("OpenSSL has no ") + name);
    return algorithm;
}

EVP_MD_CTX* context_of_thread() {
    thread_local const std::unique_ptr<EVP_MD_CTX, ContextEnd> context(EVP_MD_CTX_new());
    if (context == nullptr) throw std::bad_alloc();
    return context.get();
}

template <std::size_t Length>
std::array<std::uint8_t, Length> digest(const EVP_MD* algorithm,
                                        std::initializer_list<std::span<const std::uint8_t>> parts) {
    std::array<std::uint8_t, Length> result{};
    EVP_MD_CTX* context = context_of_thread();
    bool good = EVP_DigestInit_ex2(context, algorithm, nullptr) == 1;
    for (const auto& part : parts) good = good && EVP_DigestUpdate(context, part.data(), part.size()) == 1;
    if (!good || EVP_DigestFinal_ex(context, result.data(), nullptr) != 1) {
        throw std::runtime_error("OpenSSL could not hash");
    }
    return result;
}

const EVP_MD* sha256_algorithm() {
    static const EVP_MD* const algorithm = fetched("SHA256");
    return algorithm;
}

}  // namespace

Digest256 sha256(std::span<const std::uint8_t> message) {
    return digest<32>(sha256_algorithm(), {message});
}

Digest256 sm3(std::span<const std::uint8_t> message) {
    static const EVP_MD* const algorithm = fetched("SM3");
    return digest<32>(algorithm, {message});
}

Digest160 sha1(std::span<const std::uint8_t> message) {
    static const EVP_MD* const algorithm = fetched("SHA1");
    return digest<20>(algorithm, {message});
}

Digest256 hmac_sha256(std::span<const std::uint8_t> key, std::span<const std::uint8_t> message) {
    constexpr std::size_t kBlock = 64;
    std::array<std::uint8_t, kBlock> block{};
    if (key.size() > kBlock) {
        const Digest256 shorter = sha256(key);
        std::copy(shorter.begin(), shorter.end(), block.begin());
    } else {
        std::copy(key.begin(), key.end(), block.begin());
    }
    for (std::uint8_t& byte : block) byte ^= 0x36U;
    const Digest256 inner = digest<32>(sha256_algorithm(), {block, message});
    for (std::uint8_t& byte : block) byte ^= 0x36U ^ 0x5cU;
    const Digest256 outer = digest<32>(sha256_algorithm(), {block, inner});
    OPENSSL_cleanse(block.data(), block.size());
    return outer;
}

bool constant_time_equal(std::span<const std::uint8_t> left, std::span<const std::uint8_t> right) {
    return left.size() == right.size() && (left.empty() || CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0);
}

}  // namespace huiqiao::crypto
