#pragma once
// Payments at the sandbox bank: takes pain.001.001.09, answers pain.002.001.10, executes when due. A message is known
// again by its MsgId: the same bytes get the same payments, other bytes are refused (DU01); a payment's EndToEndId is
// good once for ever (DU04). A payment is debited at execution or rejected; one that came after the cut-off waits for
// the next day. A payee whose account is kept here is credited in the same moment, one that another bank of the sandbox
// keeps by transfer. Reads XML by itself, apart from the institution's reader.

#include <chrono>

#include "adapters/sandbox/bank/accounts.h"
#include "adapters/sandbox/bank/part.h"

namespace huiqiao::sandbox::bank {

struct PaymentSettings {
    int cut_off_hour = 23;
    int cut_off_minute = 0;
    std::chrono::seconds execute_after{0};
    std::map<std::string, std::string> elsewhere = {};  // account -> bank of the sandbox that keeps it
};

class Payments final : public BankPart {
 public:
    explicit Payments(PaymentSettings settings) : settings_(std::move(settings)) {}

    void create_tables(db::Tx& tx) override;
    [[nodiscard]] std::vector<std::string> faults() const override;
    std::optional<http::Response> answer(Counter& at, const http::Request& request) override;
    void due(Counter& at) override;
    void write_books(db::Reader& reader, http::JsonWriter& json) override;

 private:
    http::Response take(Counter& at, const http::Request& request);
    http::Response status(Counter& at, const std::string& message_id);
    void execute(Counter& at, const db::Found& due, std::size_t row);
    static void credit_own_customer(Counter& at, const db::Found& due, std::size_t row, const Booking& debit);
    /// Where another bank keeps it.
    void send_elsewhere(Counter& at, const std::string& account, const Booking& debit) const;
    void return_payments(Counter& at);

    PaymentSettings settings_;
};

}  // namespace huiqiao::sandbox::bank
