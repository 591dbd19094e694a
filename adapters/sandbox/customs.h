#pragma once
// Customs and its single window, simulated: takes DXP messages with CEB411 in them, proves seal and sender, checks the
// schema by a reading of its own, keeps one document a payment serial, matches it with the order that it was told of,
// and puts receipts into the sender's mailbox: 2 (e-port), 3 (sent on), 120 (stored) or 100 (refused), or a negative
// number, or a CEB900 for a message that cannot be read. Numbers in a mailbox rise with the time of delivery.
// A message is known again by sender and CopMsgId: the same bytes have no second effect and get the same DxpRep.
//   POST /dxp/messages, GET /dxp/receipts (adapters/single_window/adapter.h says how; both sides are written apart)
//   POST /admin/orders {"order_no","platform_code","actual_paid":{…},"buyer_id_number","buyer_name"}
//   POST /admin/inventory {"order_no","platform_code"}: the inventory is declared, the document can change no more
//   POST /admin/faults, GET /admin/faults, GET /admin/books
// Faults: outage, timeout_before_effect, timeout_after_effect (of a path); reject (with code, text), error (with code),
// receipt_late (with delay_s), receipt_lost, receipt_twice (of a serial or order_no); bad_receipt_signature (of a
// mail).

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/sandbox/counterparty.h"
#include "src/crypto/certificate.h"
#include "src/crypto/signing_key.h"
#include "src/db/database.h"
#include "src/xml/signature.h"

namespace huiqiao::sandbox {

struct CustomsSender {
    std::string dxp_id;
    std::string code;  // of the enterprise that transmits
    std::string name;
    std::optional<crypto::VerifyKey> key;  // none: not verified (tests of other rooms)
    xml::SignatureProfile profile = xml::kRsaSha1;
};

struct CustomsSettings {
    std::vector<CustomsSender> senders;
    std::vector<std::pair<std::string, std::string>> enterprises;  // payment enterprises: code, registered name
    std::vector<std::pair<std::string, std::string>> platforms;    // code, name; empty: any is taken
    const crypto::SigningKey* key = nullptr;                       // signs mails; null: unsigned. Must outlive it
    const crypto::Certificate* certificate = nullptr;
    xml::SignatureProfile profile = xml::kRsaSha1;
    std::chrono::seconds step_after{2};  // from one stage to the next
    bool strict_match = false;           // wait for the order document before storing
};

class Customs final : public Counterparty {
 public:
    /// `books` is its own file; tables are made where they are absent.
    Customs(db::Database& books, CustomsSettings settings);
    ~Customs() override;

    http::Response answer(const http::Request& request, Instant now) override;
    std::vector<Sending> due(Instant now) override;
    void sent(const std::string& id, const http::Outcome& outcome, Instant now) override;

 private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace huiqiao::sandbox
