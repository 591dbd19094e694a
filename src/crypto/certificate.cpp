#include "src/crypto/certificate.h"

#include "src/crypto/der.h"
#include "src/crypto/errors.h"
#include "src/crypto/openssl_types.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>
#include <ctime>

namespace huiqiao::crypto {

namespace {

using std::chrono::floor;
using std::chrono::seconds;

constexpr std::uint8_t kSet = 0x31;
constexpr std::uint8_t kOid = 0x06;
constexpr std::uint8_t kNull = 0x05;
constexpr std::uint8_t kUtf8Text = 0x0C;
constexpr std::uint8_t kUtcTime = 0x17;
constexpr std::uint8_t kGeneralizedTime = 0x18;
constexpr std::uint8_t kOctetString = 0x04;
constexpr std::uint8_t kBoolean = 0x01;
constexpr std::uint8_t kVersionTag = 0xA0;
constexpr std::uint8_t kExtensionsTag = 0xA3;
constexpr std::size_t kLongestSerial = 20;
constexpr std::size_t kLongestCertificate = std::size_t{64} * 1024;  // bytes

// Object identifiers in their encoded form.
constexpr std::array<std::uint8_t, 3> kCommonName{0x55, 0x04, 0x03};        // 2.5.4.3
constexpr std::array<std::uint8_t, 3> kBasicConstraints{0x55, 0x1D, 0x13};  // 2.5.29.19
constexpr std::array<std::uint8_t, 3> kKeyUsage{0x55, 0x1D, 0x0F};          // 2.5.29.15
constexpr std::array<std::uint8_t, 3> kEd25519{0x2B, 0x65, 0x70};           // 1.3.101.112
constexpr std::array<std::uint8_t, 8> kSm2WithSm3{0x2A, 0x81, 0x1C, 0xCF,
                                                  0x55, 0x01, 0x83, 0x75};  // 1.2.156.10197.1.501
constexpr std::array<std::uint8_t, 9> kSha1Rsa{0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x05};    // PKCS#1
constexpr std::array<std::uint8_t, 9> kSha256Rsa{0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B};  // PKCS#1

Bytes algorithm_identifier(SignatureAlgorithm algorithm) {
    const Bytes null = der::element(kNull, {});
    switch (algorithm) {
        case SignatureAlgorithm::Ed25519: return der::element(der::kSequence, {der::element(kOid, {kEd25519})});
        case SignatureAlgorithm::Sm2Sm3: return der::element(der::kSequence, {der::element(kOid, {kSm2WithSm3})});
        case SignatureAlgorithm::RsaSha1: return der::element(der::kSequence, {der::element(kOid, {kSha1Rsa}), null});
        case SignatureAlgorithm::RsaSha256:
            return der::element(der::kSequence, {der::element(kOid, {kSha256Rsa}), null});
    }
    throw LogicError("unnamed signature algorithm");
}

Bytes name_of(std::string_view common_name) {
    const Bytes attribute = der::element(
        der::kSequence, {der::element(kOid, {kCommonName}), der::element(kUtf8Text, {as_bytes(common_name)})});
    return der::element(der::kSequence, {der::element(kSet, {attribute})});
}

// RFC 5280 4.1.2.5: two-digit years up to 2049, four digits after.
Bytes time_of(Instant at) {
    const auto day = floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(floor<seconds>(at - day));
    const int year = static_cast<int>(date.year());
    const bool short_year = year >= 1950 && year < 2050;
    std::array<char, 40> text{};
    const int length = std::snprintf(
        text.data(), text.size(), "%0*d%02u%02u%02d%02d%02dZ", short_year ? 2 : 4, short_year ? year % 100 : year,
        static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
        static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
    return der::element(short_year ? kUtcTime : kGeneralizedTime,
                        {as_bytes(std::string_view(text.data(), static_cast<std::size_t>(length)))});
}

Bytes extension(std::span<const std::uint8_t> oid, const Bytes& value) {
    static constexpr std::uint8_t kTrue[] = {0xFF};
    return der::element(der::kSequence, {der::element(kOid, {oid}), der::element(kBoolean, {kTrue}),
                                         der::element(kOctetString, {value})});
}

// Both critical: whether it is an authority, and what its key may do (sign certificates, or messages).
Bytes extensions(bool authority) {
    static constexpr std::uint8_t kTrue[] = {0xFF};
    static constexpr std::uint8_t kSignsCertificates[] = {0x02, 0x04};  // two unused bits, then bit 5
    static constexpr std::uint8_t kSignsMessages[] = {0x06, 0xC0};      // six unused bits, then bits 0 and 1
    const Bytes constraints =
        authority ? der::element(der::kSequence, {der::element(kBoolean, {kTrue})}) : der::element(der::kSequence, {});
    const Bytes usage = authority ? der::element(der::kBitString, {kSignsCertificates})
                                  : der::element(der::kBitString, {kSignsMessages});
    return der::element(
        kExtensionsTag,
        {der::element(der::kSequence, {extension(kBasicConstraints, constraints), extension(kKeyUsage, usage)})});
}

std::string common_name_of(const X509_NAME* name) {
    const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
    if (at < 0) return {};
    unsigned char* text = nullptr;
    const int length = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (length < 0) return {};
    std::string result(text, text + length);
    OPENSSL_free(text);
    return result;
}

std::optional<Instant> instant_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
    const std::chrono::year_month_day date(std::chrono::year(parts.tm_year + 1900),
                                           std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
                                           std::chrono::day(static_cast<unsigned>(parts.tm_mday)));
    if (!date.ok()) return std::nullopt;
    return Instant(std::chrono::sys_days(date)) + std::chrono::hours(parts.tm_hour) +
           std::chrono::minutes(parts.tm_min) + seconds(parts.tm_sec);
}

X509Object parsed(std::span<const std::uint8_t> bytes) {
    const unsigned char* at = bytes.data();
    X509Object certificate(d2i_X509(nullptr, &at, static_cast<long>(bytes.size())));
    if (certificate == nullptr || at != bytes.data() + bytes.size()) {
        ERR_clear_error();
        return nullptr;
    }
    return certificate;
}

struct SignedParts {
    std::span<const std::uint8_t> body;
    std::span<const std::uint8_t> algorithm;
    std::span<const std::uint8_t> signature;
};

/// The three parts of a certificate as they stand in its bytes: what was signed must not be encoded anew.
std::optional<SignedParts> signed_parts(std::span<const std::uint8_t> certificate) {
    const auto outer = der::take(certificate);
    if (!outer || outer->tag != der::kSequence) return std::nullopt;
    std::span<const std::uint8_t> rest = outer->content;
    const auto body = der::take(rest);
    const auto algorithm = body ? der::take(rest) : std::nullopt;
    const auto signature = algorithm ? der::take(rest) : std::nullopt;
    // The first byte of a bit string counts the unused bits of its last one.
    if (!signature || signature->tag != der::kBitString || signature->content.empty() || signature->content[0] != 0) {
        return std::nullopt;
    }
    return SignedParts{body->whole, algorithm->whole, signature->content.subspan(1)};
}

/// The algorithm named inside the signed body; empty where the body has another shape.
std::span<const std::uint8_t> inner_algorithm(std::span<const std::uint8_t> body) {
    const auto sequence = der::take(body);
    if (!sequence) return {};
    std::span<const std::uint8_t> rest = sequence->content;
    auto element = der::take(rest);
    if (element && element->tag == kVersionTag) element = der::take(rest);
    if (!element || element->tag != der::kInteger) return {};
    element = der::take(rest);
    return element ? element->whole : std::span<const std::uint8_t>{};
}

bool same(std::span<const std::uint8_t> left, std::span<const std::uint8_t> right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end());
}

}  // namespace

