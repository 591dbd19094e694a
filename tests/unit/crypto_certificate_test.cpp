#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "src/crypto/certificate.h"

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

const Instant kFrom = Instant(std::chrono::sys_days(std::chrono::year(2025) / 1 / 2)) + std::chrono::hours(3);
const Instant kUntil = Instant(std::chrono::sys_days(std::chrono::year(2055) / 12 / 31));

SigningKey key_of(SignatureAlgorithm algorithm, std::uint64_t seed) {
    if (algorithm == SignatureAlgorithm::RsaSha1 || algorithm == SignatureAlgorithm::RsaSha256) {
        return SigningKey::from_pem(algorithm, golden("crypto/rsa_test_key.pem")).value();
    }
    SeededRandom random(seed);
    return SigningKey::generate(algorithm, random);
}

CertificateOrder order_of(std::string subject, std::string issuer) {
    return {.subject_name = std::move(subject),
            .issuer_name = std::move(issuer),
            .serial = *from_hex("01a2b3c4d5e6f708"),
            .not_before = kFrom,
            .not_after = kUntil};
}

}  // namespace

TEST_CASE("an issued certificate says what was ordered, in PEM, DER and base64 alike") {
    for (const auto algorithm : {SignatureAlgorithm::Ed25519, SignatureAlgorithm::Sm2Sm3, SignatureAlgorithm::RsaSha1,
                                 SignatureAlgorithm::RsaSha256}) {
        CAPTURE(std::string(to_text(algorithm)));
        const SigningKey key = key_of(algorithm, 1);
        const auto certificate =
            issue_certificate(order_of("测试支付有限公司", "测试支付有限公司"), key.verify_key(), key);
        CHECK(certificate.serial_hex() == "01a2b3c4d5e6f708");
        CHECK(certificate.subject_name() == "测试支付有限公司");
        CHECK(certificate.issuer_name() == "测试支付有限公司");
        CHECK(certificate.not_before() == kFrom);
        CHECK(certificate.not_after() == kUntil);
        CHECK(certificate.is_valid_at(kFrom));
        CHECK_FALSE(certificate.is_valid_at(kFrom - std::chrono::seconds(1)));
        CHECK_FALSE(certificate.is_valid_at(kUntil + std::chrono::seconds(1)));
        CHECK(certificate.key(algorithm).value().der() == key.verify_key().der());
        CHECK(Certificate::from_pem(certificate.pem()).value().der() == certificate.der());
        std::string broken = certificate.base64();
        broken.insert(64, "\r\n");
        CHECK(Certificate::from_base64(broken).value().der() == certificate.der());
        CHECK(certificate.is_signed_by("测试支付有限公司", key.verify_key()));
        // Nothing in it is drawn: a second one is the same.
        CHECK(issue_certificate(order_of("测试支付有限公司", "测试支付有限公司"), key.verify_key(), key).der() ==
              certificate.der());
    }
}

TEST_CASE("a certificate is accepted from its issuer only") {
    const SigningKey authority = key_of(SignatureAlgorithm::Sm2Sm3, 1);
    const SigningKey stranger = key_of(SignatureAlgorithm::Sm2Sm3, 2);
    const SigningKey holder = key_of(SignatureAlgorithm::RsaSha1, 0);
    const auto certificate = issue_certificate(order_of("holder", "authority"), holder.verify_key(), authority);
    CHECK(certificate.is_signed_by("authority", authority.verify_key()));
    CHECK_FALSE(certificate.is_signed_by("another", authority.verify_key()));
    CHECK_FALSE(certificate.is_signed_by("authority", stranger.verify_key()));
    CHECK_FALSE(certificate.is_signed_by("authority", holder.verify_key()));
    CHECK(certificate.key(SignatureAlgorithm::RsaSha1).value().der() == holder.verify_key().der());
    CHECK_FALSE(certificate.key(SignatureAlgorithm::Sm2Sm3));
}

TEST_CASE("no changed byte of a certificate goes unseen") {
    const SigningKey authority = key_of(SignatureAlgorithm::Ed25519, 1);
    const auto certificate = issue_certificate(order_of("holder", "authority"), authority.verify_key(), authority);
    for (std::size_t at = 0; at < certificate.der().size(); ++at) {
        Bytes changed = certificate.der();
        changed[at] ^= 0x04U;
        const auto read = Certificate::from_der(changed);
        CAPTURE(at);
        const bool accepted = read.ok() && read->is_signed_by("authority", authority.verify_key());
        CHECK_FALSE(accepted);
    }
    for (std::size_t length = 0; length < certificate.der().size(); ++length) {
        CHECK_FALSE(Certificate::from_der(std::span(certificate.der()).first(length)));
    }
    CHECK_FALSE(Certificate::from_pem("no certificate"));
    CHECK_FALSE(Certificate::from_base64("%%%"));
}

TEST_CASE("serials are positive, and an order with another is a bug") {
    SeededRandom random(1);
    for (int i = 0; i < 200; ++i) {
        const Bytes serial = draw_serial(random);
        CHECK(serial.size() == 8);
        CHECK(serial[0] != 0);
        CHECK(serial[0] < 0x80);
    }
    const SigningKey key = key_of(SignatureAlgorithm::Ed25519, 1);
    auto order = order_of("a", "a");
    for (const Bytes& bad : {Bytes(), Bytes{0}, Bytes{0x80}, Bytes(21, 1)}) {
        order.serial = bad;
        CHECK_THROWS_AS(issue_certificate(order, key.verify_key(), key), LogicError);
    }
}
