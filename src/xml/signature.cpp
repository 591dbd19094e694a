#include "src/xml/signature.h"

#include "src/base/encoding.h"
#include "src/crypto/hash.h"
#include "src/xml/libxml_types.h"
#include "src/xml/scan.h"
#include "src/xml/writer.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace huiqiao::xml {

namespace {

constexpr std::string_view kNamespace = "http://www.w3.org/2000/09/xmldsig#";
constexpr std::string_view kCanonicalisation = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
constexpr std::string_view kEnveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

Error invalid(std::string reason) {
    return Error(kXmlSignatureInvalid, {{"reason", std::move(reason)}});
}

Bytes digest_of(DigestMethod method, std::string_view text) {
    const auto bytes = [](const auto& digest) { return Bytes(digest.begin(), digest.end()); };
    switch (method) {
        case DigestMethod::Sha1: return bytes(crypto::sha1(text));
        case DigestMethod::Sha256: return bytes(crypto::sha256(text));
        case DigestMethod::Sm3: return bytes(crypto::sm3(text));
    }
    throw LogicError("unnamed digest method");
}

void require_algorithm(crypto::SignatureAlgorithm of_key, const SignatureProfile& profile) {
    if (of_key != profile.algorithm) throw LogicError("the key's algorithm is not the signature profile's");
}

std::vector<xmlNode*> signatures_in(xmlDoc& document) {
    std::vector<xmlNode*> found;
    for (xmlNode* node = xmlDocGetRootElement(&document); node != nullptr; node = next_in_document(node)) {
        if (is_element(*node, kNamespace, "Signature")) found.push_back(node);
    }
    return found;
}

void write_signed_info(Writer& writer, const SignatureProfile& profile, std::string_view digest) {
    writer.open("ds:SignedInfo");
    writer.open("ds:CanonicalizationMethod").attribute("Algorithm", kCanonicalisation).close();
    writer.open("ds:SignatureMethod").attribute("Algorithm", profile.signature_uri).close();
    writer.open("ds:Reference").attribute("URI", "").open("ds:Transforms");
    writer.open("ds:Transform").attribute("Algorithm", kEnveloped).close().close();
    writer.open("ds:DigestMethod").attribute("Algorithm", profile.digest_uri).close();
    writer.element("ds:DigestValue", digest).close().close();
}

Result<std::string> signature_element(const SignatureProfile& profile, std::string_view digest, std::string_view value,
                                      const Signer& signer) {
    Writer writer(4096);
    writer.open("ds:Signature").attribute("xmlns:ds", kNamespace);
    write_signed_info(writer, profile, digest);
    writer.element("ds:SignatureValue", value);
    writer.open("ds:KeyInfo").element("ds:KeyName", signer.key_name);
    if (!signer.certificate_base64.empty()) {
        writer.open("ds:X509Data").element("ds:X509Certificate", signer.certificate_base64).close();
    }
    return writer.close().close().finish();
}

/// SignedInfo as it will be signed. Nothing but the root's start tag and the Signature bears on it, so only these are
/// read again.
Result<std::string> canonical_signed_info(const Scanned& scanned, std::string_view signature) {
    std::string shell(scanned.text.substr(scanned.root_start, scanned.root_start_end - scanned.root_start));
    shell += signature;
    shell += scanned.text.substr(scanned.root_end);
    const auto tree = libxml_tree(shell);
    if (!tree) return tree.error();
    const auto found = signatures_in(*tree.value());
    return canonical_form(*tree.value(), xmlFirstElementChild(found.front()));
}

// Reading: each function below takes exactly the shape that it expects and answers nullopt to any other.

std::vector<xmlNode*> elements_in(xmlNode* node) {
    std::vector<xmlNode*> found;
    for (xmlNode* child = xmlFirstElementChild(node); child != nullptr; child = xmlNextElementSibling(child)) {
        found.push_back(child);
    }
    return found;
}

bool is_ds(const xmlNode* node, std::string_view local_name) {
    return is_element(*node, kNamespace, local_name);
}

/// The text of an element that holds nothing but text, white space dropped (Base64 may be broken into lines).
std::optional<std::string> plain_text(const xmlNode* node) {
    std::string text;
    for (const xmlNode* child = node->children; child != nullptr; child = child->next) {
        if (child->type != XML_TEXT_NODE && child->type != XML_CDATA_SECTION_NODE) return std::nullopt;
        for (const xmlChar* at = child->content; at != nullptr && *at != 0; ++at) {
            if (*at != ' ' && *at != '\n' && *at != '\r' && *at != '\t') text.push_back(static_cast<char>(*at));
        }
    }
    return text;
}

std::optional<Bytes> decoded(const xmlNode* node) {
    const auto text = plain_text(node);
    return text ? from_base64(*text) : std::nullopt;
}

/// The value of the only attribute that the element has; nullopt where it has another one, none or several.
std::optional<std::string> only_attribute(xmlNode* node, const char* name) {
    const xmlAttr* attribute = node->properties;
    if (attribute == nullptr || attribute->next != nullptr || attribute->ns != nullptr) return std::nullopt;
    if (std::string_view(reinterpret_cast<const char*>(attribute->name)) != name) return std::nullopt;
    xmlChar* value = xmlNodeListGetString(node->doc, attribute->children, 1);
    std::string text = value == nullptr ? "" : reinterpret_cast<const char*>(value);
    xmlFree(value);
    return text;
}

bool is_algorithm(xmlNode* node, std::string_view local_name, std::string_view uri) {
    return is_ds(node, local_name) && only_attribute(node, "Algorithm") == uri && node->children == nullptr;
}

struct Parts {
    xmlNode* signature;
    xmlNode* signed_info;
    Bytes value;
    Signer signer;
};

Signer signer_in(xmlNode* key_info) {
    Signer signer;
    for (xmlNode* child : elements_in(key_info)) {
        if (is_ds(child, "KeyName")) signer.key_name = plain_text(child).value_or("");
        if (!is_ds(child, "X509Data")) continue;
        for (xmlNode* inner : elements_in(child)) {
            if (is_ds(inner, "X509Certificate")) signer.certificate_base64 = plain_text(inner).value_or("");
        }
    }
    return signer;
}

Result<Parts> signature_parts(xmlDoc& document) {
    const auto found = signatures_in(document);
    if (found.empty()) return invalid("there is no Signature");
    if (found.size() > 1) return invalid("there are several Signatures");
    xmlNode* const signature = found.front();
    if (signature->parent != xmlDocGetRootElement(&document))
        return invalid("the Signature is not a child of the root");
    const auto inside = elements_in(signature);
    if (inside.size() < 2 || inside.size() > 3 || !is_ds(inside[0], "SignedInfo") ||
        !is_ds(inside[1], "SignatureValue") || (inside.size() == 3 && !is_ds(inside[2], "KeyInfo"))) {
        return invalid("the Signature is not SignedInfo, SignatureValue, KeyInfo");
    }
    auto value = decoded(inside[1]);
    if (!value) return invalid("the SignatureValue is not base64");
    return Parts{.signature = signature,
                 .signed_info = inside[0],
                 .value = std::move(*value),
                 .signer = inside.size() == 3 ? signer_in(inside[2]) : Signer{}};
}

/// The digest that SignedInfo names, after every other word of it was found to be the profile's.
Result<Bytes> named_digest(xmlNode* signed_info, const SignatureProfile& profile) {
    const auto inside = elements_in(signed_info);
    if (inside.size() != 3 || !is_ds(inside[2], "Reference")) return invalid("there is not exactly one Reference");
    if (!is_algorithm(inside[0], "CanonicalizationMethod", kCanonicalisation)) {
        return invalid("another canonicalisation than inclusive C14N 1.0");
    }
    if (!is_algorithm(inside[1], "SignatureMethod", profile.signature_uri)) return invalid("another SignatureMethod");
    if (only_attribute(inside[2], "URI") != "") return invalid("the Reference is not to the whole document");
    const auto reference = elements_in(inside[2]);
    if (reference.size() != 3 || !is_ds(reference[0], "Transforms") || !is_ds(reference[2], "DigestValue")) {
        return invalid("the Reference is not Transforms, DigestMethod, DigestValue");
    }
    const auto transforms = elements_in(reference[0]);
    if (transforms.size() != 1 || !is_algorithm(transforms[0], "Transform", kEnveloped)) {
        return invalid("another transform than the enveloped signature's");
    }
    if (!is_algorithm(reference[1], "DigestMethod", profile.digest_uri)) return invalid("another DigestMethod");
    auto digest = decoded(reference[2]);
    if (!digest) return invalid("the DigestValue is not base64");
    return std::move(*digest);
}

}  // namespace

