#pragma once
// Deals on the telephone over HTTP (src/flow/phone.h): POST /v1/ops/phone-deals by a maker records a call, POST
// /v1/ops/phone-deals/{id}/confirm by another person enters the bank's slip, GET of one and of all. A difference is
// settled by an approval (settle_phone_deal). The price is given as it was said, with the units it is for.

#include "src/api/operator_api.h"
#include "src/api/recorded_operation.h"
#include "src/flow/phone.h"

namespace huiqiao::api {

class PhoneRoutes {
 public:
    PhoneRoutes(OperatorApi& api, flow::PhoneDeals& phone, const crypto::Sealer& sealer)
        : api_(api), phone_(phone), record_(phone.record(), sealer), confirm_(phone.confirm(), sealer) {}
    void add_to(http::Router& router);

 private:
    http::Response record(const OperatorCall& call);
    http::Response confirm(const OperatorCall& call);
    http::Response one(const OperatorCall& call);
    http::Response list(const OperatorCall& call);
    [[nodiscard]] std::string told(const fx::PhoneDeal& deal, const std::string& reference) const;

    OperatorApi& api_;
    flow::PhoneDeals& phone_;
    RecordedOperation record_;
    RecordedOperation confirm_;
};

}  // namespace huiqiao::api
