#include "src/crypto/sealer.h"

#include "src/base/encoding.h"
#include "src/crypto/errors.h"
#include "src/crypto/hash.h"
#include "src/crypto/openssl_types.h"

#include <botan/aead.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <stdexcept>

namespace huiqiao::crypto {

namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kKeyIdLength = 8;
constexpr std::size_t kHeaderLength = 2 + kKeyIdLength;
constexpr std::size_t kNonceLength = 12;
constexpr std::size_t kTagLength = 16;
constexpr std::size_t kLeastIndexKey = 32;
constexpr std::size_t kIndexLength = 16;
constexpr std::size_t kLongestPlain = std::size_t{1} << 28U;  // bytes; far below the cipher's own limit

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, EndWith<EVP_CIPHER_CTX_free>>;
using View = std::span<const std::uint8_t>;

std::uint8_t cipher_byte(SealCipher cipher) {
    switch (cipher) {
        case SealCipher::Aes256Gcm: return 1;
        case SealCipher::Sm4Gcm: return 2;
    }
    throw LogicError("unnamed seal cipher");
}

void append_length_and(Bytes& bytes, View part) {
    for (unsigned shift = 32; shift > 0; shift -= 8) {
        bytes.push_back(static_cast<std::uint8_t>((part.size() >> (shift - 8)) & 0xFFU));
    }
    bytes.insert(bytes.end(), part.begin(), part.end());
}

// Length before each part, so that ("ab","c") and ("a","bc") are two places.
Bytes bound_to(View header, const SealPlace& place) {
    Bytes bytes(header.begin(), header.end());
    for (const std::string_view part : {place.table, place.row_id, place.column})
        append_length_and(bytes, as_bytes(part));
    return bytes;
}

int int_of(std::size_t length) {
    return static_cast<int>(length);
}

/// Appends ciphertext and tag to `out`.
void aes_seal(View key, View nonce, View bound, View plain, Bytes& out) {
    const Cipher cipher(EVP_CIPHER_CTX_new());
    static const EVP_CIPHER* const kAes = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    const std::size_t start = out.size();
    out.resize(start + plain.size() + kTagLength);
    int written_bytes = 0;
    bool good = cipher != nullptr && EVP_EncryptInit_ex2(cipher.get(), kAes, key.data(), nonce.data(), nullptr) == 1 &&
                EVP_EncryptUpdate(cipher.get(), nullptr, &written_bytes, bound.data(), int_of(bound.size())) == 1;
    if (!plain.empty()) {
        good = good && EVP_EncryptUpdate(cipher.get(), out.data() + start, &written_bytes, plain.data(),
                                         int_of(plain.size())) == 1;
    }
    std::uint8_t* const tag = out.data() + start + plain.size();
    good = good && EVP_EncryptFinal_ex(cipher.get(), tag, &written_bytes) == 1 &&
           EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, int_of(kTagLength), tag) == 1;
    if (!good) throw std::runtime_error("OpenSSL could not seal");
}

std::optional<std::string> aes_open(View key, View nonce, View bound, View content) {
    const Cipher cipher(EVP_CIPHER_CTX_new());
    static const EVP_CIPHER* const kAes = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    const View coded = content.first(content.size() - kTagLength);
    std::array<std::uint8_t, kTagLength> tag{};
    std::copy(content.end() - kTagLength, content.end(), tag.begin());
    std::string plain(coded.size(), '\0');
    auto* const out = reinterpret_cast<std::uint8_t*>(plain.data());
    int written_bytes = 0;
    bool good = cipher != nullptr && EVP_DecryptInit_ex2(cipher.get(), kAes, key.data(), nonce.data(), nullptr) == 1 &&
                EVP_DecryptUpdate(cipher.get(), nullptr, &written_bytes, bound.data(), int_of(bound.size())) == 1;
    if (!coded.empty()) {
        good = good && EVP_DecryptUpdate(cipher.get(), out, &written_bytes, coded.data(), int_of(coded.size())) == 1;
    }
    good = good && EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, int_of(kTagLength), tag.data()) == 1 &&
           EVP_DecryptFinal_ex(cipher.get(), tag.data(), &written_bytes) == 1;
    if (!good) return std::nullopt;
    return plain;
}

void sm4_seal(View key, View nonce, View bound, View plain, Bytes& out) {
    const auto cipher = Botan::AEAD_Mode::create_or_throw("SM4/GCM", Botan::ENCRYPTION);
    cipher->set_key(key.data(), key.size());
    cipher->set_associated_data(bound.data(), bound.size());
    cipher->start(nonce.data(), nonce.size());
    Botan::secure_vector<std::uint8_t> buffer(plain.begin(), plain.end());
    cipher->finish(buffer);
    out.insert(out.end(), buffer.begin(), buffer.end());
}

std::optional<std::string> sm4_open(View key, View nonce, View bound, View content) {
    const auto cipher = Botan::AEAD_Mode::create_or_throw("SM4/GCM", Botan::DECRYPTION);
    cipher->set_key(key.data(), key.size());
    cipher->set_associated_data(bound.data(), bound.size());
    cipher->start(nonce.data(), nonce.size());
    Botan::secure_vector<std::uint8_t> buffer(content.begin(), content.end());
    try {
        cipher->finish(buffer);
    } catch (const Botan::Invalid_Authentication_Tag&) {
        return std::nullopt;
    }
    return std::string(buffer.begin(), buffer.end());
}

}  // namespace