Signer signer_of(const crypto::Certificate& certificate) {
    return {.key_name = certificate.serial_hex(), .certificate_base64 = certificate.base64()};
}

Result<std::string> sign(std::string_view text, const SignatureProfile& profile, const crypto::SigningKey& key,
                         const Signer& signer, const Limits& limits) {
    require_algorithm(key.algorithm(), profile);
    const auto scanned = scan(text, limits);
    if (!scanned) return scanned.error();
    if (scanned->root_end == 0) return bad_xml(scanned->root_start, "an empty root has no place for a signature");
    const auto tree = libxml_tree(scanned->text);
    if (!tree) return tree.error();
    if (!signatures_in(*tree.value()).empty()) return invalid("the document is signed already");

    const auto content = canonical_form(*tree.value());
    if (!content) return content.error();
    const std::string digest = base64(digest_of(profile.digest, *content));
    const auto unsigned_element = signature_element(profile, digest, "", signer);
    if (!unsigned_element) return unsigned_element.error();
    const auto signed_info = canonical_signed_info(*scanned, *unsigned_element);
    if (!signed_info) return signed_info.error();
    const auto element = signature_element(profile, digest, base64(key.sign(*signed_info)), signer);
    if (!element) return element.error();

    const std::size_t byte_order_mark = text.size() - scanned->text.size();
    std::string result(text.substr(0, byte_order_mark + scanned->root_end));
    result.reserve(text.size() + element->size());
    result += *element;
    result += text.substr(byte_order_mark + scanned->root_end);
    return result;
}

