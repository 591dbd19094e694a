#include "src/api/exposure_routes.h"

#include "src/api/query.h"
#include "src/flow/exposure.h"
#include "src/http/problem.h"

namespace huiqiao::api {

namespace {

using fx::Figure;

void write_value_dates(http::JsonWriter& json, const fx::CurrencyExposure& one) {
    json.key("value_dates").open_array();
    for (const fx::ValueDateExposure& line : one.value_dates) {
        json.open_object()
            .field("value_date", line.value_date.text())
            .field("locked_cny", line.locked_cny)
            .field("locked", line.locked)
            .field("bought_cny", line.bought_cny)
            .field("bought", line.bought)
            .field("allocated", line.allocated)
            .close_object();
    }
    json.close_array();
}

}  // namespace

void write_exposure(http::JsonWriter& json, std::span<const fx::CurrencyExposure> exposure, Instant at) {
    json.open_object().field("at", at).key("exposure").open_array();
    for (const fx::CurrencyExposure& one : exposure) {
        json.open_object()
            .field("currency", one.currency.code())
            .field("ordered", one.of(Figure::Ordered))
            .field("collected", one.of(Figure::Collected))
            .field("to_be_paid", one.to_be_paid())
            .field("fees", one.of(Figure::Fees))
            .field("refunding", one.of(Figure::Refunding))
            .field("refunded", one.of(Figure::Refunded))
            .field("locked_cny", one.locked_cny())
            .field("locked", one.locked())
            .field("converting", one.of(Figure::Converting))
            .field("converted", one.of(Figure::Converted))
            .field("rest", one.of(Figure::Rest))
            .field("bought_cny", one.of(Figure::DealtCny))
            .field("bought", one.of(Figure::Dealt))
            .field("allocated", one.of(Figure::Allocated))
            .field("unallocated", one.unallocated())
            .field("remitting", one.of(Figure::Remitting))
            .field("remitted", one.of(Figure::Remitted))
            .field("open_cny", one.open_cny())
            .field("open", one.open());
        write_value_dates(json, one);
        json.close_object();
    }
    json.close_array().close_object();
}

void ExposureRoutes::add_to(http::Router& router) {
    api_.add(router, http::Method::Get, "/v1/ops/exposure", {0},
             [this](const OperatorCall& call) { return exposure(call); });
}

http::Response ExposureRoutes::exposure(const OperatorCall& call) {
    if (const Status query = check_query(call.request, {"currency", "at"}); !query)
        return http::problem(query.error(), call.request_id);
    std::optional<Currency> only;
    if (const std::string* code = call.request.query_value("currency")) {
        const Result<Currency> currency = Currency::find(*code);
        if (!currency) return http::problem(currency.error(), call.request_id);
        only = *currency;
    }
    std::optional<Instant> at;
    if (const std::string* wanted = call.request.query_value("at")) {
        const Result<Instant> instant = parse_rfc3339(*wanted);
        if (!instant) return http::problem(instant.error(), call.request_id);
        at = *instant;
    }
    const Instant now = api_.clock().now();
    Result<std::vector<fx::CurrencyExposure>> found = std::vector<fx::CurrencyExposure>();
    api_.database().read([&](db::Reader& reader) { found = flow::exposure(reader, at, now); });
    if (!found) return http::problem(found.error(), call.request_id);
    std::vector<fx::CurrencyExposure> all = *found;
    if (only) std::erase_if(all, [&](const fx::CurrencyExposure& one) { return one.currency != *only; });
    http::JsonWriter json;
    write_exposure(json, all, at.value_or(now));
    return http::Response::json(200, json.take());
}

}  // namespace huiqiao::api
