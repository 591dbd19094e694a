#include "src/http/message_signature.h"

#include <algorithm>
#include <array>

#include "src/base/encoding.h"
#include "src/http/signature_fields.h"

namespace huiqiao::http {

namespace {

using Components = std::vector<std::pair<std::string, std::string>>;

const std::string kRequestSignature = "\"signature\";req;key=\"sig1\"";

bool may_carry_a_body(Method method) {
    return method == Method::Post || method == Method::Put || method == Method::Patch || method == Method::Delete;
}

/// RFC 9421 2.2.3: lower case, without the scheme's own port. Behind a proxy the scheme is not known, so both ports go.
std::string authority_of(std::string_view host) {
    for (const std::string_view port : {":443", ":80"}) {
        if (host.ends_with(port)) host.remove_suffix(port.size());
    }
    std::string authority(host);
    for (char& c : authority) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return authority;
}

/// What a request of this shape must cover, with its values; nullopt where a header that it needs is not there once.
std::optional<Components> request_components(Method method, std::string_view host, std::string_view target,
                                             const Headers& headers) {
    const std::size_t question = target.find('?');
    Components components{
        {"\"@method\"", std::string(to_text(method))},
        {"\"@authority\"", authority_of(host)},
        {"\"@path\"", std::string(target.substr(0, question))},
        {"\"@query\"", question == std::string_view::npos ? "?" : std::string(target.substr(question))}};
    if (!may_carry_a_body(method)) return components;
    for (const std::string_view name : {"content-type", "content-digest", "idempotency-key"}) {
        const std::string* value = headers.only(name);
        if (!value && (name != "idempotency-key" || headers.count(name) > 0)) return std::nullopt;
        if (value) components.emplace_back('"' + std::string(name) + '"', *value);
    }
    return components;
}

std::optional<Components> request_components(const Request& request) {
    const std::string* host = request.headers.only("Host");
    if (!host) return std::nullopt;
    // A body that no signature covers must not be acted on.
    if (!may_carry_a_body(request.method) && !request.body.empty()) return std::nullopt;
    return request_components(request.method, *host, request.target, request.headers);
}

bool covers(const SignatureFields& fields, const Components& components) {
    return std::equal(fields.components.begin(), fields.components.end(), components.begin(), components.end(),
                      [](const std::string& written, const auto& component) { return written == component.first; });
}

bool in_window(const SignatureParameters& parameters, Instant now) {
    const auto now_s = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    const auto window = kSignatureWindow.count();
    return parameters.created >= now_s - window && parameters.created <= now_s + window &&
           parameters.expires > parameters.created && parameters.expires <= parameters.created + window &&
           parameters.expires >= now_s;
}

/// Verified in place of an unknown key, so that the answer takes as long.
const crypto::VerifyKey& stand_in_key() {
    static const crypto::VerifyKey key = [] {
        SeededRandom random(1);
        return crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, random).verify_key();
    }();
    return key;
}

Instant instant_of(std::int64_t seconds) {
    return Instant(std::chrono::seconds(seconds));
}

Result<VerifiedSignature> verify(const SignatureFields& fields, const Components& components, const Headers& headers,
                                 std::string_view body, bool has_digest, const KeyLookup& lookup, Instant now) {
    const Error invalid(http_error::kSignatureInvalid);
    const auto found = lookup(fields.parameters.key_id);
    const crypto::VerifyKey& key = found ? *found : stand_in_key();
    // All four are always worked out: which of them failed must not show in time either.
    const bool current = in_window(fields.parameters, now);
    const bool digest = !has_digest || digest_fits(headers, body, key.algorithm());
    const bool good = key.verify(signature_base(components, fields.parameter_text), fields.signature);
    if (!found || !current || !digest || !good) return invalid;
    return VerifiedSignature{fields.parameters.key_id, fields.parameters.nonce, instant_of(fields.parameters.created),
                             instant_of(fields.parameters.expires), fields.signature_text};
}

void sign(Headers& headers, const Components& components, const SignatureKey& key, Instant now, Random& random,
          std::chrono::seconds life) {
    if (life <= std::chrono::seconds(0) || life > kSignatureWindow) throw LogicError("a signature lives 1 to 300 s");
    std::array<std::uint8_t, 16> nonce{};
    random.fill(nonce);
    SignatureParameters parameters;
    parameters.created = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    parameters.expires = parameters.created + life.count();
    parameters.nonce = base64url(nonce);
    parameters.key_id = key.key_id;
    std::vector<std::string> names;
    for (const auto& [name, value] : components) names.push_back(name);
    const std::string written = write_parameters(names, parameters);
    const std::string label = std::string(kSignatureLabel) + '=';
    headers.set("Signature-Input", label + written);
    headers.set("Signature", label + ':' + base64(key.key->sign(signature_base(components, written))) + ':');
}

Components response_components(const Response& response, std::string_view digest, std::string_view request_signature) {
    return {{"\"@status\"", std::to_string(response.status)},
            {"\"content-digest\"", std::string(digest)},
            {kRequestSignature, std::string(request_signature)}};
}

}  // namespace

