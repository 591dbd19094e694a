#include "src/api/phone_json.h"

namespace huiqiao::api {

namespace {

void write_slip(http::JsonWriter& json, const fx::PhoneSlip& slip) {
    json.key("slip")
        .open_object()
        .field("number", slip.number)
        .field("price", slip.price.text())
        .field("unit_base", slip.price.unit_base())
        .field("cny", slip.cny)
        .field("foreign", slip.foreign)
        .field("value_date", slip.value_date.text())
        .close_object();
}

}  // namespace

void write_phone_deal(http::JsonWriter& json, const fx::PhoneDeal& deal, const std::string& reference,
                      const std::string& dealer) {
    const fx::PhoneCall& call = deal.call;
    json.open_object()
        .field("id", deal.id)
        .field("state", to_text(deal.state))
        .field("purchase_id", deal.purchase_id)
        .field("reference", reference)
        .field("bank", call.bank)
        .field("dealer", dealer)
        .field("called_at", call.called_at)
        .field("pair", std::string(call.currency().code()) + "/CNY")
        .field("price", call.price.text())
        .field("unit_base", call.price.unit_base())
        .field("fixed_side", to_text(call.fixed_side()))
        .field("cny", deal.amounts.cny)
        .field("foreign", deal.amounts.foreign)
        .field("value_date", call.value_date.text())
        .field("expires_at", call.expires_at)
        .field("recording", call.recording)
        .field("maker", deal.maker)
        .field("recorded_at", deal.recorded_at);
    if (!deal.checker.empty()) json.field("checker", deal.checker);
    if (deal.slip) write_slip(json, *deal.slip);
    if (deal.slip) {
        json.key("differences").open_array();
        for (const fx::SlipDifference& each : fx::differences(deal, *deal.slip)) json.value(each.english);
        json.close_array();
    }
    if (deal.decided_at != Instant{}) json.field("decided_at", deal.decided_at);
    json.close_object();
}

}  // namespace huiqiao::api
