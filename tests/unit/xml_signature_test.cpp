#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <vector>

#include "src/crypto/hash.h"
#include "src/xml/canonical.h"
#include "src/xml/signature.h"

using namespace huiqiao;
using namespace huiqiao::xml;
using crypto::SignatureAlgorithm;
using crypto::SigningKey;

namespace {

constexpr const char* kNamespace = "http://www.w3.org/2000/09/xmldsig#";

std::string golden(const std::string& path) {
    std::ifstream file("tests/golden/" + path, std::ios::binary);
    REQUIRE(file.good());
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

SigningKey rsa_key() {
    return SigningKey::from_pem(SignatureAlgorithm::RsaSha1, golden("crypto/rsa_test_key.pem")).value();
}

// GM/T 0003.5.
SigningKey sm2_key() {
    return SigningKey::from_secret(SignatureAlgorithm::Sm2Sm3,
                                   *from_hex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"))
        .value();
}

const Signer kSigner{.key_name = "0001", .certificate_base64 = ""};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

std::string between(const std::string& text, const std::string& from, const std::string& to) {
    const std::size_t start = text.find(from);
    const std::size_t end = text.find(to, start);
    REQUIRE(start != std::string::npos);
    REQUIRE(end != std::string::npos);
    return text.substr(start, end + to.size() - start);
}

std::string reason_of(const Result<Signed>& result) {
    return result ? "accepted" : std::string(result.error().code->text);
}

struct Pair {
    SignatureProfile profile;
    SigningKey key;
};

std::vector<Pair> pairs() {
    std::vector<Pair> all;
    all.push_back({kRsaSha1, rsa_key()});
    all.push_back({kSm2Sm3, sm2_key()});
    all.push_back({kSm2Sha1Field, sm2_key()});
    return all;
}

}  // namespace

TEST_CASE("message A has the digests of customs reference 3.2") {
    const std::string form = canonical(golden("xml/ceb411_message_a.xml")).value();
    CHECK(form.size() == 1090);
    CHECK(base64(crypto::sha1(form)) == "NNe/6WwDvSMK49S5rLmuYr/rzk4=");
    CHECK(base64(crypto::sha256(form)) == "KBtxbALgO2naUthq9rAY9h44Af2I/97WI8YaY1vvNug=");
    CHECK(base64(crypto::sm3(form)) == "IgFIc1Q36HPxToIfmg4vNlGq7zIEXgS1ECPXz0CKYho=");
}

TEST_CASE("message A signed with SM2 has the canonical SignedInfo of customs reference 3.2") {
    const auto text = sign(golden("xml/ceb411_message_a.xml"), kSm2Sm3, sm2_key(), kSigner).value();
    const std::string info = canonical_element(text, kNamespace, "SignedInfo").value();
    CHECK(info == golden("xml/signed_info_sm2_sm3.xml"));
    CHECK(hex(crypto::sm3(info)) == "8c11b70d95fcf1fbac49170fb50948a304511a0dec95f4df3ebec13c0b87519a");
    // The reference's own signature, made with its fixed nonce, is accepted in place of ours.
    const std::string ours = between(text, "<ds:SignatureValue>", "</ds:SignatureValue>");
    const std::string theirs = replaced(text, ours,
                                        "<ds:SignatureValue>LohD2c2nobpn75VgswqDiW4c/AKnuL+0aW0v0P8b4KvGr2u/"
                                        "ZuFBMaEx5YPQGryp2auzc8smy+6UhjQ2iAkdfQ==</ds:SignatureValue>");
    CHECK(verify(theirs, kSm2Sm3, sm2_key().verify_key()));
}

TEST_CASE("message A signed with RSA has the canonical SignedInfo of customs reference 3.2") {
    const auto text = sign(golden("xml/ceb411_message_a.xml"), kRsaSha1, rsa_key(), kSigner).value();
    const std::string info = canonical_element(text, kNamespace, "SignedInfo").value();
    CHECK(info.size() == 641);
    CHECK(hex(crypto::sha1(info)) == "4cf50f5aa04d5389ca9fa14b8229b0d350808f38");
}

TEST_CASE("signed messages are byte for byte the committed ones") {
    CHECK(sign(golden("xml/ceb411_message_a.xml"), kRsaSha1, rsa_key(), kSigner).value() ==
          golden("xml/ceb411_message_a_rsa_sha1.xml"));
    CHECK(sign(golden("xml/ceb411_message_a.xml"), kSm2Sm3, sm2_key(), kSigner).value() ==
          golden("xml/ceb411_message_a_sm2_sm3.xml"));
}

TEST_CASE("a document signed by xmlsec, with other prefixes and line breaks, is verified") {
    const auto found = verify(golden("xml/signed_by_xmlsec.xml"), kRsaSha1, rsa_key().verify_key());
    REQUIRE(found);
    CHECK(Document::parse(found->content).value().root().child_text("note") == "signed elsewhere & read here");
    CHECK(found->signer.key_name == "0001");
}

TEST_CASE("signing changes nothing but the place of the Signature, and verifying gives back what was signed") {
    for (const Pair& pair : pairs()) {
        for (const std::string& text :
             {golden("xml/ceb411_message_a.xml"), std::string("<a>x</a>"),
              std::string("\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<m xmlns='urn:c' "
                          "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xmlns:ds='urn:not-dsig' "
                          "xml:lang='zh'>\n<b/>&amp;</m>\n<!-- </m> -->")}) {
            const auto signed_text = sign(text, pair.profile, pair.key, kSigner);
            REQUIRE(signed_text);
            const std::string element = between(*signed_text, "<ds:Signature ", "</ds:Signature>");
            CHECK(replaced(*signed_text, element, "") == text);
            const auto found = verify(*signed_text, pair.profile, pair.key.verify_key());
            REQUIRE(found);
            CHECK(found->content == canonical(text).value());
            CHECK(found->signer.key_name == "0001");
            CHECK(sign(*signed_text, pair.profile, pair.key, kSigner).error().code->text == "xml_signature_invalid");
        }
        CHECK_FALSE(sign("<a/>", pair.profile, pair.key, kSigner));
        CHECK_FALSE(sign("<a>", pair.profile, pair.key, kSigner));
    }
}

TEST_CASE("KeyInfo carries the certificate, and the claim tells whose key to look for") {
    const SigningKey key = sm2_key();
    const auto certificate = crypto::issue_certificate({.subject_name = "declarant",
                                                        .issuer_name = "declarant",
                                                        .serial = *from_hex("01a2b3c4d5e6f708"),
                                                        .not_before = from_us(0),
                                                        .not_after = from_us(1'900'000'000'000'000)},
                                                       key.verify_key(), key);
    const auto text = sign("<a>x</a>", kSm2Sm3, key, signer_of(certificate)).value();
    const auto claim = claimed_signer(text).value();
    CHECK(claim.signer.key_name == "01a2b3c4d5e6f708");
    CHECK(claim.signature_uri == kSm2Sm3.signature_uri);
    const auto carried = crypto::Certificate::from_base64(claim.signer.certificate_base64).value();
    CHECK(verify(text, kSm2Sm3, carried.key(SignatureAlgorithm::Sm2Sm3).value()));
    CHECK_FALSE(claimed_signer("<a/>"));
}

TEST_CASE("no changed character of a signed message goes unseen") {
    for (const Pair& pair : pairs()) {
        const auto key = pair.key.verify_key();
        const std::string text =
            sign("<m><no>1</no><amount>195.5</amount></m>", pair.profile, pair.key, kSigner).value();
        const std::size_t key_info = text.find("<ds:KeyInfo>");
        for (std::size_t at = 0; at < text.size(); ++at) {
            // KeyInfo is not signed: it only says which key to look for.
            if (at >= key_info && at < text.find("</ds:Signature>")) continue;
            std::string changed = text;
            changed[at] = changed[at] == '7' ? '8' : '7';
            const auto found = verify(changed, pair.profile, key);
            CAPTURE(changed);
            CHECK_FALSE(found);
        }
    }
}

TEST_CASE("another key, or a message of another profile, is refused") {
    SeededRandom random(1);
    const auto stranger = SigningKey::generate(SignatureAlgorithm::Sm2Sm3, random).verify_key();
    const std::string text = sign("<a>x</a>", kSm2Sm3, sm2_key(), kSigner).value();
    CHECK(reason_of(verify(text, kSm2Sm3, stranger)) == "xml_signature_invalid");
    CHECK(reason_of(verify(text, kSm2Sha1Field, sm2_key().verify_key())) == "xml_signature_invalid");
    CHECK(reason_of(verify(text, kRsaSha1, rsa_key().verify_key())) == "xml_signature_invalid");
    CHECK_THROWS_AS((void)verify(text, kSm2Sm3, rsa_key().verify_key()), LogicError);
    CHECK_THROWS_AS((void)sign("<a>x</a>", kSm2Sm3, rsa_key(), kSigner), LogicError);
}

TEST_CASE("signature wrapping is refused in each of its known shapes") {
    const SigningKey key = rsa_key();
    const std::string text = sign("<m><pay>1</pay></m>", kRsaSha1, key, kSigner).value();
    REQUIRE(verify(text, kRsaSha1, key.verify_key()));
    const std::string signature = between(text, "<ds:Signature ", "</ds:Signature>");
    const std::string reference = between(text, "<ds:Reference ", "</ds:Reference>");
    const std::string transform = between(text, "<ds:Transform ", "</ds:Transform>");
    const std::string other_text = replaced(text, "<pay>1</pay>", "<pay>9</pay>");
    struct Row {
        const char* shape;
        std::string text;
    };
    const Row rows[] = {
        {"content replaced", other_text},
        {"signed document inside a new root", "<m><pay>9</pay>" + text + "</m>"},
        {"Signature moved below a child", "<m><pay>9" + signature + "</pay></m>"},
        {"two Signatures", replaced(text, "</m>", signature + "</m>")},
        {"second Signature hidden deeper", replaced(text, "<pay>", "<pay>" + signature)},
        {"Signature within the Signature's Object",
         replaced(text, "</ds:Signature>", "<ds:Object><m><pay>1</pay></m></ds:Object></ds:Signature>")},
        {"two References", replaced(text, reference, reference + reference)},
        {"Reference to an id", replaced(text, "URI=\"\"", "URI=\"#x\"")},
        {"Reference without URI", replaced(text, " URI=\"\"", "")},
        {"Reference with a type", replaced(text, "URI=\"\"", "URI=\"\" Type=\"x\"")},
        {"an XPath transform more",
         replaced(text, transform,
                  transform + "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>1"
                              "</ds:XPath></ds:Transform>")},
        {"no transform", replaced(text, transform, "")},
        {"exclusive canonicalisation",
         replaced(text, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/2001/10/xml-exc-c14n#")},
        {"HMAC for a signature method", replaced(text, "xmldsig#rsa-sha1", "xmldsig#hmac-sha1")},
        {"another digest method", replaced(text, "xmldsig#sha1", "xmldsig#md5")},
        {"a comment within the digest",
         replaced(text, "<ds:DigestValue>", "<ds:DigestValue><!-- " + std::string("x") + " -->")},
        {"an element within the value", replaced(text, "<ds:SignatureValue>", "<ds:SignatureValue><x/>")},
        {"a Signature of another namespace", replaced(text, kNamespace, "urn:other")},
        {"no Signature", replaced(text, signature, "")},
        {"SignedInfo twice", replaced(text, "<ds:SignatureValue>",
                                      between(text, "<ds:SignedInfo>", "</ds:SignedInfo>") + "<ds:SignatureValue>")},
    };
    for (const Row& row : rows) {
        CAPTURE(row.shape);
        CHECK(reason_of(verify(row.text, kRsaSha1, key.verify_key())) == "xml_signature_invalid");
    }
    CHECK(reason_of(verify("<!DOCTYPE m>" + text, kRsaSha1, key.verify_key())) == "bad_xml");
}

TEST_CASE("comments may come and go in a signed document, but never split what is read from it") {
    const SigningKey key = rsa_key();
    const std::string text = sign("<m><name>admin.evil</name></m>", kRsaSha1, key, kSigner).value();
    const std::string split = replaced(text, "admin.evil", "admin<!-- -->.evil");
    const auto found = verify(split, kRsaSha1, key.verify_key());
    REQUIRE(found);
    CHECK(Document::parse(found->content).value().root().child_text("name") == "admin.evil");
    CHECK(Document::parse(split).value().root().child_text("name") == "admin.evil");
}
