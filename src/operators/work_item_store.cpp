#include "src/operators/work_item_reading.h"

#include "src/db/lock_ranks.h"

namespace huiqiao::operators {

namespace {

constexpr db::LockTable kWorkItemLock{db::lock_rank::kWorkItem,
                                      "SELECT id FROM work_item WHERE id IN (:list) ORDER BY id"};
constexpr db::Insert kInsert{"work_item",
                             "id, open_key, kind, subject_kind, subject_id, text_en, text_zh, state, opened_at",
                             "tTttttt"
                             "ti"};
constexpr db::Command kCloseKey{
    "UPDATE work_item SET state = 'closed', open_key = NULL, closed_at = :p2, closing_note = :p3 WHERE open_key = :p1"};
constexpr db::Command kCloseId{
    "UPDATE work_item SET state = 'closed', open_key = NULL, closed_at = :p2, closing_note = :p3, owner = :p4 "
    "WHERE id = :p1"};
constexpr db::Command kRetell{"UPDATE work_item SET text_en = :p2, text_zh = :p3 WHERE open_key = :p1"};
constexpr db::Select kOpenOfKind{
    "SELECT subject_id, text_en FROM work_item WHERE open_key > :p1 AND open_key < :p2 ORDER BY open_key", "tt"};
constexpr db::Select kOpenPage{
    "SELECT subject_id, text_en FROM work_item WHERE open_key > :p1 AND open_key < :p2 ORDER BY open_key LIMIT :p3",
    "tt"};
constexpr db::Select kOpenAmong{"SELECT subject_id, text_en FROM work_item WHERE open_key IN (:list)", "tt"};
constexpr db::Select kCountOpen{
    "SELECT COUNT(*) FROM (SELECT open_key FROM work_item WHERE open_key > :p1 AND open_key < :p2 LIMIT :p3) opened",
    "i"};
constexpr db::Command kTake{"UPDATE work_item SET state = 'taken', owner = :p2 WHERE id = :p1"};
constexpr db::Select kByKey{"SELECT id FROM work_item WHERE open_key = :p1", "t"};
constexpr db::Select kOne{
    "SELECT id, kind, subject_kind, subject_id, text_en, text_zh, owner, state, opened_at, closed_at, closing_note "
    "FROM work_item WHERE id = :p1",
    "ttttttt"
    "tiit"};
constexpr db::Select kWaiting{
    "SELECT id, kind, subject_kind, subject_id, text_en, text_zh, owner, state, opened_at FROM work_item "
    "WHERE open_key IS NOT NULL AND id > :p1 ORDER BY id LIMIT :p2",
    "ttttttt"
    "ti"};
constexpr db::Select kWaitingOf{
    "SELECT id, kind, subject_kind, subject_id, text_en, text_zh, owner, state, opened_at FROM work_item "
    "WHERE open_key IN (:list)",
    "ttttttt"
    "ti"};
constexpr db::Select kAfter{
    "SELECT id, kind, subject_kind, subject_id, state, opened_at, closed_at FROM work_item WHERE id > :p1 ORDER BY id "
    "LIMIT :p2",
    "tttttii"};
constexpr db::Command kForget{"DELETE FROM work_item WHERE id IN (:list) AND open_key IS NULL"};
constexpr db::Select kCount{"SELECT COUNT(*) FROM work_item WHERE open_key IS NOT NULL", "i"};

std::string key_of(std::string_view kind, std::string_view subject_id) {
    return std::string(kind) + "|" + std::string(subject_id);
}

/// The key of the matter, where the operator may go on.
Result<std::string> open_key(db::Group& group, const std::string& id, const std::string& operator_id) {
    const std::optional<WorkItem> item = find_work_item(group.tx, id);
    if (!item) return Error(operators_error::kNoWorkItem);
    if (item->state == WorkItemState::Closed) return Error(operators_error::kWorkItemGone);
    if (!item->owner.empty() && item->owner != operator_id)
        return Error(operators_error::kWorkItemTaken, {{"owner", item->owner}});
    return key_of(item->kind, item->subject_id);
}

WorkItemState state_from_text(std::string_view text) {
    for (const WorkItemState state : {WorkItemState::Open, WorkItemState::Taken, WorkItemState::Closed}) {
        if (to_text(state) == text) return state;
    }
    throw LogicError("'" + std::string(text) + "' is no state of a work item");
}

/// The columns that every list has, in their order.
WorkItem read_item(const db::Found& found, std::size_t row) {
    WorkItem item;
    item.id = found.text(row, 0);
    item.kind = found.text(row, 1);
    item.subject_kind = found.text(row, 2);
    item.subject_id = found.text(row, 3);
    item.text_en = found.text(row, 4);
    item.text_zh = found.text(row, 5);
    item.owner = found.text(row, 6);
    item.state = state_from_text(found.text(row, 7));
    item.opened_at = from_us(found.integer(row, 8));
    return item;
}

/// '}' is the character behind '|', so this is the bound behind all keys of a kind.
std::string end_of(std::string_view kind) {
    return std::string(kind) + "}";
}

std::map<std::string, std::string> texts_of(const db::Found& found) {
    std::map<std::string, std::string> texts;
    for (std::size_t row = 0; row < found.size(); ++row) texts.emplace(found.text(row, 0), found.text(row, 1));
    return texts;
}

}  // namespace

std::string_view to_text(WorkItemState state) {
    switch (state) {
        case WorkItemState::Open: return "open";
        case WorkItemState::Taken: return "taken";
        case WorkItemState::Closed: return "closed";
    }
    throw LogicError("unnamed state of a work item");
}

void WorkItems::open(db::Group& group, std::span<const NewWorkItem> items) const {
    if (items.empty()) return;
    db::Rows rows;
    for (const NewWorkItem& item : items) {
        rows.add(group.ids.next("wki"), key_of(item.kind, item.subject_id), item.kind, item.subject_kind,
                 item.subject_id, item.text_en, item.text_zh, to_text(WorkItemState::Open), group.now);
    }
    if (group.tx.insert_absent(kInsert, rows) == 0) return;
    for (const NewWorkItem& item : items) group.tx.note_change(kWorkItemChange, key_of(item.kind, item.subject_id));
}

void WorkItems::close(db::Group& group, std::string_view kind, std::string_view subject_id,
                      std::string_view note) const {
    const std::string key = key_of(kind, subject_id);
    if (group.tx.execute(kCloseKey, {key, group.now, note}) > 0) group.tx.note_change(kWorkItemChange, key);
}

std::map<std::string, std::string> WorkItems::open_of(db::Reader& reader, std::string_view kind) const {
    return texts_of(reader.select(kOpenOfKind, {key_of(kind, ""), end_of(kind)}));
}

std::map<std::string, std::string> WorkItems::open_of(db::Reader& reader, std::string_view kind,
                                                      std::string_view behind_subject, int limit) const {
    return texts_of(reader.select(kOpenPage, {key_of(kind, behind_subject), end_of(kind), limit}));
}

std::map<std::string, std::string> WorkItems::open_of(db::Reader& reader, std::string_view kind,
                                                      std::span<const std::string> subjects) const {
    std::vector<std::string> keys;
    for (const std::string& subject : subjects) keys.push_back(key_of(kind, subject));
    if (keys.empty()) return {};
    return texts_of(reader.select(kOpenAmong, {}, keys));
}

int WorkItems::count_open(db::Reader& reader, std::string_view kind, int limit) const {
    return static_cast<int>(reader.select(kCountOpen, {key_of(kind, ""), end_of(kind), limit}).integer(0, 0));
}

void WorkItems::retell(db::Group& group, const NewWorkItem& item) const {
    const std::string key = key_of(item.kind, item.subject_id);
    if (group.tx.execute(kRetell, {key, item.text_en, item.text_zh}) > 0) group.tx.note_change(kWorkItemChange, key);
}

std::optional<std::string> WorkItems::find_open(db::Reader& reader, std::string_view kind,
                                                std::string_view subject_id) const {
    const db::Found found = reader.select(kByKey, {key_of(kind, subject_id)});
    if (found.empty()) return std::nullopt;
    return found.text(0, 0);
}

void WorkItems::lock(db::Locks& locks, const std::string& work_item_id) const {
    locks.add(kWorkItemLock, work_item_id);
}

Status WorkItems::take(db::Group& group, const std::string& work_item_id, const std::string& operator_id) const {
    const Result<std::string> key = open_key(group, work_item_id, operator_id);
    if (!key) return key.error();
    group.tx.execute(kTake, {work_item_id, operator_id});
    group.tx.note_change(kWorkItemChange, *key);
    return Done{};
}

Status WorkItems::close_by(db::Group& group, const std::string& work_item_id, const std::string& operator_id,
                           std::string_view note) const {
    const Result<std::string> key = open_key(group, work_item_id, operator_id);
    if (!key) return key.error();
    group.tx.execute(kCloseId, {work_item_id, group.now, note, operator_id});
    group.tx.note_change(kWorkItemChange, *key);
    return Done{};
}

std::vector<WorkItem> WorkItems::waiting(db::Reader& reader, std::string_view after_id, int limit) const {
    const db::Found found = reader.select(kWaiting, {after_id, limit});
    std::vector<WorkItem> items;
    items.reserve(found.size());
    for (std::size_t row = 0; row < found.size(); ++row) items.push_back(read_item(found, row));
    return items;
}

std::map<std::string, WorkItem> WorkItems::waiting_of(db::Reader& reader, std::span<const std::string> matters) const {
    std::map<std::string, WorkItem> items;
    if (matters.empty()) return items;
    const db::Found found = reader.select(kWaitingOf, {}, matters);
    for (std::size_t row = 0; row < found.size(); ++row) {
        WorkItem item = read_item(found, row);
        items.emplace(key_of(item.kind, item.subject_id), std::move(item));
    }
    return items;
}

std::vector<WorkItem> WorkItems::after(db::Reader& reader, std::string_view after_id, int limit) const {
    const db::Found found = reader.select(kAfter, {after_id, limit});
    std::vector<WorkItem> items(found.size());
    for (std::size_t row = 0; row < found.size(); ++row) {
        WorkItem& item = items[row];
        item.id = found.text(row, 0);
        item.kind = found.text(row, 1);
        item.subject_kind = found.text(row, 2);
        item.subject_id = found.text(row, 3);
        item.state = state_from_text(found.text(row, 4));
        item.opened_at = from_us(found.integer(row, 5));
        item.closed_at = from_us(found.integer(row, 6));
    }
    return items;
}

int WorkItems::forget(db::Tx& tx, std::span<const std::string> ids) const {
    return ids.empty() ? 0 : static_cast<int>(tx.execute(kForget, {}, ids));
}

std::optional<WorkItem> find_work_item(db::Reader& reader, std::string_view id) {
    const db::Found found = reader.select(kOne, {id});
    if (found.empty()) return std::nullopt;
    WorkItem item = read_item(found, 0);
    item.closed_at = from_us(found.integer(0, 9));
    item.closing_note = found.text(0, 10);
    return item;
}

std::int64_t WorkItems::count_waiting(db::Reader& reader) const {
    return reader.select(kCount).integer(0, 0);
}

}  // namespace huiqiao::operators
