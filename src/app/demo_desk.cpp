#include "src/app/demo_desk.h"

#include <stdexcept>

#include "src/app/demo_answer.h"
#include "src/http/json_writer.h"
#include "src/http/message_signature.h"

namespace huiqiao::app {

namespace {

using namespace std::chrono_literals;

constexpr auto kTimeout = 40s;
constexpr auto kHolds = 1h;  // as the bank's dealer says

crypto::SigningKey registered(DemoWorld& world, crypto::KeyStore& keys, const std::string& id, const char* role) {
    if (world.job("operator", {id, "Demo " + id.substr(4), role, "--person", "staff-" + id.substr(4)}) != 0)
        throw std::runtime_error("'huiqiao operator' failed; see " +
                                 (world.directory() / "logs" / "operator.log").string());
    return keys.signing_key(id, crypto::SignatureAlgorithm::Ed25519).value();
}

/// What a bank says of a price: {"pair","price","unit_base"}.
void write_price(http::JsonWriter& json, const http::JsonValue& said) {
    json.field("pair", said.find("pair")->text())
        .field("price", said.find("price")->text())
        .field("unit_base", said.find("unit_base")->integer());
}

void write_money(http::JsonWriter& json, const char* name, const http::JsonValue& money) {
    json.key(name)
        .open_object()
        .field("currency", money.find("currency")->text())
        .field("amount", money.find("amount")->text())
        .close_object();
}

}  // namespace

DemoDesk::DemoDesk(DemoWorld& world, crypto::KeyStore& keys, Random& random)
    : world_(world),
      random_(random),
      dealer_{"opr_dealer", registered(world, keys, "opr_dealer", "dealer")},
      confirmer_{"opr_confirmer", registered(world, keys, "opr_confirmer", "confirmer")} {}

http::Outcome DemoDesk::send(const Person& who, http::Method method, const std::string& target,
                             const std::string& body) {
    http::OutgoingRequest request;
    request.method = method;
    request.base_url = world_.url("operators");
    request.target = target;
    request.body = body;
    if (method == http::Method::Post) request.headers.set("Content-Type", "application/json");
    http::sign_request(request, {&who.key, who.id}, world_.clock().now(), random_);
    request.deadline = world_.clock().monotonic() + kTimeout;
    return http::call(world_.client(), std::move(request), world_.clock());
}

bool DemoDesk::buy_by_phone(const std::string& bank, const std::string& currency) {
    const http::Outcome seen = send(dealer_, http::Method::Get, "/v1/ops/exposure");
    if (seen.kind != http::OutcomeKind::Answered || seen.answer.status != 200)
        throw std::runtime_error("The dealer cannot see the exposure: " + seen.text + seen.answer.body.substr(0, 500));
    const http::Json exposure = http::Json::parse(seen.answer.body).value();
    std::optional<Money> open;
    for (const http::JsonValue& each : exposure.root().find("exposure")->items()) {
        if (text_of(each, "currency") == currency)
            open = Money::parse(Currency::known("CNY"), each.find("open_cny")->find("amount")->text()).value();
    }
    why_not_ = "nothing waits";
    if (!open || !open->is_positive()) return false;

    const http::Json said = world_.ask(bank, http::Method::Get, "/admin/phone-deals?currency=" + currency);
    const Instant now = world_.clock().now();
    http::JsonWriter call;
    call.open_object().field("bank", bank).field("dealer", "Chen Wei").field("called_at", now);
    write_price(call, said.root());
    call.field("amount", *open)
        .field("value_date", Date::in_shanghai(now))
        .field("expires_at", now + kHolds)
        .field("recording", "REC-" + currency + "-0001")
        .close_object();
    const http::Outcome recorded = send(dealer_, http::Method::Post, "/v1/ops/phone-deals", call.take());
    if (recorded.kind != http::OutcomeKind::Answered)
        throw std::runtime_error("The dealer's record was not answered: " + recorded.text);
    // Its money may be in no bank's account yet, or be bought elsewhere in this moment: nothing was recorded.
    why_not_ = recorded.answer.body;
    if (recorded.answer.status != 201) return false;
    const http::Json record = http::Json::parse(recorded.answer.body).value();

    const Config::Bank& there = world_.given().bank_named(bank);
    http::JsonWriter told;
    told.open_object()
        .field("reference", record.root().find("reference")->text())
        .field("price", said.root().find("price")->text())
        .field("amount", *open)
        .field("cny_account", there.cny_account)
        .field("foreign_account", there.foreign.at(currency))
        .close_object();
    const http::Json slip = world_.ask(bank, http::Method::Post, "/admin/phone-deals", told.take());

    http::JsonWriter seen_slip;
    seen_slip.open_object().field("slip_number", slip.root().find("number")->text());
    write_price(seen_slip, slip.root());
    write_money(seen_slip, "cny", *slip.root().find("cny"));
    write_money(seen_slip, "foreign", *slip.root().find("foreign"));
    seen_slip.field("value_date", slip.root().find("value_date")->text()).close_object();
    const http::Outcome confirmed =
        send(confirmer_, http::Method::Post, "/v1/ops/phone-deals/" + text_of(record.root(), "id") + "/confirm",
             seen_slip.take());
    if (confirmed.kind != http::OutcomeKind::Answered || confirmed.answer.status != 200)
        throw std::runtime_error("The slip of the deal on the telephone was not taken: " + confirmed.text +
                                 confirmed.answer.body.substr(0, 500));
    return true;
}

}  // namespace huiqiao::app
