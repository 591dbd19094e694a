#pragma once
// What a channel says that its deposits settle: batches and their payments, as its files told us, each once for ever;
// and which days' files are still wanted. A batch waits for its money (the statement line), then its lines are due to
// fund their orders. Amounts are gross and the channel's cost, both CNY today. Decides nothing.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/base/money.h"
#include "src/db/write_queue.h"
#include "src/reconciliation/statement_store.h"

namespace huiqiao::reconciliation {

// Both are locked after statement accounts and before lines of statements; and settlement lines before orders.
inline constexpr int kSettlementDayRank = db::lock_rank::kNotice + 1;
inline constexpr int kSettlementLineRank = db::lock_rank::kStatement + 1;

inline constexpr db::LockTable kSettlementDayLock{kSettlementDayRank,
                                                  "SELECT id FROM settlement_day WHERE id IN (:list) ORDER BY id"};
inline constexpr db::LockTable kSettlementLineLock{kSettlementLineRank,
                                                   "SELECT id FROM settlement_line WHERE id IN (:list) ORDER BY id"};

struct SettlementDay {
    std::string channel;
    Date day;
    int asked = 0;
    std::optional<Instant> due_at;  // none: its file is here
    [[nodiscard]] std::string id() const { return channel + "|" + std::to_string(day.number()); }
};

struct SettlementBatch {
    std::string channel;
    std::string deposit_reference;
    Date day;
    Money gross;
    Money cost;
    int lines = 0;
    std::string line_key;  // empty: its money is not here
    [[nodiscard]] std::string id() const { return channel + "|" + deposit_reference; }
};

struct SettlementPayment {
    std::string channel;
    std::string batch_id;
    std::string reference;  // our payment's
    std::string channel_number;
    Money gross;
    Money cost;
    std::optional<Instant> due_at;
    static std::string id_of(const std::string& channel, const std::string& reference) {
        return channel + "|" + reference;
    }
    [[nodiscard]] std::string id() const { return id_of(channel, reference); }
};

class SettlementStore {
 public:
    /// Step 3.
    static void claim_day(db::Claims& claims, const std::string& channel, Date day);
    static void claim_batch(db::Claims& claims, const SettlementBatch& batch, const std::string& call_id);
    /// The owner that stands at a payment's key is the batch that settles it; another batch's line is a double.
    static void claim_payment(db::Claims& claims, const SettlementPayment& payment);
    static const std::string& owner_of(const db::Claims& claims, const SettlementPayment& payment);

    static std::vector<SettlementDay> days_due(db::Reader& reader, Instant now, int limit);
    static std::vector<SettlementDay> days(db::Reader& reader, std::span<const std::string> ids);
    static std::optional<Date> last_day(db::Reader& reader, const std::string& channel);
    static void save_days(db::Tx& tx, std::span<const SettlementDay> days);

    static std::vector<SettlementBatch> batches(db::Reader& reader, std::span<const std::string> ids);
    /// Of batches without their money, those that are to be looked at.
    static std::vector<std::string> batches_due(db::Reader& reader, Instant now, int limit);
    /// None: not again.
    static void set_batch_due(db::Tx& tx, const std::string& batch_id, std::optional<Instant> due_at);
    /// Its money came with that statement line: it is not due any more.
    static void set_money(db::Tx& tx, const std::string& batch_id, const std::string& line_key);
    static std::vector<SettlementPayment> payments_of(db::Reader& reader, std::span<const std::string> batch_ids);
    static std::vector<SettlementPayment> payments(db::Reader& reader, std::span<const std::string> ids);
    static std::vector<std::string> payments_due(db::Reader& reader, Instant now, int limit);
    /// All payments of a batch are due now.
    static void release_payments(db::Tx& tx, const std::string& batch_id, Instant now);
    /// When to look at them again; none: nothing is left to do.
    static void set_due(db::Tx& tx, std::span<const std::string> ids, std::optional<Instant> due_at);
};

}  // namespace huiqiao::reconciliation