std::string_view to_text(SealCipher cipher) {
    switch (cipher) {
        case SealCipher::Aes256Gcm: return "aes_256_gcm";
        case SealCipher::Sm4Gcm: return "sm4_gcm";
    }
    throw LogicError("unnamed seal cipher");
}

std::optional<SealCipher> seal_cipher_from_text(std::string_view text) {
    for (const auto cipher : {SealCipher::Aes256Gcm, SealCipher::Sm4Gcm}) {
        if (to_text(cipher) == text) return cipher;
    }
    return std::nullopt;
}

std::size_t key_length(SealCipher cipher) {
    switch (cipher) {
        case SealCipher::Aes256Gcm: return 32;
        case SealCipher::Sm4Gcm: return 16;
    }
    throw LogicError("unnamed seal cipher");
}

void KeyRing::add(std::string_view key_id, SealCipher cipher, Secret key) {
    const bool well_formed = key_id.size() == kKeyIdLength && std::all_of(key_id.begin(), key_id.end(), [](char c) {
                                 return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
                             });
    if (!well_formed) throw LogicError("a sealing key's id is not 8 characters of a-z 0-9");
    if (key.reveal().size() != key_length(cipher)) throw LogicError("a sealing key has a wrong length");
    for (const Entry& entry : keys_) {
        if (entry.key_id == key_id) throw LogicError("sealing key " + entry.key_id + " is there twice");
    }
    keys_.push_back({std::string(key_id), cipher, std::move(key)});
}

struct Sealer::Engine {
    std::vector<KeyRing::Entry> keys;
    Random& nonces;
    std::mutex guard;

    Engine(std::vector<KeyRing::Entry> ring, Random& random) : keys(std::move(ring)), nonces(random) {}

    const KeyRing::Entry* find(View header) const {
        if (header[0] != kVersion) return nullptr;
        const std::string key_id(header.begin() + 2, header.end());
        for (const KeyRing::Entry& entry : keys) {
            if (entry.key_id == key_id && cipher_byte(entry.cipher) == header[1]) return &entry;
        }
        return nullptr;
    }
};

Sealer::Sealer(KeyRing ring, Random& nonces) : engine_(std::make_unique<Engine>(std::move(ring.keys_), nonces)) {
    if (engine_->keys.empty()) throw LogicError("a sealer without a key");
}

Sealer::~Sealer() = default;

std::string Sealer::seal(const SealPlace& place, std::string_view plain) const {
    if (plain.size() > kLongestPlain) throw LogicError("too long a text to seal");
    const KeyRing::Entry& active = engine_->keys.back();
    Bytes sealed{kVersion, cipher_byte(active.cipher)};
    sealed.insert(sealed.end(), active.key_id.begin(), active.key_id.end());
    const Bytes bound = bound_to(sealed, place);
    std::array<std::uint8_t, kNonceLength> nonce{};
    {
        const std::lock_guard lock(engine_->guard);
        engine_->nonces.fill(nonce);
    }
    sealed.insert(sealed.end(), nonce.begin(), nonce.end());
    switch (active.cipher) {
        case SealCipher::Aes256Gcm: aes_seal(active.key.reveal(), nonce, bound, as_bytes(plain), sealed); break;
        case SealCipher::Sm4Gcm: sm4_seal(active.key.reveal(), nonce, bound, as_bytes(plain), sealed); break;
    }
    return base64(sealed);
}

Result<std::string> Sealer::open(const SealPlace& place, std::string_view sealed) const {
    const auto bytes = from_base64(sealed);
    if (!bytes || bytes->size() < kHeaderLength + kNonceLength + kTagLength) return Error(kSealUnreadable);
    const View all(*bytes);
    const View header = all.first(kHeaderLength);
    const KeyRing::Entry* const entry = engine_->find(header);
    if (entry == nullptr || all.size() > 2 * kLongestPlain) return Error(kSealUnreadable);
    const Bytes bound = bound_to(header, place);
    const View nonce = all.subspan(kHeaderLength, kNonceLength);
    const View content = all.subspan(kHeaderLength + kNonceLength);
    std::optional<std::string> plain;
    switch (entry->cipher) {
        case SealCipher::Aes256Gcm: plain = aes_open(entry->key.reveal(), nonce, bound, content); break;
        case SealCipher::Sm4Gcm: plain = sm4_open(entry->key.reveal(), nonce, bound, content); break;
    }
    if (!plain) return Error(kSealUnreadable);
    return std::move(*plain);
}

bool Sealer::is_current(std::string_view sealed) const {
    const auto bytes = from_base64(sealed);
    return bytes && bytes->size() >= kHeaderLength &&
           engine_->find(View(*bytes).first(kHeaderLength)) == &engine_->keys.back();
}

BlindIndex::BlindIndex(Secret key) : key_(std::move(key)) {
    if (key_.reveal().size() < kLeastIndexKey) throw LogicError("a blind index key of less than 32 bytes");
}

std::string BlindIndex::of(std::string_view field, std::string_view normalised) const {
    const Digest256 key_of_field = hmac_sha256(key_.reveal(), as_bytes(field));
    return hex(View(hmac_sha256(key_of_field, as_bytes(normalised))).first(kIndexLength));
}

}  // namespace huiqiao::crypto