Result<Certificate> Certificate::from_der(std::span<const std::uint8_t> bytes) {
    if (bytes.size() > kLongestCertificate) return Error(kBadCertificate);
    const X509Object x509 = parsed(bytes);
    if (x509 == nullptr) return Error(kBadCertificate);
    const auto not_before = instant_of(X509_get0_notBefore(x509.get()));
    const auto not_after = instant_of(X509_get0_notAfter(x509.get()));
    const Number serial(ASN1_INTEGER_to_BN(X509_get0_serialNumber(x509.get()), nullptr));
    if (!not_before || !not_after || serial == nullptr || BN_is_negative(serial.get()) != 0 || !signed_parts(bytes)) {
        return Error(kBadCertificate);
    }
    Certificate certificate;
    certificate.der_.assign(bytes.begin(), bytes.end());
    Bytes digits(static_cast<std::size_t>(BN_num_bytes(serial.get())));
    BN_bn2bin(serial.get(), digits.data());
    certificate.serial_hex_ = digits.empty() ? "00" : hex(digits);
    certificate.subject_name_ = common_name_of(X509_get_subject_name(x509.get()));
    certificate.issuer_name_ = common_name_of(X509_get_issuer_name(x509.get()));
    certificate.not_before_ = *not_before;
    certificate.not_after_ = *not_after;
    return certificate;
}

