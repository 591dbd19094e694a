#include "src/api/proposal.h"

#include <algorithm>
#include <array>

#include "src/http/json.h"
#include "src/http/json_writer.h"

namespace huiqiao::api {

namespace {

constexpr std::array<ProposedAction, 12> kActions{{
    {"resolve_instruction",
     R"({"instruction_id":"...","outcome":"confirmed" or "rejected","their_reference":"..." (may be left out)})",
     false},
    {"accept_rate", R"({"bank":"sandbox-bank","currency":"USD","quote_id":"quo_..."})", false},
    {"resume_payouts", R"({"currency":"CNY"})", false},
    {"release_order",
     R"({"order_ids":["ord_..."],"outcome":"released" or "kept","subject_id":"..." (may be left out)})"},
    {"resolve_suspense",
     R"({"entry_id":"ent_...","to":"order" or "merchants"} or {"entry_id":"ent_...","to":"merchant",)"
     R"("merchant_id":"mch_..."} or "to":"own_transfer" with "remittance_id", "purchase" with "purchase_id", )"
     R"("lock_end" with "end_id")"},
    {"explain_debit",
     R"({"entry_id":"ent_...","as":"agreement" or "given_up"} or {"entry_id":"ent_...","as":"remittance", )"
     R"("purchase", "merchant", "own_transfer", "lock_end" or "recalled","subject_id":"..."})"},
    {"declare_again", R"({"order_id":"ord_..."})"},
    {"own_transfer", R"({"direction":"top_up" or "sweep","provision_account":"sb-cny","own_account":"own-cny",)"
                     R"("amount":{"currency":"CNY","amount":"12.30"}})"},
    {"settle_phone_deal", R"({"phone_deal_id":"phd_...","outcome":"as_slip", "slip_wrong" or "not_dealt"})"},
    {"settle_far_off_deal", R"({"purchase_id":"pur_...","outcome":"stands" or "void","bank_word":"..."})"},
    {"settle_transfer", R"({"remittance_id":"rem_...","as":"charge", "loss", "excess" or "not_executed"})"},
    {"settle_lock_end", R"({"end_id":"lke_...","outcome":"settled_otherwise","entry_id":"ent_..."} or )"
                        R"({"end_id":"lke_...","outcome":"nothing_comes"})"},
}};

std::string names() {
    std::string all;
    for (const ProposedAction& each : kActions) all += (all.empty() ? "" : ", ") + std::string(each.name);
    return all;
}

/// The reason by the rule of the service, which counts characters and not bytes.
bool is_good_reason(const std::string& reason) {
    const Result<http::Json> json =
        http::Json::parse(http::JsonWriter().open_object().field("reason", reason).close_object().take());
    if (!json) return false;
    std::vector<Error> errors;
    http::JsonObject(json->root(), errors).text("reason", {10, 250, false, false});
    return errors.empty();
}

std::string why_of(const Error& fault) {
    for (const auto& [name, value] : fault.parameters) {
        if (name == "why") return value;
    }
    return fault.english();
}

}  // namespace

std::span<const ProposedAction> proposed_actions() {
    return kActions;
}

Result<std::string> proposal_body(const ProposalCommand& command) {
    const auto action = std::find_if(kActions.begin(), kActions.end(),
                                     [&](const ProposedAction& each) { return each.name == command.action; });
    if (action == kActions.end())
        return Error(api_error::kNoSuchAction, {{"action", command.action}, {"actions", names()}});
    const auto bad_content = [&](std::string why) {
        return Error(api_error::kBadContent,
                     {{"why", std::move(why)}, {"action", command.action}, {"shape", std::string(action->content)}});
    };
    const Result<http::Json> content = http::Json::parse(command.content);
    if (!content) return bad_content(why_of(content.error()));
    if (content->root().kind() != http::JsonKind::Object) return bad_content("it is another JSON value");
    for (const auto& [field, option] : {std::pair{"reason", "--reason"}, std::pair{"evidence_sha256", "--evidence"}}) {
        if (content->root().find(field))
            return Error(api_error::kGroundsInContent, {{"field", field}, {"option", option}});
    }
    if (!is_good_reason(command.reason)) return Error(api_error::kBadReason);
    if (action->takes_evidence && !command.evidence_sha256)
        return Error(api_error::kProposalEvidence, {{"action", command.action}});
    if (!action->takes_evidence && command.evidence_sha256)
        return Error(api_error::kNoEvidenceTaken, {{"action", command.action}});

    http::JsonWriter grounds;
    grounds.open_object().field("reason", command.reason);
    if (command.evidence_sha256) grounds.field("evidence_sha256", *command.evidence_sha256);
    // {"a":1} and {"reason":"…"} become {"reason":"…","a":1}.
    std::string whole = grounds.close_object().take();
    whole.back() = content->root().fields().empty() ? ' ' : ',';
    whole += command.content.substr(command.content.find('{') + 1);
    http::JsonWriter body;
    body.open_object().field("action", command.action).raw_field("content", whole).close_object();
    return body.take();
}

}  // namespace huiqiao::api
