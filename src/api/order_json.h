#pragma once
// An order as platforms write and read it: JSON to flow::IntakeOrder, orders::Order to JSON. Only the shape is checked
// here; rules are intake's. Answers hold no names and no identity numbers.

#include <span>
#include <string>
#include <vector>

#include "src/flow/intake.h"
#include "src/http/json.h"
#include "src/http/json_writer.h"
#include "src/http/message.h"
#include "src/orders/payment.h"

namespace huiqiao::api {

/// Faults are noted in the reader's list; what is returned counts only where none was.
flow::IntakeOrder read_order(http::JsonObject& json);

/// One object.
void write_order(http::JsonWriter& json, const orders::Order& order);
/// The same with its lines and payments, oldest first.
void write_order(http::JsonWriter& json, const orders::Order& order, std::span<const orders::OrderLine> lines,
                 std::span<const orders::Payment> payments);

/// 201 accepted, 200 found again (ORD-05), or the problem.
http::Response single_answer(const flow::IntakeAnswer& answer, std::string_view request_id);
/// 200 {"results":[{"status":"accepted","order":{…}} | {"status":"refused","problem":{…}}]}, in order of the request.
http::Response batch_answer(const std::vector<flow::IntakeAnswer>& answers);

}  // namespace huiqiao::api
