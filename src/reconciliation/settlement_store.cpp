#include "src/reconciliation/settlement_store.h"

namespace huiqiao::reconciliation {
namespace {

constexpr db::Claim kDayClaim{{"settlement_day", "id, opened_by, channel, day, due_at", "tttii"}};
constexpr db::Claim kBatchClaim{{"settlement_batch",
                                 "id, call_id, channel, day, currency, gross_minor, cost_minor, line_count, due_at",
                                 "tttitiiii"}};
constexpr db::Claim kPaymentClaim{
    {"settlement_line", "id, batch_id, reference, channel_number, currency, gross_minor, cost_minor", "tttttii"}};

constexpr db::Select kDaysDue{
    "SELECT channel, day, asked_count, due_at FROM settlement_day WHERE due_at <= :p1 ORDER BY due_at, id LIMIT :p2",
    "tiiI"};
constexpr db::Select kDays{
    "SELECT channel, day, asked_count, due_at FROM settlement_day WHERE id IN (:list) ORDER BY id", "tiiI"};
constexpr db::Select kLastDay{"SELECT day FROM settlement_day WHERE id >= :p1 AND id < :p2 ORDER BY id DESC LIMIT 1",
                              "i"};
constexpr db::Update kSaveDays{"settlement_day", "id", "asked_count, due_at", "tiI"};

constexpr db::Select kBatches{
    "SELECT id, channel, day, currency, gross_minor, cost_minor, line_count, line_key FROM settlement_batch "
    "WHERE id IN (:list) ORDER BY id",
    "ttitiiit"};
constexpr db::Select kBatchesDue{"SELECT id FROM settlement_batch WHERE due_at <= :p1 ORDER BY due_at, id LIMIT :p2",
                                 "t"};
constexpr db::Update kSetMoney{"settlement_batch", "id", "line_key, due_at", "ttI"};
constexpr db::Update kSetBatchDue{"settlement_batch", "id", "due_at", "tI"};
constexpr db::Select kPaymentsOf{
    "SELECT id, batch_id, reference, channel_number, currency, gross_minor, cost_minor, due_at FROM settlement_line "
    "WHERE batch_id IN (:list) ORDER BY id",
    "tttttiiI"};
constexpr db::Select kPayments{
    "SELECT id, batch_id, reference, channel_number, currency, gross_minor, cost_minor, due_at FROM settlement_line "
    "WHERE id IN (:list) ORDER BY id",
    "tttttiiI"};
constexpr db::Select kPaymentsDue{"SELECT id FROM settlement_line WHERE due_at <= :p1 ORDER BY due_at, id LIMIT :p2",
                                  "t"};
constexpr db::Command kRelease{"UPDATE settlement_line SET due_at = :p1 WHERE batch_id = :p2"};
constexpr db::Update kFinish{"settlement_line", "id", "due_at", "tI"};

constexpr std::string_view kOpener = "schedule";

std::vector<SettlementDay> read_days(const db::Found& found) {
    std::vector<SettlementDay> days;
    for (std::size_t i = 0; i < found.size(); ++i) {
        SettlementDay day{found.text(i, 0), Date::of_number(found.integer(i, 1)), static_cast<int>(found.integer(i, 2)),
                          std::nullopt};
        if (!found.is_null(i, 3)) day.due_at = from_us(found.integer(i, 3));
        days.push_back(std::move(day));
    }
    return days;
}

std::vector<SettlementPayment> read_payments(const db::Found& found) {
    std::vector<SettlementPayment> payments;
    payments.reserve(found.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        const Currency currency = Currency::known(found.text(i, 4));
        const std::string& id = found.text(i, 0);
        SettlementPayment payment{.channel = id.substr(0, id.find('|')),
                                  .batch_id = found.text(i, 1),
                                  .reference = found.text(i, 2),
                                  .channel_number = found.text(i, 3),
                                  .gross = Money::of_minor(currency, found.integer(i, 5)),
                                  .cost = Money::of_minor(currency, found.integer(i, 6)),
                                  .due_at = std::nullopt};
        if (!found.is_null(i, 7)) payment.due_at = from_us(found.integer(i, 7));
        payments.push_back(std::move(payment));
    }
    return payments;
}

}  // namespace

void SettlementStore::claim_day(db::Claims& claims, const std::string& channel, Date day) {
    claims.add(kDayClaim, SettlementDay{channel, day, 0, std::nullopt}.id(), kOpener, channel, day, 0);
}

void SettlementStore::claim_batch(db::Claims& claims, const SettlementBatch& batch, const std::string& call_id) {
    claims.add(kBatchClaim, batch.id(), call_id, batch.channel, batch.day, batch.gross.currency().code(),
               batch.gross.minor(), batch.cost.minor(), batch.lines, 0);
}

void SettlementStore::claim_payment(db::Claims& claims, const SettlementPayment& payment) {
    claims.add(kPaymentClaim, payment.id(), payment.batch_id, payment.reference, payment.channel_number,
               payment.gross.currency().code(), payment.gross.minor(), payment.cost.minor());
}

const std::string& SettlementStore::owner_of(const db::Claims& claims, const SettlementPayment& payment) {
    return claims.owner(kPaymentClaim, payment.id());
}

std::vector<SettlementDay> SettlementStore::days_due(db::Reader& reader, Instant now, int limit) {
    return read_days(reader.select(kDaysDue, {now, limit}));
}

std::vector<SettlementDay> SettlementStore::days(db::Reader& reader, std::span<const std::string> ids) {
    if (ids.empty()) return {};
    return read_days(reader.select(kDays, {}, ids));
}

std::optional<Date> SettlementStore::last_day(db::Reader& reader, const std::string& channel) {
    const db::Found found = reader.select(kLastDay, {channel + "|", channel + "|~"});
    if (found.empty()) return std::nullopt;
    return Date::of_number(found.integer(0, 0));
}

void SettlementStore::save_days(db::Tx& tx, std::span<const SettlementDay> days) {
    if (days.empty()) return;
    db::Rows rows;
    for (const SettlementDay& day : days)
        rows.add(day.id(), day.asked, day.due_at ? db::Value(*day.due_at) : db::kNull);
    tx.update(kSaveDays, rows);
}

std::vector<SettlementBatch> SettlementStore::batches(db::Reader& reader, std::span<const std::string> ids) {
    std::vector<SettlementBatch> batches;
    if (ids.empty()) return batches;
    const db::Found found = reader.select(kBatches, {}, ids);
    for (std::size_t i = 0; i < found.size(); ++i) {
        const Currency currency = Currency::known(found.text(i, 3));
        const std::string& id = found.text(i, 0);
        batches.push_back(SettlementBatch{.channel = found.text(i, 1),
                                          .deposit_reference = id.substr(found.text(i, 1).size() + 1),
                                          .day = Date::of_number(found.integer(i, 2)),
                                          .gross = Money::of_minor(currency, found.integer(i, 4)),
                                          .cost = Money::of_minor(currency, found.integer(i, 5)),
                                          .lines = static_cast<int>(found.integer(i, 6)),
                                          .line_key = found.text(i, 7)});
    }
    return batches;
}

std::vector<std::string> SettlementStore::batches_due(db::Reader& reader, Instant now, int limit) {
    const db::Found found = reader.select(kBatchesDue, {now, limit});
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < found.size(); ++i) ids.push_back(found.text(i, 0));
    return ids;
}