std::string signature_base(const Components& components, std::string_view parameters) {
    std::string base;
    for (const auto& [name, value] : components) base.append(name).append(": ").append(value).append("\n");
    base.append("\"@signature-params\": ").append(parameters);
    return base;
}

void sign_request(OutgoingRequest& request, const SignatureKey& key, Instant now, Random& random,
                  std::chrono::seconds life) {
    if (may_carry_a_body(request.method)) {
        request.headers.set("Content-Digest", content_digest(request.body, key.key->algorithm()));
    }
    const std::size_t slashes = request.base_url.find("://");
    if (slashes == std::string::npos) throw LogicError("a base URL without a scheme");
    const auto components = request_components(request.method, std::string_view(request.base_url).substr(slashes + 3),
                                               request.target, request.headers);
    if (!components) throw LogicError("a request is signed with exactly one Content-Type");
    sign(request.headers, *components, key, now, random, life);
}

Result<VerifiedSignature> verify_request(const Request& request, const KeyLookup& lookup, Instant now,
                                         const std::vector<std::string>& authorities) {
    const Error invalid(http_error::kSignatureInvalid);
    const auto fields = read_signature_fields(request.headers);
    const auto components = request_components(request);
    if (!fields || !components || !covers(*fields, *components)) return invalid;
    const std::string& authority = (*components)[1].second;
    const bool ours =
        authorities.empty() || std::any_of(authorities.begin(), authorities.end(),
                                           [&](const std::string& each) { return authority_of(each) == authority; });
    if (!ours) return invalid;
    return verify(*fields, *components, request.headers, request.body, may_carry_a_body(request.method), lookup, now);
}

std::string signature_base_of(const Request& request) {
    const auto fields = read_signature_fields(request.headers);
    const auto components = request_components(request);
    if (!fields || !components || !covers(*fields, *components)) return "";
    return signature_base(*components, fields->parameter_text);
}

void sign_response(Response& response, std::string_view request_signature, const SignatureKey& key, Instant now,
                   Random& random, std::chrono::seconds life) {
    const std::string digest = content_digest(response.body, key.key->algorithm());
    response.headers.set("Content-Digest", digest);
    sign(response.headers, response_components(response, digest, request_signature), key, now, random, life);
}

Result<VerifiedSignature> verify_response(const Response& response, std::string_view request_signature,
                                          const KeyLookup& lookup, Instant now) {
    const Error invalid(http_error::kSignatureInvalid);
    const auto fields = read_signature_fields(response.headers);
    const std::string* digest = response.headers.only("Content-Digest");
    if (!fields || !digest) return invalid;
    const Components components = response_components(response, *digest, request_signature);
    if (!covers(*fields, components)) return invalid;
    return verify(*fields, components, response.headers, response.body, true, lookup, now);
}

std::string request_signature_of(const OutgoingRequest& request) {
    const auto fields = read_signature_fields(request.headers);
    return fields ? fields->signature_text : "";
}

}  // namespace huiqiao::http
