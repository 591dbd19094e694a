#include "src/app/parties_file.h"

#include "src/http/json.h"

namespace huiqiao::app {

namespace {

constexpr std::size_t kMost = 5000;
constexpr std::chrono::hours kKeyLife{24 * 365};
constexpr http::TextRule kId{1, 64, false, true};
constexpr std::string_view kBearers[] = {"institution", "merchant"};
constexpr std::string_view kQuoteExpiries[] = {"re_quote", "hold", "at_market"};

parties::Platform read_platform(http::JsonObject& json, const std::string& webhook_base, Instant now) {
    parties::Platform platform;
    platform.id = json.text("id", kId);
    platform.name = json.text("name");
    platform.customs_code = json.text("customs_code", {0, 18, false, true});
    platform.customs_name = json.text("customs_name", {0, 100, false, false});
    platform.identity_verified = json.boolean("identity_verified");
    const std::string path = json.optional_text("webhook_path", {0, 200, false, true}).value_or("");
    if (!path.empty() && !webhook_base.empty()) platform.webhook_url = webhook_base + path;
    platform.created_at = now;
    json.finish();
    return platform;
}

parties::Merchant read_merchant(http::JsonObject& json, Instant now) {
    parties::Merchant merchant;
    merchant.id = json.text("id", kId);
    merchant.platform_id = json.text("platform_id", kId);
    merchant.name = json.text("name");
    merchant.created_at = now;
    http::JsonObject agreement = json.object("agreement");
    merchant.agreement.fee_basis_points = agreement.integer("fee_basis_points", 0, 10'000);
    if (const auto minimum = agreement.money("fee_minimum")) merchant.agreement.fee_minimum_minor = minimum->minor();
    const auto bearer = [&](const char* name) {
        return agreement.choice(name, kBearers) == "merchant" ? parties::Bearer::Merchant
                                                              : parties::Bearer::Institution;
    };
    merchant.agreement.channel_cost = bearer("channel_cost");
    merchant.agreement.fx_result = bearer("fx_result");
    if (const auto rule = agreement.optional_choice("quote_expiry", kQuoteExpiries))
        merchant.agreement.quote_expiry = parties::quote_expiry_from_text(*rule);
    agreement.finish();
    json.finish();
    return merchant;
}

parties::Payee read_payee(http::JsonObject& json, Instant now) {
    parties::Payee payee{.id = json.text("id", kId),
                         .merchant_id = json.text("merchant_id", kId),
                         .state = parties::PartyState::Active,
                         .currency = json.currency("currency").value_or(Currency::known("CNY")),
                         .country = json.text("country", {2, 2, false, true}),
                         .created_at = now,
                         .name = json.text("name", {1, 140, true, false}),
                         .account = json.text("account", {1, 34, false, true}),
                         .bic = json.text("bic", {0, 11, false, true}),
                         .clearing_code = json.text("clearing_code", {0, 20, false, true}),
                         .bank_name = json.text("bank_name", {0, 140, false, false}),
                         .street = json.text("street", {0, 70, false, false}),
                         .town = json.text("town", {1, 70, false, false}),
                         .post_code = json.text("post_code", {0, 16, false, true}),
                         .residence = json.text("residence", {2, 2, false, true})};
    json.finish();
    return payee;
}

parties::PlatformKey read_key(http::JsonObject& json, Instant now) {
    constexpr std::string_view kAlgorithms[] = {"ed25519", "sm2_sm3"};
    parties::PlatformKey key;
    key.id = json.text("id", kId);
    key.platform_id = json.text("platform_id", kId);
    const std::string algorithm = json.choice("algorithm", kAlgorithms);
    key.algorithm = crypto::signature_algorithm_from_text(algorithm).value_or(crypto::SignatureAlgorithm::Ed25519);
    key.public_key = json.text("public_key", {1, 2000, false, false});
    key.not_before = now;
    key.not_after = now + kKeyLife;
    json.finish();
    return key;
}

}  // namespace

PartiesFile read_parties(std::string_view text, const std::string& webhook_base, Instant now) {
    PartiesFile file{std::make_shared<flow::RegisterItem>(), {}};
    const Result<http::Json> json = http::Json::parse(text, {8, kMost, 128, 8192, std::size_t{8} * 1024 * 1024});
    if (!json) {
        file.faults.push_back(json.error());
        return file;
    }
    http::JsonObject root(json->root(), file.faults);
    const auto list = [&root](const char* name) {
        return root.has(name) ? root.objects(name, 0, kMost) : std::vector<http::JsonObject>();
    };
    for (http::JsonObject& platform : list("platforms"))
        file.item->platforms.push_back(read_platform(platform, webhook_base, now));
    for (http::JsonObject& key : list("keys")) file.item->keys.push_back(read_key(key, now));
    for (http::JsonObject& merchant : list("merchants")) file.item->merchants.push_back(read_merchant(merchant, now));
    for (http::JsonObject& payee : list("payees")) file.item->payees.push_back(read_payee(payee, now));
    root.finish();
    return file;
}

}  // namespace huiqiao::app
