#include "adapters/sandbox_bank/adapter.h"

#include "adapters/sandbox_bank/remittance_wire.h"
#include "adapters/sandbox_bank/statement_wire.h"
#include "src/http/message.h"

namespace huiqiao::sandbox_bank {

using remittance::PaymentAnswer;
using remittance::Sent;

remittance::RemittanceBankTraits SandboxRemittanceBank::traits() const {
    return {.is_idempotent_by_reference = true,
            .answers_by_reference = true,
            .lists_by_day = true,
            .visibility_delay = std::chrono::seconds(0)};
}

Result<WireRequest> SandboxRemittanceBank::pay(const remittance::PaymentBatch& batch) const {
    Result<std::string> body = write_pain001(batch);
    if (!body) return body.error();
    WireRequest request{"POST", "/v1/payments", {{"content-type", "application/xml"}}, std::move(body).value()};
    signature_.sign(request);
    return request;
}

std::vector<PaymentAnswer> SandboxRemittanceBank::read_pay(const WireAnswer& answer, const std::string& batch_reference,
                                                           std::span<const Sent> sent) const {
    if (answer.kind != WireAnswer::Kind::Answered) return all_unknown(sent, "no whole answer came");
    if (!signature_.is_genuine(answer)) return all_unknown(sent, "the answer's signature is not the bank's");
    if (answer.status != 200 && answer.status != 202 && answer.status != 422) {
        return all_unknown(sent, "status " + std::to_string(answer.status));
    }
    return read_pain002(answer.body, batch_reference, sent);
}

WireRequest SandboxRemittanceBank::query(const std::string& batch_reference) const {
    WireRequest request{"GET", "/v1/payments/" + http::percent_encode(batch_reference), {}, ""};
    signature_.sign(request);
    return request;
}

std::vector<PaymentAnswer> SandboxRemittanceBank::read_query(const WireAnswer& answer,
                                                             const std::string& batch_reference,
                                                             std::span<const Sent> sent) const {
    if (answer.kind == WireAnswer::Kind::Answered && answer.status != 200) {
        // 404 too: the bank may not have looked at it yet, so "not found" rejects nothing (XCT-07).
        return all_unknown(sent, "status " + std::to_string(answer.status) + " to a query");
    }
    return read_pay(answer, batch_reference, sent);
}

WireRequest SandboxAccountBank::statement(const reconciliation::StatementRequest& request) const {
    WireRequest wire{"GET",
                     "/v1/accounts/" + http::percent_encode(request.account) + "/statement?date=" + request.day.text() +
                         "&after=" + std::to_string(request.after_sequence),
                     {},
                     ""};
    signature_.sign(wire);
    return wire;
}

Result<reconciliation::Statement> SandboxAccountBank::read_statement(
    const WireAnswer& answer, const reconciliation::StatementRequest& request) const {
    const auto bad = [](std::string why) {
        return Error(reconciliation::statement_error::kBadStatement, {{"why", std::move(why)}});
    };
    if (answer.kind != WireAnswer::Kind::Answered) return bad("no whole answer came");
    if (!signature_.is_genuine(answer)) return bad("its signature is not the bank's");
    if (answer.status != 200) return bad("status " + std::to_string(answer.status));
    return read_camt053(answer.body, request);
}

}  // namespace huiqiao::sandbox_bank
