#pragma once
// A payment as platforms read it.

#include "src/http/json_writer.h"
#include "src/orders/payment.h"

namespace huiqiao::api {

void write_payment(http::JsonWriter& json, const orders::Payment& payment);

}  // namespace huiqiao::api
