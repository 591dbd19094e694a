#pragma once
// What a bank's quote says, as every answer and event of the operators' API tells it.

#include "fx/desk.h"
#include "src/http/json_writer.h"

namespace huiqiao::api {

/// Into the open object: the bank's word, its rate for one unit and as it came, the client's, the mid and the distance.
inline void write_rate(http::JsonWriter& json, const fx::Quote& quote) {
    json.field("bank_reference", quote.bank_reference)
        .field("bank_rate", quote.bank_rate.per_one())
        .field("bank_rate_text", quote.bank_rate.text())
        .field("unit_base", quote.bank_rate.unit_base())
        .field("client_rate", quote.client_rate.per_one())
        .field("markup_bp", quote.markup_bp)
        .field("mid", quote.mid.per_one())
        .field("above_mid_bp", fx::above_mid_bp(quote));
}

}  // namespace huiqiao::api