Result<Signed> verify(std::string_view text, const SignatureProfile& profile, const crypto::VerifyKey& key,
                      const Limits& limits) {
    require_algorithm(key.algorithm(), profile);
    const auto scanned = scan(text, limits);
    if (!scanned) return scanned.error();
    const auto tree = libxml_tree(scanned->text);
    if (!tree) return tree.error();
    xmlDoc& document = *tree.value();
    auto parts = signature_parts(document);
    if (!parts) return parts.error();
    const auto named = named_digest(parts->signed_info, profile);
    if (!named) return named.error();
    const auto signed_info = canonical_form(document, parts->signed_info);
    if (!signed_info) return signed_info.error();
    if (!key.verify(*signed_info, parts->value)) {
        return invalid("the signature does not fit its SignedInfo");
    }
    xmlUnlinkNode(parts->signature);
    xmlFreeNode(parts->signature);
    auto content = canonical_form(document);
    if (!content) return content.error();
    if (!crypto::constant_time_equal(digest_of(profile.digest, *content), *named)) {
        return invalid("the digest does not fit the document");
    }
    return Signed{.content = std::move(content).value(), .signer = std::move(parts.value().signer)};
}

Result<Claim> claimed_signer(std::string_view text, const Limits& limits) {
    const auto scanned = scan(text, limits);
    if (!scanned) return scanned.error();
    const auto tree = libxml_tree(scanned->text);
    if (!tree) return tree.error();
    auto parts = signature_parts(*tree.value());
    if (!parts) return parts.error();
    const auto inside = elements_in(parts->signed_info);
    if (inside.size() < 2 || !is_ds(inside[1], "SignatureMethod")) return invalid("there is no SignatureMethod");
    return Claim{.signer = std::move(parts.value().signer),
                 .signature_uri = only_attribute(inside[1], "Algorithm").value_or("")};
}

}  // namespace huiqiao::xml
