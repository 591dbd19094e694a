#pragma once
// What is told of a deal on the telephone, by the operators' API and the desk's command alike.

#include <string>

#include "fx/phone_deal.h"
#include "src/http/json_writer.h"

namespace huiqiao::api {

/// An object. reference: its purchase's, by which the bank's statements name it. dealer: at the bank, opened.
void write_phone_deal(http::JsonWriter& json, const fx::PhoneDeal& deal, const std::string& reference,
                      const std::string& dealer);

}  // namespace huiqiao::api