Result<Certificate> Certificate::from_pem(std::string_view pem) {
    const Bio bio = reading(pem);
    const X509Object x509(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    unsigned char* start = nullptr;
    const int length = x509 == nullptr ? 0 : i2d_X509(x509.get(), &start);
    if (length <= 0) {
        ERR_clear_error();
        return Error(kBadCertificate);
    }
    const Bytes bytes(start, start + length);
    OPENSSL_free(start);
    return from_der(bytes);
}

Result<Certificate> Certificate::from_base64(std::string_view text) {
    std::string digits;
    for (const char character : text) {
        if (character != ' ' && character != '\n' && character != '\r' && character != '\t')
            digits.push_back(character);
    }
    const auto bytes = huiqiao::from_base64(digits);
    if (!bytes) return Error(kBadCertificate);
    return from_der(*bytes);
}

std::string Certificate::pem() const {
    constexpr std::size_t kLine = 64;
    std::string text = "-----BEGIN CERTIFICATE-----\n";
    const std::string digits = base64();
    for (std::size_t at = 0; at < digits.size(); at += kLine) text += digits.substr(at, kLine) + "\n";
    return text + "-----END CERTIFICATE-----\n";
}

Result<VerifyKey> Certificate::key(SignatureAlgorithm algorithm) const {
    const X509Object x509 = parsed(der_);
    unsigned char* start = nullptr;
    const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509.get()), &start);
    if (length <= 0) return Error(kBadCertificate);
    const Bytes bytes(start, start + length);
    OPENSSL_free(start);
    return VerifyKey::from_der(algorithm, bytes);
}

bool Certificate::is_signed_by(std::string_view issuer_subject_name, const VerifyKey& issuer) const {
    const auto parts = signed_parts(der_);
    if (!parts || issuer_name_ != issuer_subject_name) return false;
    const Bytes wanted = algorithm_identifier(issuer.algorithm());
    if (!same(parts->algorithm, wanted) || !same(inner_algorithm(parts->body), wanted)) return false;
    if (issuer.algorithm() != SignatureAlgorithm::Sm2Sm3) return issuer.verify(parts->body, parts->signature);
    const auto raw = sm2_raw_from_der(parts->signature);
    return raw && issuer.verify(parts->body, *raw);
}

Certificate issue_certificate(const CertificateOrder& order, const VerifyKey& subject, const SigningKey& issuer) {
    if (order.serial.empty() || order.serial.size() > kLongestSerial || order.serial[0] == 0 ||
        (order.serial[0] & 0x80U) != 0) {
        throw LogicError("a certificate's serial is not 1 to 20 bytes of a positive number");
    }
    static constexpr std::uint8_t kVersion3[] = {2};
    static constexpr std::uint8_t kNoUnusedBits[] = {0};
    const Bytes algorithm = algorithm_identifier(issuer.algorithm());
    const Bytes validity = der::element(der::kSequence, {time_of(order.not_before), time_of(order.not_after)});
    const Bytes body =
        der::element(der::kSequence, {der::element(kVersionTag, {der::integer(kVersion3)}), der::integer(order.serial),
                                      algorithm, name_of(order.issuer_name), validity, name_of(order.subject_name),
                                      subject.der(), extensions(order.authority)});
    Bytes signature = issuer.sign(body);
    // Certificates carry SM2 signatures as SEQUENCE { r, s }.
    if (issuer.algorithm() == SignatureAlgorithm::Sm2Sm3) signature = *sm2_der_from_raw(signature);
    const Bytes certificate =
        der::element(der::kSequence, {body, algorithm, der::element(der::kBitString, {kNoUnusedBits, signature})});
    return Certificate::from_der(certificate).value();
}

Bytes draw_serial(Random& random) {
    Bytes serial(8);
    random.fill(serial);
    serial[0] = static_cast<std::uint8_t>((serial[0] & 0x3FU) | 0x40U);
    return serial;
}

}  // namespace huiqiao::crypto
