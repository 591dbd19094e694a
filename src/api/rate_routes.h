#pragma once
// What the desk sees, for operators: GET /v1/ops/rates?cny=100000.00[&currency=USD], the latest quote of every bank
// side by side, ranked by what that amount buys all-in; GET /v1/ops/rates/refused, the kept quotes that were refused,
// newest first; GET /v1/ops/rates/history?currency=USD[&date=2026-11-20], one day's quotes of a currency, by arrival;
// GET /v1/ops/purchases/{id}/offers, what was compared when a purchase was opened, as it was ranked then (best
// execution), and the same of /v1/ops/locks/{id}/offers and /v1/ops/phone-deals/{id}/offers. They read; nothing is
// asked of a bank.

#include <map>
#include <string>

#include "fx/desk.h"
#include "src/api/operator_api.h"

namespace huiqiao::api {

class RateRoutes {
 public:
    RateRoutes(OperatorApi& api, std::map<std::string, fx::BankTerms> terms) : api_(api), terms_(std::move(terms)) {}
    void add_to(http::Router& router);

 private:
    http::Response rates(const OperatorCall& call);
    http::Response refused(const OperatorCall& call);
    http::Response history(const OperatorCall& call);

    OperatorApi& api_;
    std::map<std::string, fx::BankTerms> terms_;
};

}  // namespace huiqiao::api
