#pragma once
// What the sandbox bank reads of a pain.001.001.09 and writes as pain.002.001.10. Its own reader and writer.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/date.h"
#include "src/base/money.h"

namespace huiqiao::sandbox::bank {

struct ReceivedPayment {
    std::string instruction_id;
    std::string end_to_end;
    std::string uetr;
    std::string currency;
    std::string amount;
    std::string payee_name;
    std::string payee_account;
    bool is_iban = false;
    std::string payee_country;
    std::string payee_town;
};

struct ReceivedMessage {
    std::string message_id;
    std::string payment_information_id;
    std::string debtor_account;
    std::string count;
    std::string control_sum;
    std::vector<ReceivedPayment> payments;
};

/// nullopt with why where it is no such message at all (FF01).
std::optional<ReceivedMessage> read_message(std::string_view body, std::string& why);

/// Why the bank will not take the payment (a reason code), or "".
std::string fault_of(const ReceivedPayment& payment);
/// AM10, AM18 or "" : count and control sum against the payments.
std::string fault_of(const ReceivedMessage& message);

struct ReportedPayment {
    std::string instruction_id;
    std::string end_to_end;
    std::string uetr;
    std::string status;  // ACCP, ACSP, ACSC, RJCT
    std::string reason;
    std::string bank_reference;
    std::string currency;
    std::string amount;
    std::string payee_account;
    bool is_iban = false;
};

struct Report {
    std::string report_id;
    Instant made_at{};
    std::string message_id;
    std::string payment_information_id;
    std::string group_status;  // with group_reason: the whole message; else empty
    std::string group_reason;
    std::vector<ReportedPayment> payments;
};

std::string write_report(const Report& report);

}  // namespace huiqiao::sandbox::bank
