#include "src/flow/notice_store.h"

namespace huiqiao::flow {

namespace {

constexpr db::Insert kInsert{"notice", "id, channel, state, received_at, raw, due_at", "tttitI"};
constexpr db::Update kUpdate{"notice", "id", "state, event_id, payment_id, tries, due_at", "ttttiI"};
constexpr db::Select kById{
    "SELECT id, channel, state, event_id, payment_id, tries, received_at, due_at FROM notice WHERE id IN (:list)",
    "tttttiiI"};
constexpr db::Select kAfter{
    "SELECT id, channel, state, event_id, payment_id, tries, received_at, due_at FROM notice WHERE id > :p1 "
    "ORDER BY id LIMIT :p2",
    "tttttiiI"};
constexpr db::Command kForget{
    "DELETE FROM notice WHERE state IN ('applied', 'repeated', 'queried') AND due_at IS NULL AND id IN (:list)"};
constexpr db::Select kDue{"SELECT id, channel FROM notice WHERE due_at <= :p1 ORDER BY due_at LIMIT :p2", "tt"};
constexpr db::Select kSealed{"SELECT id, raw FROM notice WHERE id IN (:list)", "tt"};

db::Value or_null(const std::optional<Instant>& instant) {
    return instant ? db::Value(*instant) : db::Value();
}

Notice notice_of(const db::Found& found, std::size_t row) {
    Notice notice{found.text(row, 0),
                  found.text(row, 1),
                  notice_state_from_text(found.text(row, 2)),
                  found.text(row, 3),
                  found.text(row, 4),
                  static_cast<int>(found.integer(row, 5)),
                  from_us(found.integer(row, 6)),
                  std::nullopt};
    if (!found.is_null(row, 7)) notice.due_at = from_us(found.integer(row, 7));
    return notice;
}

}  // namespace

std::string_view to_text(NoticeState state) {
    switch (state) {
        case NoticeState::Received: return "received";
        case NoticeState::Applied: return "applied";
        case NoticeState::Repeated: return "repeated";
        case NoticeState::Queried: return "queried";
        case NoticeState::Parked: return "parked";
        case NoticeState::Held: return "held";
    }
    throw LogicError("unnamed state of a notice");
}

NoticeState notice_state_from_text(std::string_view text) {
    for (const NoticeState state : kNoticeStates) {
        if (to_text(state) == text) return state;
    }
    throw LogicError("no state of a notice: " + std::string(text));
}

void NoticeStore::insert(db::Tx& tx, std::span<const RawNotice> notices) {
    if (notices.empty()) return;
    db::Rows rows;
    for (const RawNotice& raw : notices) {
        rows.add(raw.notice.id, raw.notice.channel, to_text(raw.notice.state), raw.notice.received_at, raw.sealed,
                 or_null(raw.notice.due_at));
    }
    tx.insert(kInsert, rows);
}

std::vector<Notice> NoticeStore::load(db::Reader& reader, std::span<const std::string> ids) {
    std::vector<Notice> notices;
    if (ids.empty()) return notices;
    const db::Found found = reader.select(kById, {}, ids);
    for (std::size_t row = 0; row < found.size(); ++row) notices.push_back(notice_of(found, row));
    return notices;
}

void NoticeStore::save(db::Tx& tx, std::span<const Notice* const> notices) {
    if (notices.empty()) return;
    db::Rows rows;
    for (const Notice* notice : notices) {
        rows.add(notice->id, to_text(notice->state), notice->event_id, notice->payment_id, notice->tries,
                 or_null(notice->due_at));
    }
    tx.update(kUpdate, rows);
}

std::vector<Notice> NoticeStore::after(db::Reader& reader, const std::string& after_id, int limit) {
    const db::Found found = reader.select(kAfter, {after_id, limit});
    std::vector<Notice> notices;
    for (std::size_t row = 0; row < found.size(); ++row) notices.push_back(notice_of(found, row));
    return notices;
}

int NoticeStore::forget(db::Tx& tx, std::span<const std::string> ids) {
    return ids.empty() ? 0 : static_cast<int>(tx.execute(kForget, {}, ids));
}

std::vector<DueNotice> NoticeStore::due(db::Reader& reader, Instant now, int limit) {
    const db::Found found = reader.select(kDue, {now, limit});
    std::vector<DueNotice> due;
    due.reserve(found.size());
    for (std::size_t row = 0; row < found.size(); ++row) due.push_back({found.text(row, 0), found.text(row, 1)});
    return due;
}

std::map<std::string, std::string> NoticeStore::sealed(db::Reader& reader, std::span<const std::string> ids) {
    std::map<std::string, std::string> sealed;
    if (ids.empty()) return sealed;
    const db::Found found = reader.select(kSealed, {}, ids);
    for (std::size_t row = 0; row < found.size(); ++row) sealed.emplace(found.text(row, 0), found.text(row, 1));
    return sealed;
}

}  // namespace huiqiao::flow