void SettlementStore::set_batch_due(db::Tx& tx, const std::string& batch_id, std::optional<Instant> due_at) {
    db::Rows rows;
    rows.add(batch_id, due_at ? db::Value(*due_at) : db::kNull);
    tx.update(kSetBatchDue, rows);
}

void SettlementStore::set_money(db::Tx& tx, const std::string& batch_id, const std::string& line_key) {
    db::Rows rows;
    rows.add(batch_id, line_key, db::kNull);
    tx.update(kSetMoney, rows);
}

std::vector<SettlementPayment> SettlementStore::payments_of(db::Reader& reader,
                                                            std::span<const std::string> batch_ids) {
    if (batch_ids.empty()) return {};
    return read_payments(reader.select(kPaymentsOf, {}, batch_ids));
}

std::vector<SettlementPayment> SettlementStore::payments(db::Reader& reader, std::span<const std::string> ids) {
    if (ids.empty()) return {};
    return read_payments(reader.select(kPayments, {}, ids));
}

std::vector<std::string> SettlementStore::payments_due(db::Reader& reader, Instant now, int limit) {
    const db::Found found = reader.select(kPaymentsDue, {now, limit});
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < found.size(); ++i) ids.push_back(found.text(i, 0));
    return ids;
}

void SettlementStore::release_payments(db::Tx& tx, const std::string& batch_id, Instant now) {
    tx.execute(kRelease, {now, batch_id});
}

void SettlementStore::set_due(db::Tx& tx, std::span<const std::string> ids, std::optional<Instant> due_at) {
    if (ids.empty()) return;
    db::Rows rows;
    for (const std::string& id : ids) rows.add(id, due_at ? db::Value(*due_at) : db::kNull);
    tx.update(kFinish, rows);
}

}  // namespace huiqiao::reconciliation
