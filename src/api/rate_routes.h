#pragma once
// What the desk sees, for operators: GET /v1/ops/rates?cny=100000.00[&currency=USD], the latest quote of every bank
// that counts (src/flow/quote_sources.h) side by side, ranked by what that amount buys all-in, those at which it cannot
// be bought and paid now behind the others, with the reason; GET /v1/ops/rates/refused, kept quotes that were refused,
// newest first; GET /v1/ops/rates/history?currency=USD[&date=2026-11-20], one day's quotes of a currency, by arrival;
// GET /v1/ops/purchases/{id}/offers, what was compared when a purchase was opened, as it was ranked then (best
// execution), and the same of /v1/ops/locks/{id}/offers and /v1/ops/phone-deals/{id}/offers. They read; nothing is
// asked of a bank.

#include "src/api/operator_api.h"
#include "src/flow/quote_sources.h"

namespace huiqiao::api {

class RateRoutes {
 public:
    RateRoutes(OperatorApi& api, flow::QuoteSources sources) : api_(api), sources_(std::move(sources)) {}
    void add_to(http::Router& router);

 private:
    http::Response rates(const OperatorCall& call);
    http::Response refused(const OperatorCall& call);
    http::Response history(const OperatorCall& call);

    OperatorApi& api_;
    flow::QuoteSources sources_;
};

}  // namespace huiqiao::api
