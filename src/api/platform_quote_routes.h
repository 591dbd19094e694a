#pragma once
// Quotes for an amount: POST /v1/quotes makes one (idempotent as an order is), GET /v1/quotes/{id} shows it, POST
// /v1/orders/{id}/re-quote makes a new one for an order that is held because its quote was over, and POST
// /v1/quotes/{id}/accept takes that one and sets the order free. What belongs to another platform does not exist here.

#include <memory>

#include "src/api/platform_api.h"
#include "src/api/recorded_operation.h"
#include "src/flow/platform_quotes.h"

namespace huiqiao::api {

class PlatformQuoteRoutes {
 public:
    PlatformQuoteRoutes(PlatformApi& api, const flow::QuoteSources& sources, const crypto::Sealer& sealer);
    void add_to(http::Router& router);

 private:
    http::Response create(const Call& call);
    http::Response read(const Call& call);
    http::Response requote(const Call& call);
    http::Response accept(const Call& call);

    PlatformApi& api_;
    std::unique_ptr<db::Operation> maker_;
    std::unique_ptr<db::Operation> requoter_;
    std::unique_ptr<db::Operation> acceptor_;
    RecordedOperation recorded_maker_;
    RecordedOperation recorded_requoter_;
    RecordedOperation recorded_acceptor_;
};

}  // namespace huiqiao::api
