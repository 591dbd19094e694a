#include <doctest/doctest.h>

#include <atomic>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "src/crypto/hash.h"
#include "src/crypto/signing_key.h"
#include "src/crypto/system_random.h"

using namespace huiqiao;
using namespace huiqiao::crypto;

namespace {

std::string golden(const std::string& path) {
    std::ifstream file("tests/golden/" + path, std::ios::binary);
    REQUIRE(file.good());
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

// GM/T 0003.5, customs reference 3.2.
constexpr const char* kSm2Secret = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
constexpr const char* kSm2Point =
    "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
    "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13";
constexpr const char* kSm2Nonce = "59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21";

class FixedRandom final : public Random {
 public:
    explicit FixedRandom(Bytes bytes) : bytes_(std::move(bytes)) {}
    void fill(std::span<std::uint8_t> out) override {
        for (std::uint8_t& byte : out) byte = bytes_.at(at_++);
    }

 private:
    Bytes bytes_;
    std::size_t at_ = 0;
};

SigningKey sm2_example() {
    return SigningKey::from_secret(SignatureAlgorithm::Sm2Sm3, *from_hex(kSm2Secret)).value();
}

struct Named {
    SignatureAlgorithm algorithm;
    SigningKey key;
};

std::vector<Named> one_of_each() {
    SeededRandom random(11);
    std::vector<Named> keys;
    const std::string rsa = golden("crypto/rsa_test_key.pem");
    for (const auto algorithm : {SignatureAlgorithm::Ed25519, SignatureAlgorithm::Sm2Sm3}) {
        keys.push_back({algorithm, SigningKey::generate(algorithm, random)});
    }
    for (const auto algorithm : {SignatureAlgorithm::RsaSha1, SignatureAlgorithm::RsaSha256}) {
        keys.push_back({algorithm, SigningKey::from_pem(algorithm, rsa).value()});
    }
    return keys;
}

}  // namespace

TEST_CASE("Ed25519 signs and verifies the vectors of RFC 8032 section 7.1") {
    struct Row {
        const char* secret;
        const char* public_half;
        const char* message;
        const char* signature;
    };
    const Row rows[] = {
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bb"
         "e"
         "24655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302"
         "a"
         "eeb00d291612bb0c00"},
        {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
         "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed"
         "2"
         "8dc027beceea1ec40a"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.public_half);
        const auto key = SigningKey::from_secret(SignatureAlgorithm::Ed25519, *from_hex(row.secret)).value();
        const Bytes message = *from_hex(row.message);
        CHECK(hex(key.verify_key().raw()) == row.public_half);
        CHECK(hex(key.sign(message)) == row.signature);
        const auto verify = VerifyKey::from_raw(SignatureAlgorithm::Ed25519, *from_hex(row.public_half)).value();
        CHECK(verify.verify(message, *from_hex(row.signature)));
    }
}

TEST_CASE("SM2 signs and verifies the example of GM/T 0003.5 and customs' SignedInfo (customs reference 3.2)") {
    const SigningKey key = sm2_example();
    CHECK(hex(key.verify_key().raw()) == kSm2Point);
    {
        FixedRandom nonce(*from_hex(kSm2Nonce));
        const Bytes signature = key.sign(as_bytes("message digest"), nonce);
        CHECK(hex(signature) ==
              "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
              "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa");
        CHECK(key.verify_key().verify("message digest", signature));
    }
    {
        const std::string signed_info = golden("xml/signed_info_sm2_sm3.xml");
        CHECK(hex(sm3(signed_info)) == "8c11b70d95fcf1fbac49170fb50948a304511a0dec95f4df3ebec13c0b87519a");
        FixedRandom nonce(*from_hex(kSm2Nonce));
        const Bytes signature = key.sign(as_bytes(signed_info), nonce);
        CHECK(base64(signature) ==
              "LohD2c2nobpn75VgswqDiW4c/AKnuL+0aW0v0P8b4KvGr2u/ZuFBMaEx5YPQGryp2auzc8smy+6UhjQ2iAkdfQ==");
        CHECK(VerifyKey::from_raw(SignatureAlgorithm::Sm2Sm3, *from_hex(kSm2Point))
                  .value()
                  .verify(signed_info, signature));
    }
}

