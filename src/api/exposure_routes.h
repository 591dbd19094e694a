#pragma once
// What the desk still has to buy and to send, for operators: GET
// /v1/ops/exposure[?currency=USD][&at=2026-11-20T08:00:00Z] by payout currency and value date, now or at a past instant
// (src/flow/exposure.h). It reads alone.

#include <span>

#include "fx/exposure.h"
#include "src/api/operator_api.h"
#include "src/http/json_writer.h"

namespace huiqiao::api {

/// {"at": …, "exposure": […]}; one object a currency. The command prints the same.
void write_exposure(http::JsonWriter& json, std::span<const fx::CurrencyExposure> exposure, Instant at);

class ExposureRoutes {
 public:
    explicit ExposureRoutes(OperatorApi& api) : api_(api) {}
    void add_to(http::Router& router);

 private:
    http::Response exposure(const OperatorCall& call);

    OperatorApi& api_;
};

}  // namespace huiqiao::api
