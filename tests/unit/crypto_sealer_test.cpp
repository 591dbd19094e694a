#include <doctest/doctest.h>

#include <set>

#include "src/base/encoding.h"
#include "src/crypto/sealer.h"

using namespace huiqiao;
using namespace huiqiao::crypto;

namespace {

constexpr SealPlace kPlace{"person", "per_1", "name"};

Bytes counting(std::size_t length) {
    Bytes bytes(length);
    for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<std::uint8_t>(i);
    return bytes;
}

KeyRing ring_of(std::string_view key_id, SealCipher cipher) {
    KeyRing ring;
    ring.add(key_id, cipher, Secret(counting(key_length(cipher))));
    return ring;
}

class CountingRandom final : public Random {
 public:
    void fill(std::span<std::uint8_t> bytes) override {
        std::uint8_t next = 1;
        for (std::uint8_t& byte : bytes) byte = next++;
    }
};

}  // namespace

// The expected texts were computed by a separate program from the AES and SM4 block ciphers and GHASH alone; it was
// itself checked against the SM4-GCM vector of RFC 8998 A.1.
TEST_CASE("sealed texts are those of an independent AES-256-GCM and SM4-GCM") {
    struct Row {
        SealCipher cipher;
        const char* key_id;
        const char* sealed;
    };
    for (const Row& row :
         {Row{SealCipher::Aes256Gcm, "key00001", "AQFrZXkwMDAwMQECAwQFBgcICQoLDOBW+jFUHQ+0obGPWhTqfblC8GkKTO4="},
          Row{SealCipher::Sm4Gcm, "key00002", "AQJrZXkwMDAwMgECAwQFBgcICQoLDPahfuwqiZ/twrm46FsyI4885ELW9Xg="}}) {
        CountingRandom nonces;
        const Sealer sealer(ring_of(row.key_id, row.cipher), nonces);
        CHECK(sealer.seal(kPlace, "张三") == row.sealed);
        CHECK(sealer.open(kPlace, row.sealed).value() == "张三");
    }
}

TEST_CASE("a sealed text opens at its own place only, and not with any byte changed") {
    for (const auto cipher : {SealCipher::Aes256Gcm, SealCipher::Sm4Gcm}) {
        SeededRandom random(3);
        const Sealer sealer(ring_of("key00001", cipher), random);
        const std::string sealed = sealer.seal(kPlace, "11010519491231002X");
        CHECK(sealer.open(kPlace, sealed).value() == "11010519491231002X");
        for (const SealPlace& other : {SealPlace{"payee", "per_1", "name"}, SealPlace{"person", "per_2", "name"},
                                       SealPlace{"person", "per_1", "phone"}, SealPlace{"person", "per_", "1name"}}) {
            CHECK(sealer.open(other, sealed).error().code->text == "seal_unreadable");
        }
        const Bytes bytes = *from_base64(sealed);
        for (std::size_t at = 0; at < bytes.size(); ++at) {
            Bytes changed = bytes;
            changed[at] ^= 0x01U;
            CAPTURE(at);
            const auto opened = sealer.open(kPlace, base64(changed));
            REQUIRE_FALSE(opened);
            CHECK(opened.error().parameters.empty());
        }
        for (std::size_t length = 0; length < bytes.size(); ++length) {
            CHECK_FALSE(sealer.open(kPlace, base64(std::span(bytes).first(length))));
        }
        CHECK_FALSE(sealer.open(kPlace, "not base64"));
    }
}

TEST_CASE("empty and long texts are sealed, and equal texts never look alike") {
    for (const auto cipher : {SealCipher::Aes256Gcm, SealCipher::Sm4Gcm}) {
        SeededRandom random(4);
        const Sealer sealer(ring_of("key00001", cipher), random);
        for (const std::size_t length : {0UL, 1UL, 15UL, 16UL, 17UL, 100'000UL}) {
            const std::string plain(length, 'x');
            CHECK(sealer.open(kPlace, sealer.seal(kPlace, plain)).value() == plain);
        }
        std::set<std::string> seen;
        for (int i = 0; i < 100; ++i) seen.insert(sealer.seal(kPlace, "same"));
        CHECK(seen.size() == 100);
    }
}

TEST_CASE("keys rotate: old seals open, new seals use the new key, a dropped key opens nothing") {
    SeededRandom random(9);
    const Sealer before(ring_of("oldkey01", SealCipher::Aes256Gcm), random);
    const std::string old_text = before.seal(kPlace, "value");

    KeyRing both = ring_of("oldkey01", SealCipher::Aes256Gcm);
    both.add("newkey01", SealCipher::Sm4Gcm, Secret(Bytes(16, 9)));
    const Sealer during(std::move(both), random);
    CHECK(during.open(kPlace, old_text).value() == "value");
    CHECK_FALSE(during.is_current(old_text));
    const std::string new_text = during.seal(kPlace, "value");
    CHECK(during.is_current(new_text));
    CHECK_FALSE(during.is_current("garbage"));

    KeyRing only_new;
    only_new.add("newkey01", SealCipher::Sm4Gcm, Secret(Bytes(16, 9)));
    const Sealer after(std::move(only_new), random);
    CHECK(after.open(kPlace, new_text).value() == "value");
    CHECK_FALSE(after.open(kPlace, old_text));

    KeyRing same_id;
    same_id.add("oldkey01", SealCipher::Aes256Gcm, Secret(Bytes(32, 1)));
    CHECK_FALSE(Sealer(std::move(same_id), random).open(kPlace, old_text));
}

TEST_CASE("a ring refuses wrong ids, wrong lengths and the same id again") {
    KeyRing ring;
    CHECK_THROWS_AS(ring.add("short", SealCipher::Aes256Gcm, Secret(Bytes(32, 1))), LogicError);
    CHECK_THROWS_AS(ring.add("UPPER000", SealCipher::Aes256Gcm, Secret(Bytes(32, 1))), LogicError);
    CHECK_THROWS_AS(ring.add("key00001", SealCipher::Aes256Gcm, Secret(Bytes(16, 1))), LogicError);
    CHECK_THROWS_AS(ring.add("key00001", SealCipher::Sm4Gcm, Secret(Bytes(32, 1))), LogicError);
    ring.add("key00001", SealCipher::Sm4Gcm, Secret(Bytes(16, 1)));
    CHECK_THROWS_AS(ring.add("key00001", SealCipher::Aes256Gcm, Secret(Bytes(32, 1))), LogicError);
    SeededRandom random(1);
    CHECK_THROWS_AS(Sealer(KeyRing(), random), LogicError);
}

TEST_CASE("a blind index repeats for one field and text, differs for others, and agrees with another implementation") {
    const BlindIndex index{Secret(counting(32))};
    CHECK(index.of("id_number", "11010519491231002X") == "93e1ebe59fc1801da95d18e8e283f706");
    CHECK(index.of("phone", "11010519491231002X") != index.of("id_number", "11010519491231002X"));
    CHECK(index.of("id_number", "110105194912310021") != index.of("id_number", "11010519491231002X"));
    CHECK(BlindIndex(Secret(Bytes(32, 7))).of("id_number", "11010519491231002X") !=
          index.of("id_number", "11010519491231002X"));
    CHECK_THROWS_AS(BlindIndex(Secret(Bytes(31, 7))), LogicError);
}