TEST_CASE("an SM2 nonce outside of the curve's order is drawn again") {
    Bytes draws(32, 0xFF);
    const Bytes zero(32, 0);
    const Bytes good = *from_hex(kSm2Nonce);
    draws.insert(draws.end(), zero.begin(), zero.end());
    draws.insert(draws.end(), good.begin(), good.end());
    FixedRandom nonces(draws);
    FixedRandom only_good(good);
    CHECK(sm2_example().sign(as_bytes("m"), nonces) == sm2_example().sign(as_bytes("m"), only_good));
}

TEST_CASE("every algorithm repeats its signature, and refuses any other message, signature or key") {
    const auto keys = one_of_each();
    for (const Named& named : keys) {
        CAPTURE(std::string(to_text(named.algorithm)));
        const VerifyKey verify = named.key.verify_key();
        const Bytes signature = named.key.sign("order 1");
        CHECK(named.key.sign("order 1") == signature);
        CHECK(named.key.sign("order 2") != signature);
        CHECK(verify.verify("order 1", signature));
        CHECK_FALSE(verify.verify("order 2", signature));
        CHECK_FALSE(verify.verify("", signature));
        CHECK_FALSE(verify.verify("order 1", Bytes()));
        CHECK_FALSE(verify.verify("order 1", Bytes(signature.size(), 0)));
        CHECK_FALSE(verify.verify("order 1", Bytes(signature.size(), 0xFF)));
        for (std::size_t at = 0; at < signature.size(); ++at) {
            Bytes changed = signature;
            changed[at] ^= 1U;
            CHECK_FALSE(verify.verify("order 1", changed));
        }
        Bytes longer = signature;
        longer.push_back(0);
        CHECK_FALSE(verify.verify("order 1", longer));
        for (const Named& other : keys) {
            if (other.algorithm != named.algorithm) CHECK_FALSE(other.key.verify_key().verify("order 1", signature));
        }
    }
}

TEST_CASE("keys survive PEM, DER and their raw form") {
    for (const Named& named : one_of_each()) {
        CAPTURE(std::string(to_text(named.algorithm)));
        const Bytes signature = named.key.sign("m");
        const Secret pem = named.key.pem();
        const auto again = SigningKey::from_pem(named.algorithm, to_string(pem.reveal()));
        REQUIRE(again);
        CHECK(again->sign("m") == signature);
        const VerifyKey verify = named.key.verify_key();
        CHECK(VerifyKey::from_text(named.algorithm, verify.pem()).value().verify("m", signature));
        CHECK(VerifyKey::from_der(named.algorithm, verify.der()).value().verify("m", signature));
        CHECK(VerifyKey::from_pem(named.algorithm, verify.pem()).value().fingerprint() == verify.fingerprint());
        if (verify.raw().empty()) continue;
        CHECK(VerifyKey::from_text(named.algorithm, base64(verify.raw())).value().verify("m", signature));
    }
}

TEST_CASE("a key is refused under another algorithm's name") {
    for (const Named& named : one_of_each()) {
        for (const auto other :
             {SignatureAlgorithm::Ed25519, SignatureAlgorithm::Sm2Sm3, SignatureAlgorithm::RsaSha1}) {
            const bool both_rsa =
                other == SignatureAlgorithm::RsaSha1 && named.algorithm == SignatureAlgorithm::RsaSha256;
            if (other == named.algorithm || both_rsa) continue;
            CAPTURE(std::string(to_text(named.algorithm)));
            CHECK_FALSE(VerifyKey::from_pem(other, named.key.verify_key().pem()));
            CHECK_FALSE(SigningKey::from_pem(other, to_string(named.key.pem().reveal())));
        }
    }
}

