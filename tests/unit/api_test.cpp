#include <doctest/doctest.h>

#include <cstdio>

#include "src/api/openapi.h"
#include "src/api/proposal.h"
#include "src/api/request_store.h"
#include "src/api/sign_command.h"
#include "tests/support/openapi_check.h"

using namespace huiqiao;

namespace {

const Instant kNow = from_us(1'764'000'000'000'000);

/// What a shell would hand to curl.
std::vector<std::string> words(const std::string& command) {
    std::vector<std::string> all;
    FILE* shell = ::popen(("printf '%s\\001' " + command).c_str(), "r");
    REQUIRE(shell != nullptr);
    std::string text;
    for (int c = std::fgetc(shell); c != EOF; c = std::fgetc(shell)) text += static_cast<char>(c);
    ::pclose(shell);
    for (std::size_t at = 0, end = 0; (end = text.find('\001', at)) != std::string::npos; at = end + 1)
        all.push_back(text.substr(at, end - at));
    return all;
}

}  // namespace

TEST_CASE("ORD-02 a fingerprint covers method, target and body, each apart") {
    const std::string one = api::request_fingerprint("POST", "/v1/orders", "{}");
    CHECK(one == api::request_fingerprint("POST", "/v1/orders", "{}"));
    CHECK(one != api::request_fingerprint("PUT", "/v1/orders", "{}"));
    CHECK(one != api::request_fingerprint("POST", "/v1/orders?", "{}"));
    CHECK(one != api::request_fingerprint("POST", "/v1/orders", "{ }"));
    CHECK(one != api::request_fingerprint("POST", "/v1/order", "s{}"));
}

TEST_CASE("ORD-04 keys have 16 to 64 of the allowed characters") {
    CHECK(api::is_idempotency_key("abcDEF0123456_-9"));
    CHECK(api::is_idempotency_key(std::string(64, 'a')));
    CHECK_FALSE(api::is_idempotency_key(std::string(15, 'a')));
    CHECK_FALSE(api::is_idempotency_key(std::string(65, 'a')));
    CHECK_FALSE(api::is_idempotency_key("abcdefghijklmno|"));
    CHECK_FALSE(api::is_idempotency_key("密钥密钥密钥密钥"));
}

TEST_CASE("the curl command carries a signature that verifies, whatever the body's characters") {
    SeededRandom random(5);
    const crypto::SigningKey key = crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, random);
    const std::string body = R"({"name":"it's $HOME `id` \"x\" 张三"})";
    const auto command = api::signed_curl({"POST", "http://127.0.0.1:7800/v1/orders?x=1", body, "key-0000000000000001"},
                                          {&key, "key_1"}, kNow, random);
    REQUIRE(command.ok());
    const std::vector<std::string> given = words(*command);
    http::Request received;
    for (std::size_t i = 0; i + 1 < given.size(); ++i) {
        if (given[i] == "-X") received.method = http::method_from_text(given[i + 1]).value();
        if (given[i] == "--data-raw") received.body = given[i + 1];
        if (given[i] != "-H") continue;
        const std::size_t colon = given[i + 1].find(": ");
        received.headers.add(given[i + 1].substr(0, colon), given[i + 1].substr(colon + 2));
    }
    CHECK(given.front() == "curl");
    CHECK(given.back() == "http://127.0.0.1:7800/v1/orders?x=1");
    REQUIRE(http::set_target(received, "/v1/orders?x=1").ok());
    received.headers.set("Host", "127.0.0.1:7800");
    CHECK(received.body == body);
    const auto lookup = [&](std::string_view id) {
        return id == "key_1" ? std::optional(key.verify_key()) : std::nullopt;
    };
    CHECK(http::verify_request(received, lookup, kNow).ok());
    received.body += " ";
    CHECK_FALSE(http::verify_request(received, lookup, kNow).ok());
}

TEST_CASE("a command that could not be signed or sent is refused with a reason") {
    SeededRandom random(5);
    const crypto::SigningKey key = crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, random);
    const auto refused = [&](const char* method, const char* url, const char* body) {
        const auto command = api::signed_curl({method, url, body, ""}, {&key, "key_1"}, kNow, random);
        return !command.ok() && command.error().code->text == "bad_sign_command";
    };
    CHECK(refused("BREW", "http://a/v1", ""));
    CHECK(refused("GET", "a/v1", ""));
    CHECK(refused("GET", "http:///v1", ""));
    CHECK(refused("GET", "http://a/../v1", ""));
    CHECK(refused("GET", "http://a/v1", "{}"));
    CHECK_FALSE(refused("GET", "http://a", ""));
}

