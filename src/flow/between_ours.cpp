#include "src/flow/between_ours.h"

#include "src/flow/remit_parts.h"

namespace huiqiao::flow {

using remittance::Remittance;

namespace {

constexpr std::string_view kIntraCompany = "INTC";  // ISO purpose code

}  // namespace

void name_between_ours(db::Group& group, Remittance& one) {
    one.id = group.ids.next("rem");
    one.reference = group.ids.random_reference("RM", 24);
    one.uetr = group.ids.uuid();
    one.created_at = group.now;
}

calls::NewCall pay_between_ours(db::Group& group, const RemitParts& parts, const std::string& bank, Date execution_date,
                                Remittance& one) {
    remittance::PaymentBatch batch{.reference = group.ids.random_reference("RB", 24),
                                   .created_at = group.now,
                                   .execution_date = execution_date,
                                   .debtor = parts.settings.debtor,
                                   .debtor_account = one.bank_account,
                                   .debtor_bank_bic = parts.settings.debtor_bank_bic,
                                   .payments = {}};
    batch.payments.push_back({.reference = one.reference,
                              .uetr = one.uetr,
                              .kind = one.kind,
                              .amount = one.amount,
                              .payee = parts.settings.debtor,
                              .account = {.account = one.payee_id,
                                          .is_iban = false,
                                          .bank_bic = parts.settings.debtor_bank_bic,
                                          .clearing_code = "",
                                          .bank_country = parts.settings.debtor.country,
                                          .bank_name = ""},
                              .purpose = std::string(kIntraCompany),
                              .charges = remittance::ChargeBearer::Payer,
                              .information = "OWN TRANSFER " + one.reference});
    one.batch_reference = batch.reference;
    Result<WireRequest> request = parts.banks.at(bank).pay(batch);
    if (!request) throw LogicError("a transfer of ours cannot be written: " + request.error().english());
    return calls::NewCall{.operation = std::string(kPayOperation),
                          .counterparty = bank,
                          .recovery = calls::Recovery::QueryOnly,
                          .reference = batch.reference,
                          .request = std::move(request).value(),
                          .instructions = {{std::string(kRemittanceSubject), one.id, 1, one.reference, one.amount}},
                          .not_before = std::nullopt};
}

}  // namespace huiqiao::flow
