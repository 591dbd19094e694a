#include "src/http/signature_fields.h"

#include <algorithm>
#include <charconv>

#include "src/crypto/hash.h"
#include "src/http/message_signature.h"

namespace huiqiao::http {

namespace {

constexpr std::size_t kMaxHeaderBytes = 2048;
constexpr std::size_t kMaxComponents = 8;
constexpr std::size_t kMaxKeyIdBytes = 64;
constexpr std::size_t kNonceBytes = 16;

/// Takes the text from the front, piece by piece; every piece is refused unless it is there exactly.
class Reader {
 public:
    explicit Reader(std::string_view text) : rest_(text) {}

    bool literal(std::string_view text) {
        if (!rest_.starts_with(text)) return false;
        rest_.remove_prefix(text.size());
        return true;
    }

    std::optional<std::string_view> until(char end) {
        const std::size_t at = rest_.find(end);
        if (at == std::string_view::npos) return std::nullopt;
        const std::string_view taken = rest_.substr(0, at);
        rest_.remove_prefix(at + 1);
        return taken;
    }

    /// "text" without escapes: printable ASCII.
    std::optional<std::string> quoted() {
        if (!literal("\"")) return std::nullopt;
        const auto text = until('"');
        if (!text ||
            !std::all_of(text->begin(), text->end(), [](char c) { return c > 0x20 && c < 0x7F && c != '\\'; })) {
            return std::nullopt;
        }
        return std::string(*text);
    }

    /// Seconds, as the writer would write them.
    std::optional<std::int64_t> number() {
        std::int64_t value = 0;
        const auto read = std::from_chars(rest_.data(), rest_.data() + std::min<std::size_t>(rest_.size(), 12), value);
        if (read.ec != std::errc() || value <= 0 || rest_.front() == '0') return std::nullopt;
        rest_.remove_prefix(static_cast<std::size_t>(read.ptr - rest_.data()));
        return value;
    }

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
    std::string_view rest_;
};

// ("@method" "@status" "signature";req;key="sig1")
bool read_components(Reader& reader, std::vector<std::string>& components) {
    if (!reader.literal("(")) return false;
    for (;;) {
        const auto name = reader.quoted();
        if (!name || components.size() == kMaxComponents) return false;
        std::string component = '"' + *name + '"';
        if (reader.literal(";req;key=\"sig1\"")) component += ";req;key=\"sig1\"";
        components.push_back(std::move(component));
        if (reader.literal(")")) return true;
        if (!reader.literal(" ")) return false;
    }
}

bool read_parameter(Reader& reader, SignatureParameters& parameters, std::vector<std::string_view>& seen) {
    const auto name = reader.until('=');
    if (!name || std::find(seen.begin(), seen.end(), *name) != seen.end()) return false;
    seen.push_back(*name);
    if (*name == "created" || *name == "expires") {
        const auto seconds = reader.number();
        (*name == "created" ? parameters.created : parameters.expires) = seconds.value_or(0);
        return seconds.has_value();
    }
    const auto text = reader.quoted();
    if (!text) return false;
    if (*name == "nonce") {
        parameters.nonce = *text;
        const auto bytes = from_base64url(*text);
        return bytes && bytes->size() == kNonceBytes;
    }
    if (*name == "keyid") {
        parameters.key_id = *text;
        return !text->empty() && text->size() <= kMaxKeyIdBytes;
    }
    // The algorithm comes from the key, never from the message: a parameter "alg" ends here like any other name.
    return *name == "tag" && *text == kSignatureTag;
}

}  // namespace

std::optional<SignatureFields> read_signature_fields(const Headers& headers) {
    const std::string* input = headers.only("Signature-Input");
    const std::string* signature = headers.only("Signature");
    if (!input || !signature || input->size() > kMaxHeaderBytes || signature->size() > kMaxHeaderBytes)
        return std::nullopt;
    const std::string label = std::string(kSignatureLabel) + '=';

    SignatureFields fields;
    Reader reader(*input);
    if (!reader.literal(label) || !read_components(reader, fields.components)) return std::nullopt;
    std::vector<std::string_view> seen;
    while (!reader.at_end()) {
        if (!reader.literal(";") || !read_parameter(reader, fields.parameters, seen)) return std::nullopt;
    }
    if (seen.size() != 5) return std::nullopt;
    fields.parameter_text = input->substr(label.size());

    Reader signature_reader(*signature);
    if (!signature_reader.literal(label) || !signature_reader.literal(":")) return std::nullopt;
    const auto encoded = signature_reader.until(':');
    auto bytes = encoded ? from_base64(*encoded) : std::nullopt;
    if (!bytes || bytes->empty() || !signature_reader.at_end()) return std::nullopt;
    fields.signature = std::move(*bytes);
    fields.signature_text = signature->substr(label.size());
    return fields;
}

std::string write_parameters(const std::vector<std::string>& components, const SignatureParameters& parameters) {
    std::string text = "(";
    for (const std::string& component : components) {
        if (text.size() > 1) text += ' ';
        text += component;
    }
    text += ");created=" + std::to_string(parameters.created) + ";expires=" + std::to_string(parameters.expires);
    text += ";nonce=\"" + parameters.nonce + "\";keyid=\"" + parameters.key_id + "\";tag=\"" +
            std::string(kSignatureTag) + '"';
    return text;
}

std::string content_digest(std::string_view body, crypto::SignatureAlgorithm algorithm) {
    if (algorithm == crypto::SignatureAlgorithm::Sm2Sm3) return "sm3=:" + base64(crypto::sm3(body)) + ':';
    return "sha-256=:" + base64(crypto::sha256(body)) + ':';
}

bool digest_fits(const Headers& headers, std::string_view body, crypto::SignatureAlgorithm algorithm) {
    const std::string* sent = headers.only("Content-Digest");
    return sent && crypto::constant_time_equal(as_bytes(*sent), as_bytes(content_digest(body, algorithm)));
}

}  // namespace huiqiao::http