TEST_CASE("the checker of answers sees a missing, a wrong, an additional and an undocumented field or status") {
    const testing::OpenApiCheck check(api::openapi_document());
    CHECK(check.schema_faults("Money", R"({"currency":"CNY","amount":"1.00"})").empty());
    CHECK_FALSE(check.schema_faults("Money", R"({"currency":"CNY"})").empty());
    CHECK_FALSE(check.schema_faults("Money", R"({"currency":"cny","amount":"1.00"})").empty());
    CHECK_FALSE(check.schema_faults("Money", R"({"currency":"CNY","amount":1})").empty());
    CHECK_FALSE(check.schema_faults("Money", R"({"currency":"CNY","amount":"1.00","scale":2})").empty());
    CHECK_FALSE(check.schema_faults("PaymentList", R"({"payments":[{}]})").empty());
    CHECK_FALSE(check.schema_faults("NewApproval", R"({"action":"accept_rate","content":{}})").empty());
    CHECK(check.faults(http::Method::Get, "/health/live", http::Response::json(200, R"({"live":true})")).empty());
    CHECK_FALSE(check.faults(http::Method::Get, "/health/live", http::Response::json(200, R"({"live":1})")).empty());
    CHECK_FALSE(check.faults(http::Method::Get, "/health/live", http::Response::json(204, "{}")).empty());
    CHECK_FALSE(check.faults(http::Method::Get, "/v1/unknown", http::Response::json(200, "{}")).empty());
    CHECK_FALSE(check.faults(http::Method::Get, "/health/live", http::Response::text(200, "{}")).empty());
}

TEST_CASE("a proposal that could not be carried out as typed is refused before it is signed, and says which argument") {
    const std::string hash(64, 'b');
    struct Row {
        api::ProposalCommand command;
        const char* code;
        const char* says;
    };
    const std::string good = "as the letter of 13 May says";
    for (const Row& row :
         {Row{{"resume_payout", "{}", good, std::nullopt}, "no_such_action", "resume_payouts"},
          Row{{"resume_payouts", "{currency:CNY}", good, std::nullopt}, "bad_content", "The argument CONTENT"},
          Row{{"resume_payouts", "[1]", good, std::nullopt}, "bad_content", R"({"currency":"CNY"})"},
          Row{{"resume_payouts", R"({"currency":"CNY","reason":"x"})", good, std::nullopt},
              "grounds_in_content",
              "--reason"},
          Row{{"resume_payouts", R"({"currency":"CNY"})", "too short", std::nullopt}, "bad_reason", "10 to 250"},
          Row{{"resume_payouts", R"({"currency":"CNY"})", std::string(251, 'x'), std::nullopt},
              "bad_reason",
              "10 to 250"},
          Row{{"resume_payouts", R"({"currency":"CNY"})", good, hash}, "no_evidence_taken", "--evidence"},
          Row{{"declare_again", R"({"order_id":"ord_1"})", good, std::nullopt}, "proposal_evidence", "--evidence"}}) {
        CAPTURE(row.command.content);
        const Result<std::string> body = api::proposal_body(row.command);
        REQUIRE_FALSE(body.ok());
        CHECK(body.error().code->text == row.code);
        CHECK(body.error().english().find(row.says) != std::string::npos);
        CHECK(body.error().english().ends_with("Nothing was signed."));
        CHECK(body.error().chinese().ends_with("未作签名。"));
    }
    // Characters are counted, not bytes: nine of them are 27.
    CHECK(api::proposal_body({"resume_payouts", "{}", "银行五月十三日来函", std::nullopt}).ok() == false);
    CHECK(api::proposal_body({"resume_payouts", "{}", "银行五月十三日来函说明", std::nullopt}).value() ==
          R"({"action":"resume_payouts","content":{"reason":"银行五月十三日来函说明" }})");
}

TEST_CASE("the actions that 'propose' knows are those of the API's description") {
    std::string names;
    for (const api::ProposedAction& each : api::proposed_actions())
        names += (names.empty() ? "" : ",") + ("\"" + std::string(each.name) + "\"");
    std::string document(api::openapi_document());
    std::erase_if(document, [](char c) { return c == ' ' || c == '\n'; });
    CHECK(document.find("[" + names + "]") != std::string::npos);
}
