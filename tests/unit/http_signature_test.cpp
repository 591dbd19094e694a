#include <doctest/doctest.h>

#include "src/crypto/hash.h"
#include "src/http/message_signature.h"
#include "src/http/webhook_signature.h"

using namespace huiqiao;
using namespace huiqiao::http;
using crypto::SignatureAlgorithm;

namespace {

const Instant kNow = from_us(1'764'000'000'000'000);

struct Bench {
    explicit Bench(SignatureAlgorithm algorithm = SignatureAlgorithm::Ed25519)
        : key(crypto::SigningKey::generate(algorithm, random)), verify_key(key.verify_key()) {}

    OutgoingRequest post() {
        OutgoingRequest request;
        request.method = Method::Post;
        request.base_url = "https://API.example:443";
        request.target = "/v1/orders?x=1";
        request.headers = {{"Content-Type", "application/json"}, {"Idempotency-Key", "k-1"}};
        request.body = "{\"a\":1}";
        return request;
    }

    OutgoingRequest signed_post() {
        OutgoingRequest request = post();
        sign_request(request, {&key, "key-1"}, kNow, random);
        return request;
    }

    Result<VerifiedSignature> verify(const Request& request, Instant now = kNow,
                                     const std::vector<std::string>& authorities = {}) const {
        return verify_request(
            request, [this](std::string_view id) { return id == "key-1" ? std::optional(verify_key) : std::nullopt; },
            now, authorities);
    }

    SeededRandom random{7};
    crypto::SigningKey key;
    crypto::VerifyKey verify_key;
};

/// As a server receives it.
Request received(const OutgoingRequest& request) {
    Request out;
    out.method = request.method;
    REQUIRE(set_target(out, request.target).ok());
    out.headers = request.headers;
    out.headers.set("Host", "api.example");
    out.body = request.body;
    return out;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

}  // namespace

TEST_CASE("RFC 9421 B.2.6: the base of the published example verifies with the published key") {
    const auto key = crypto::VerifyKey::from_pem(SignatureAlgorithm::Ed25519,
                                                 "-----BEGIN PUBLIC KEY-----\n"
                                                 "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n"
                                                 "-----END PUBLIC KEY-----\n");
    REQUIRE(key.ok());
    const std::string base = signature_base(
        {{"\"date\"", "Tue, 20 Apr 2021 02:07:55 GMT"},
         {"\"@method\"", "POST"},
         {"\"@path\"", "/foo"},
         {"\"@authority\"", "example.com"},
         {"\"content-type\"", "application/json"},
         {"\"content-length\"", "18"}},
        R"(("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519")");
    const auto signature =
        from_base64("wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==");
    REQUIRE(signature);
    CHECK(key->verify(base, *signature));
}

TEST_CASE("RFC 9530: the digest of the published example body") {
    CHECK(content_digest("{\"hello\": \"world\"}\n", SignatureAlgorithm::Ed25519) ==
          "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:");
}

TEST_CASE("the signature base of a request is written as the profile says") {
    Bench bench;
    const Request request = received(bench.signed_post());
    const std::string input(request.headers.value("signature-input"));
    CHECK(signature_base_of(request) ==
          "\"@method\": POST\n\"@authority\": api.example\n\"@path\": /v1/orders\n\"@query\": ?x=1\n"
          "\"content-type\": application/json\n\"content-digest\": " +
              content_digest("{\"a\":1}", SignatureAlgorithm::Ed25519) +
              "\n\"idempotency-key\": k-1\n\"@signature-params\": " + input.substr(5));
    CHECK(
        input.starts_with("sig1=(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-type\" \"content-digest\" "
                          "\"idempotency-key\");created=1764000000;expires=1764000300;nonce=\""));
    CHECK(input.ends_with("\";keyid=\"key-1\";tag=\"huiqiao-sig-1\""));
}

TEST_CASE("a signed request verifies and tells its nonce, for Ed25519 and SM2") {
    for (const auto algorithm : {SignatureAlgorithm::Ed25519, SignatureAlgorithm::Sm2Sm3}) {
        Bench bench(algorithm);
        const OutgoingRequest request = bench.signed_post();
        const auto verified = bench.verify(received(request));
        REQUIRE(verified.ok());
        CHECK(verified->key_id == "key-1");
        CHECK(from_base64url(verified->nonce)->size() == 16);
        CHECK(verified->signature == request_signature_of(request));
        CHECK(request.headers.value("content-digest")
                  .starts_with(algorithm == SignatureAlgorithm::Sm2Sm3 ? "sm3=" : "sha-256="));
    }
    Bench bench;
    OutgoingRequest get;
    get.base_url = "http://api.example";
    get.target = "/v1/orders";
    sign_request(get, {&bench.key, "key-1"}, kNow, bench.random);
    CHECK(get.headers.count("content-digest") == 0);
    CHECK(bench.verify(received(get)).ok());
    CHECK(bench.verify(received(get), kNow, {"other.example"}).ok() == false);
    CHECK(bench.verify(received(get), kNow, {"other.example", "api.example"}).ok());
}

TEST_CASE("SEC-02: whatever is changed, the answer is the same signature_invalid") {
    Bench bench;
    const Request good = received(bench.signed_post());
    REQUIRE(bench.verify(good).ok());
    const std::string input(good.headers.value("signature-input"));
    const std::string signature(good.headers.value("signature"));
    const auto with = [&](const char* name, const std::string& value) {
        Request changed = good;
        changed.headers.set(name, value);
        return changed;
    };
    std::vector<std::pair<std::string, Request>> rows;
    const auto change = [&](const char* name, const std::function<void(Request&)>& how) {
        Request changed = good;
        how(changed);
        rows.emplace_back(name, std::move(changed));
    };
    change("method", [](Request& r) { r.method = Method::Put; });
    change("path", [](Request& r) { REQUIRE(set_target(r, "/v1/order?x=1").ok()); });
    change("query", [](Request& r) { REQUIRE(set_target(r, "/v1/orders?x=2").ok()); });
    change("no query", [](Request& r) { REQUIRE(set_target(r, "/v1/orders").ok()); });
    change("host", [](Request& r) { r.headers.set("Host", "evil.example"); });
    change("no host", [](Request& r) { r.headers.remove("Host"); });
    change("body", [](Request& r) { r.body += " "; });
    change("empty body", [](Request& r) { r.body.clear(); });
    change("body and digest", [](Request& r) {
        r.body = "{}";
        r.headers.set("Content-Digest", content_digest(r.body, SignatureAlgorithm::Ed25519));
    });
    change("no digest", [](Request& r) { r.headers.remove("Content-Digest"); });
    change("two digests", [](Request& r) { r.headers.add("Content-Digest", r.headers.value("Content-Digest")); });
    change("no type", [](Request& r) { r.headers.remove("Content-Type"); });
    change("other type", [](Request& r) { r.headers.set("Content-Type", "text/plain"); });
    change("no idempotency key", [](Request& r) { r.headers.remove("Idempotency-Key"); });
    change("other idempotency key", [](Request& r) { r.headers.set("Idempotency-Key", "k-2"); });
    change("two idempotency keys", [](Request& r) { r.headers.add("Idempotency-Key", "k-1"); });
    change("no signature", [](Request& r) { r.headers.remove("Signature"); });
    change("no input", [](Request& r) { r.headers.remove("Signature-Input"); });
    change("two signatures", [&](Request& r) { r.headers.add("Signature", signature); });
    rows.emplace_back("unknown key", with("Signature-Input", replaced(input, "key-1", "key-2")));
    rows.emplace_back("later expiry", with("Signature-Input", replaced(input, "1764000300", "1764000301")));
    rows.emplace_back("other nonce", with("Signature-Input", replaced(input, "nonce=\"", "nonce=\"A")));
    rows.emplace_back("alg", with("Signature-Input", input + ";alg=\"ed25519\""));
    rows.emplace_back("parameter twice", with("Signature-Input", input + ";tag=\"huiqiao-sig-1\""));
    rows.emplace_back("other tag", with("Signature-Input", replaced(input, "huiqiao-sig-1", "huiqiao-sig-2")));
    rows.emplace_back("no nonce", with("Signature-Input", replaced(input, ";nonce=", ";n0nce=")));
    rows.emplace_back("component missing", with("Signature-Input", replaced(input, " \"content-digest\"", "")));
    rows.emplace_back("component order", with("Signature-Input", replaced(input, "\"@method\" \"@authority\"",
                                                                          "\"@authority\" \"@method\"")));
    rows.emplace_back("second label", with("Signature-Input", input + ", sig2=()"));
    rows.emplace_back("other label", with("Signature-Input", replaced(input, "sig1=", "sig2=")));
    rows.emplace_back("spaces", with("Signature-Input", replaced(input, ";created", "; created")));
    rows.emplace_back("empty input", with("Signature-Input", ""));
    rows.emplace_back("signature without colons",
                      with("Signature", "sig1=" + signature.substr(6, signature.size() - 7)));
    rows.emplace_back("signature cut short", with("Signature", signature.substr(0, signature.size() - 6) + ":"));
    rows.emplace_back("signature of nothing", with("Signature", "sig1=::"));
    rows.emplace_back("signature with another letter", with("Signature", replaced(signature, signature.substr(12, 1),
                                                                                  signature[12] == 'A' ? "B" : "A")));
    for (const auto& [name, request] : rows) {
        CAPTURE(name);
        const auto verified = bench.verify(request);
        REQUIRE_FALSE(verified.ok());
        CHECK(verified.error().code->text == "signature_invalid");
        CHECK(verified.error().code->group == ErrorGroup::Unauthenticated);
    }
}

TEST_CASE("a signature is good for its window only, on both sides of our clock") {
    Bench bench;
    const Request request = received(bench.signed_post());
    CHECK(bench.verify(request, kNow + std::chrono::seconds(300)).ok());
    CHECK_FALSE(bench.verify(request, kNow + std::chrono::seconds(301)).ok());
    CHECK(bench.verify(request, kNow - std::chrono::seconds(300)).ok());
    CHECK_FALSE(bench.verify(request, kNow - std::chrono::seconds(301)).ok());
    OutgoingRequest brief = bench.post();
    sign_request(brief, {&bench.key, "key-1"}, kNow, bench.random, std::chrono::seconds(10));
    CHECK(bench.verify(received(brief), kNow + std::chrono::seconds(10)).ok());
    CHECK_FALSE(bench.verify(received(brief), kNow + std::chrono::seconds(11)).ok());
    OutgoingRequest eternal = bench.post();
    CHECK_THROWS_AS(sign_request(eternal, {&bench.key, "key-1"}, kNow, bench.random, std::chrono::seconds(301)),
                    LogicError);
}

TEST_CASE("SEC-03: the algorithm and its digest come from the key, not from the request") {
    Bench bench(SignatureAlgorithm::Sm2Sm3);
    OutgoingRequest request = bench.signed_post();
    Request changed = received(request);
    changed.headers.set("Content-Digest", content_digest(changed.body, SignatureAlgorithm::Ed25519));
    CHECK_FALSE(bench.verify(changed).ok());
}

TEST_CASE("a GET with a body that no signature covers is refused") {
    Bench bench;
    OutgoingRequest get;
    get.base_url = "http://api.example";
    get.target = "/v1/orders";
    sign_request(get, {&bench.key, "key-1"}, kNow, bench.random);
    Request request = received(get);
    request.body = "{}";
    CHECK_FALSE(bench.verify(request).ok());
}

TEST_CASE("an answer's signature binds status, body and the request that it answers") {
    Bench bench;
    const OutgoingRequest first = bench.signed_post();
    const OutgoingRequest second = bench.signed_post();
    REQUIRE(request_signature_of(first) != request_signature_of(second));
    Response response = Response::json(201, "{\"id\":\"ord_1\"}");
    sign_response(response, request_signature_of(first), {&bench.key, "key-1"}, kNow, bench.random);
    const KeyLookup lookup = [&](std::string_view) { return std::optional(bench.verify_key); };
    CHECK(verify_response(response, request_signature_of(first), lookup, kNow).ok());
    CHECK_FALSE(verify_response(response, request_signature_of(second), lookup, kNow).ok());
    Response status = response;
    status.status = 200;
    CHECK_FALSE(verify_response(status, request_signature_of(first), lookup, kNow).ok());
    Response body = response;
    body.body += " ";
    CHECK_FALSE(verify_response(body, request_signature_of(first), lookup, kNow).ok());
    CHECK_FALSE(verify_response(Response::json(200, "{}"), request_signature_of(first), lookup, kNow).ok());
}

TEST_CASE("a webhook is signed as Standard Webhooks says and verified by key or secret") {
    Bench bench;
    Bench other(SignatureAlgorithm::Sm2Sm3);
    const Secret secret("a secret of twenty-four b");
    Headers headers;
    sign_webhook(headers, "evt_1", kNow, "{\"a\":1}", {&bench.key, &other.key}, {&secret});
    CHECK(headers.value("webhook-timestamp") == "1764000000");
    const std::string signatures(headers.value("webhook-signature"));
    CHECK(signatures.starts_with("v1a," + base64(bench.key.sign("evt_1.1764000000.{\"a\":1}"))));
    CHECK(signatures.find(" v1sm,") != std::string::npos);
    CHECK(signatures.ends_with(" v1," +
                               base64(crypto::hmac_sha256(secret.reveal(), as_bytes("evt_1.1764000000.{\"a\":1}")))));

    CHECK(verify_webhook(headers, "{\"a\":1}", kNow, {bench.verify_key}));
    CHECK(verify_webhook(headers, "{\"a\":1}", kNow, {other.verify_key}));
    CHECK(verify_webhook(headers, "{\"a\":1}", kNow, {}, {&secret}));
    CHECK_FALSE(verify_webhook(headers, "{\"a\":1}", kNow, {}));
    CHECK_FALSE(verify_webhook(headers, "{\"a\":2}", kNow, {bench.verify_key}, {&secret}));
    CHECK(verify_webhook(headers, "{\"a\":1}", kNow + kWebhookTolerance, {bench.verify_key}));
    CHECK_FALSE(
        verify_webhook(headers, "{\"a\":1}", kNow + kWebhookTolerance + std::chrono::seconds(1), {bench.verify_key}));
    CHECK_FALSE(
        verify_webhook(headers, "{\"a\":1}", kNow - kWebhookTolerance - std::chrono::seconds(1), {bench.verify_key}));
    Headers renamed = headers;
    renamed.set("webhook-id", "evt_2");
    CHECK_FALSE(verify_webhook(renamed, "{\"a\":1}", kNow, {bench.verify_key}));
    Headers downgraded = headers;
    downgraded.set("webhook-signature", replaced(signatures, "v1a,", "v1,"));
    CHECK_FALSE(verify_webhook(downgraded, "{\"a\":1}", kNow, {bench.verify_key}));
    CHECK_THROWS_AS(sign_webhook(headers, "evt.1", kNow, "", {&bench.key}), LogicError);
    CHECK_THROWS_AS(sign_webhook(headers, "evt_1", kNow, "", {}), LogicError);
}

TEST_CASE("Standard Webhooks: the published HMAC example verifies") {
    const Secret secret(from_base64("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").value());
    Headers headers{{"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"},
                    {"webhook-timestamp", "1614265330"},
                    {"webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}};
    CHECK(verify_webhook(headers, "{\"test\": 2432232314}", from_us(1'614'265'330'000'000), {}, {&secret}));
}
