#pragma once
// The sandbox's collection channel: takes orders, lets a simulated buyer pay, sends signed notices until they are
// acknowledged, answers queries, and settles each day's payments on the next working day at 10:00 in Shanghai with one
// deposit net of its cost at the bank and a file. Speaks simple_pay from its own side (adapters/simple_pay/wire.h).
//   POST /pay/v1/orders, GET /pay/v1/orders/{out_trade_no}, POST /pay/v1/orders/{out_trade_no}/close,
//   GET /pay/v1/settlements/{yyyyMMdd}
// A trade that was closed cannot be paid any more; one that was paid cannot be closed (ORDER_PAID).
//   POST /admin/pay {"out_trade_no":"…","amount":"12.34"}  (amount: as ordered where it is left out)
//   GET /admin/books, and /admin/faults (faults.h)
// Faults: notice_twice, notice_late (with delay_s), notice_lost, notice_wrong_amount (with amount), notice_forged,
// notice_out_of_order (a refund's notice comes first), paid_wrong_amount (with amount), timeout_after_effect, outage,
// reject_order, user_paying (a close is answered USER_PAYING: not now). They match by reference, subject and operation
// (order, query, close, settlement).

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/sandbox/channel_store.h"
#include "adapters/sandbox/counterparty.h"
#include "adapters/sandbox/faults.h"
#include "src/base/calendar.h"
#include "src/base/id.h"
#include "src/crypto/signing_key.h"
#include "src/db/database.h"

namespace huiqiao::sandbox {

struct ChannelSettings {
    std::string institution = "1900000109";  // mch_id of the one institution that it serves
    std::string institution_key_id = "hq-1";
    std::string own_key_id = "pay-1";
    std::string notify_to = "institution";  // who gets notices, as whoever serves the sandbox names it
    std::string notify_target = "/notices/sandbox-pay";
    std::string bank = "sandbox-bank";
    std::string settlement_account = "sb-cny";
    std::string pay_url_base = "http://127.0.0.1/pay/";
    int cost_basis_points = 60;                            // of each payment, rounded half up to the fen
    std::optional<std::chrono::seconds> buyer_pays_after;  // absent: only by POST /admin/pay
};

class Channel final : public Counterparty {
 public:
    /// books: the channel's own file, tables are made where they are absent. calendar: of CNY; without one every day
    /// but the weekend works.
    Channel(db::Database& books, IdSource& ids, crypto::SigningKey own_key, crypto::VerifyKey institution_key,
            const Calendar* calendar, ChannelSettings settings);

    http::Response answer(const http::Request& request, Instant now) override;
    std::vector<Sending> due(Instant now) override;
    void sent(const std::string& sending_id, const http::Outcome& outcome, Instant now) override;
    [[nodiscard]] Faults& faults() { return faults_; }

 private:
    http::Response order(db::Tx& tx, const http::Request& request, Instant now);
    http::Response query(db::Tx& tx, const std::string& reference, Instant now);
    http::Response close(db::Tx& tx, const std::string& reference, Instant now);
    http::Response settlement_file(db::Tx& tx, const std::string& day, Instant now);
    http::Response admin_pay(db::Tx& tx, const http::Request& request, Instant now);
    http::Response admin_books(db::Tx& tx);
    http::Response signed_answer(int status, std::string body, Instant now, std::string_view type = "application/json");
    http::Response refused(int status, std::string_view code, std::string_view message, Instant now);
    [[nodiscard]] bool is_from_institution(const http::Request& request, Instant now) const;
    void sign(http::Headers& headers, const std::string& body, Instant now, bool forged);

    void pay(db::Tx& tx, Trade trade, Money amount, Instant now);
    void close_where_expired(db::Tx& tx, Trade& trade, Instant now);
    void settle_days(db::Tx& tx, Instant now);
    [[nodiscard]] Instant settles_at(Date day) const;
    [[nodiscard]] Money cost_of(Money gross) const;
    [[nodiscard]] std::string trade_json(const Trade& trade) const;
    [[nodiscard]] std::string notice_json(const Trade& trade, std::string_view type, Money paid);

    db::Database& books_;
    IdSource& ids_;
    crypto::SigningKey own_key_;
    crypto::VerifyKey institution_key_;
    const Calendar* calendar_;
    ChannelSettings settings_;
    Faults faults_;
    std::set<std::string> in_hands_;  // handed out by due() and not yet given back
};

}  // namespace huiqiao::sandbox