TEST_CASE("weak, malformed and foreign keys are refused with bad_key") {
    const auto ed = SignatureAlgorithm::Ed25519;
    const auto sm2 = SignatureAlgorithm::Sm2Sm3;
    CHECK(VerifyKey::from_raw(ed, Bytes(31, 1)).error().code->text == "bad_key");
    // Small-order points: under them one signature fits many messages.
    CHECK_FALSE(VerifyKey::from_raw(ed, Bytes(32, 0)));
    CHECK_FALSE(VerifyKey::from_raw(ed, *from_hex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa")));
    // A good key with a point of small order added to it, and a coordinate that no point of the curve has.
    CHECK_FALSE(VerifyKey::from_raw(ed, *from_hex("e20a61ec96001f639b7bd1fa7e4e7d62afd454e3c42ae7c7ee88fd7d9d7023a6")));
    CHECK_FALSE(VerifyKey::from_raw(ed, Bytes(32, 2)));
    Bytes off_curve = *from_hex(kSm2Point);
    off_curve.back() ^= 1U;
    CHECK_FALSE(VerifyKey::from_raw(sm2, off_curve));
    CHECK_FALSE(VerifyKey::from_raw(sm2, Bytes(65, 0)));
    CHECK_FALSE(VerifyKey::from_raw(sm2, Bytes()));
    CHECK_FALSE(VerifyKey::from_raw(SignatureAlgorithm::RsaSha256, Bytes(256, 7)));
    CHECK_FALSE(SigningKey::from_secret(sm2, Bytes(32, 0)));
    CHECK_FALSE(SigningKey::from_secret(sm2, Bytes(32, 0xFF)));
    CHECK_FALSE(SigningKey::from_secret(ed, Bytes(33, 1)));
    CHECK_FALSE(VerifyKey::from_text(ed, "not base64 !"));
    CHECK_FALSE(VerifyKey::from_pem(ed, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"));
    Bytes trailing = sm2_example().verify_key().der();
    trailing.push_back(0);
    CHECK_FALSE(VerifyKey::from_der(sm2, trailing));
    CHECK_FALSE(VerifyKey::from_der(sm2, Bytes()));
}

TEST_CASE("SM2 signatures go to DER and back, and only the shortest DER is read") {
    Bytes raw(64, 0);
    raw[31] = 0x80;  // r = 128 needs a leading zero byte
    raw[63] = 0x01;
    const auto coded = sm2_der_from_raw(raw);
    REQUIRE(coded);
    CHECK(hex(*coded) ==
          "3007020200800201"
          "01");
    CHECK(sm2_raw_from_der(*coded) == raw);
    const Bytes real = sm2_example().sign("m");
    CHECK(sm2_raw_from_der(*sm2_der_from_raw(real)) == real);
    for (const char* bad : {"", "30", "3000",
                            "300702020080020101"
                            "00",
                            "3008020300008002"
                            "0101",
                            "3006020180020101", "300402000200", "30060201010201",
                            "308107020200800201"
                            "01"}) {
        CAPTURE(bad);
        CHECK_FALSE(sm2_raw_from_der(*from_hex(bad)));
    }
    CHECK_FALSE(sm2_der_from_raw(Bytes(63, 1)));
}

TEST_CASE("generated keys repeat with the seed") {
    for (const auto algorithm : {SignatureAlgorithm::Ed25519, SignatureAlgorithm::Sm2Sm3}) {
        SeededRandom one(7);
        SeededRandom same(7);
        SeededRandom other(8);
        const auto key = SigningKey::generate(algorithm, one).verify_key().fingerprint();
        CHECK(SigningKey::generate(algorithm, same).verify_key().fingerprint() == key);
        CHECK(SigningKey::generate(algorithm, other).verify_key().fingerprint() != key);
    }
    CHECK_THROWS_AS(SigningKey::generate_rsa(SignatureAlgorithm::Ed25519), LogicError);
}

TEST_CASE("threads verify and sign with one key at once") {
    const auto keys = one_of_each();
    std::vector<std::thread> threads;
    std::atomic<int> wrong = 0;
    for (int worker = 0; worker < 4; ++worker) {
        threads.emplace_back([&keys, &wrong, worker] {
            for (int round = 0; round < 40; ++round) {
                const Named& named = keys[static_cast<std::size_t>(round + worker) % keys.size()];
                const std::string message = std::to_string(worker * 1000 + round);
                const Bytes signature = named.key.sign(message);
                if (!named.key.verify_key().verify(message, signature)) ++wrong;
                if (named.key.verify_key().verify(message + "x", signature)) ++wrong;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(wrong == 0);
}

TEST_CASE("algorithm names are read back") {
    CHECK(signature_algorithm_from_text("sm2_sm3") == SignatureAlgorithm::Sm2Sm3);
    CHECK(signature_algorithm_from_text("rsa_sha256") == SignatureAlgorithm::RsaSha256);
    CHECK_FALSE(signature_algorithm_from_text("none"));
}
