#pragma once
// X.509 v3 certificates: read one, tell what a customs signature's KeyInfo needs, check by whom it was signed, and
// issue one (for the sandbox and the demo's declarant; a real institution brings the one from the e-port centre).
// Knows no chains of more than one step, no revocation lists and no purpose flags beyond "is an authority".

#include <span>
#include <string>
#include <string_view>

#include "src/base/clock.h"
#include "src/crypto/signing_key.h"

namespace huiqiao::crypto {

class Certificate {
 public:
    /// The first certificate of a PEM text.
    static Result<Certificate> from_pem(std::string_view pem);
    static Result<Certificate> from_der(std::span<const std::uint8_t> der);
    /// Base64 of the DER form as X509Certificate carries it; white space is allowed.
    static Result<Certificate> from_base64(std::string_view text);

    [[nodiscard]] const Bytes& der() const { return der_; }
    [[nodiscard]] std::string pem() const;
    /// One line, no breaks: ds:X509Certificate.
    [[nodiscard]] std::string base64() const { return huiqiao::base64(der_); }
    /// Lower-case hex, whole bytes: ds:KeyName (customs reference 3.1).
    [[nodiscard]] const std::string& serial_hex() const { return serial_hex_; }
    [[nodiscard]] const std::string& subject_name() const { return subject_name_; }  // the common name, or empty
    [[nodiscard]] const std::string& issuer_name() const { return issuer_name_; }
    [[nodiscard]] Instant not_before() const { return not_before_; }
    [[nodiscard]] Instant not_after() const { return not_after_; }
    [[nodiscard]] bool is_valid_at(Instant at) const { return not_before_ <= at && at <= not_after_; }

    /// Its public key for one algorithm; an error where the key is of another kind.
    [[nodiscard]] Result<VerifyKey> key(SignatureAlgorithm algorithm) const;
    /// Whether the holder of `issuer` signed it: names fit, the algorithm named inside and outside is the issuer's,
    /// and the signature is good. Time and authority flag are not looked at.
    [[nodiscard]] bool is_signed_by(std::string_view issuer_subject_name, const VerifyKey& issuer) const;

 private:
    Certificate() = default;
    Bytes der_;
    std::string serial_hex_;
    std::string subject_name_;
    std::string issuer_name_;
    Instant not_before_{};
    Instant not_after_{};
};

struct CertificateOrder {
    std::string subject_name;  // common name
    std::string issuer_name;   // the same as subject_name for a self-signed one
    Bytes serial;              // 1 to 20 bytes, positive: highest bit clear, first byte not zero
    Instant not_before;        // whole seconds count
    Instant not_after;
    bool authority = false;
};

/// The issuer's algorithm signs it. Depends on its arguments only.
Certificate issue_certificate(const CertificateOrder& order, const VerifyKey& subject, const SigningKey& issuer);

/// A serial of 8 bytes as issue_certificate wants it.
Bytes draw_serial(Random& random);

}  // namespace huiqiao::crypto
