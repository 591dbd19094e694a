#include "src/operators/approval.h"

#include <algorithm>

#include "src/base/earliest_id.h"
#include "src/base/encoding.h"
#include "src/crypto/hash.h"
#include "src/db/lock_ranks.h"

namespace huiqiao::operators {

namespace {

// After work items and breaks, before parties (src/db/lock_ranks.h); nothing else has this rank.
constexpr db::LockTable kApprovalLock{db::lock_rank::kWorkItem + 2,
                                      "SELECT id FROM approval WHERE id IN (:list) ORDER BY id"};
constexpr db::Insert kInsert{
    "approval",
    "id, open_key, action, subject_id, content_hash, content, maker, checker, state, reason, made_at, decided_at",
    "tTttttttttii"};
constexpr db::Select kFind{
    "SELECT id, action, subject_id, content_hash, content, maker, checker, state, reason, made_at, decided_at, "
    "ended_by, ended_at FROM approval WHERE id = :p1",
    "tttttttttiiti"};
constexpr db::Select kByKey{"SELECT id FROM approval WHERE open_key = :p1", "t"};
constexpr db::Select kWaiting{
    "SELECT id, action, subject_id, content_hash, content, maker, checker, state, reason, made_at, decided_at, "
    "ended_by, ended_at FROM approval WHERE state IN ('waiting', 'released') AND id > :p1 AND made_at >= :p3 ORDER BY "
    "id LIMIT :p2",
    "tttttttttiiti"};
constexpr db::Select kAfter{"SELECT id, state, made_at FROM approval WHERE id > :p1 ORDER BY id LIMIT :p2", "tti"};
constexpr db::Command kForget{"DELETE FROM approval WHERE id IN (:list) AND state <> 'used'"};
constexpr db::Command kDecide{
    "UPDATE approval SET state = :p2, checker = :p3, reason = :p4, decided_at = :p5, open_key = NULL WHERE id = :p1"};
constexpr db::Command kEnd{
    "UPDATE approval SET state = :p2, ended_by = :p3, reason = :p4, ended_at = :p5, open_key = NULL WHERE id = :p1"};
constexpr db::Command kUse{"UPDATE approval SET state = :p2 WHERE id = :p1"};

ApprovalState state_of(std::string_view text) {
    for (const ApprovalState state : kApprovalStates) {
        if (to_text(state) == text) return state;
    }
    throw LogicError("'" + std::string(text) + "' is no state of an approval");
}

std::string key_of(std::string_view action, std::string_view subject_id) {
    return std::string(action) + "|" + std::string(subject_id);
}

Approval approval_of(const db::Found& found, std::size_t row) {
    Approval approval;
    approval.id = found.text(row, 0);
    approval.action = found.text(row, 1);
    approval.subject_id = found.text(row, 2);
    approval.content_hash = found.text(row, 3);
    approval.content = found.text(row, 4);
    approval.maker = found.text(row, 5);
    approval.checker = found.text(row, 6);
    approval.state = state_of(found.text(row, 7));
    approval.reason = found.text(row, 8);
    approval.made_at = from_us(found.integer(row, 9));
    approval.decided_at = from_us(found.integer(row, 10));
    approval.ended_by = found.text(row, 11);
    approval.ended_at = from_us(found.integer(row, 12));
    return approval;
}

Error not_waiting(const std::optional<Approval>& approval) {
    return Error(operators_error::kNotWaiting,
                 {{"state", approval ? std::string(to_text(approval->state)) : "absent"}});
}

/// Read without a lock: a person that is named meanwhile counts from the next release or use on.
bool is_same_person(db::Reader& reader, const Approval& approval, const Operator& checker) {
    if (approval.maker == checker.id) return true;
    const std::optional<Operator> maker = OperatorStore::find(reader, approval.maker);
    if (!maker) throw LogicError("the maker of approval " + approval.id + " is not registered");
    return maker->person_id == checker.person_id;
}

/// The approval, where this checker may take it there.
Result<Approval> to_decide(db::Group& group, const std::string& id, const Operator& checker, ApprovalState to) {
    if (checker.role != Role::Confirmer || checker.state != OperatorState::Active)
        return Error(operators_error::kMayNotCheck);
    std::optional<Approval> approval = Approvals::find(group.tx, id);
    const bool is_decidable = approval && (approval->state == to || may_move(approval->state, to));
    if (!is_decidable || approval->state == ApprovalState::Refused) return not_waiting(approval);
    if (is_same_person(group.tx, *approval, checker)) return Error(operators_error::kSamePerson);
    return *std::move(approval);
}

}  // namespace

std::string_view to_text(ApprovalState state) {
    switch (state) {
        case ApprovalState::Waiting: return "waiting";
        case ApprovalState::Released: return "released";
        case ApprovalState::Refused: return "refused";
        case ApprovalState::Withdrawn: return "withdrawn";
        case ApprovalState::Used: return "used";
        case ApprovalState::Expired: return "expired";
    }
    throw LogicError("unnamed state of an approval");
}

Result<Approval> Approvals::ask(db::Group& group, const Operator& maker, std::string_view action,
                                std::string_view subject_id, std::string_view content, std::string_view locked_id) {
    if (maker.role != Role::Dealer || maker.state != OperatorState::Active) return Error(operators_error::kMayNotMake);
    Approval approval;
    approval.id = group.ids.next("apr");
    approval.action = action;
    approval.subject_id = subject_id;
    approval.content_hash = hex(crypto::sha256(content));
    approval.content = content;
    approval.maker = maker.id;
    approval.made_at = group.now;
    const std::string key = key_of(action, subject_id);
    db::Rows rows;
    rows.add(approval.id, key, approval.action, approval.subject_id, approval.content_hash, approval.content,
             approval.maker, "", to_text(approval.state), "", approval.made_at, 0);
    if (group.tx.insert_absent(kInsert, rows) == 1) return approval;
    const std::string standing_id = waiting_for(group.tx, action, subject_id);
    const std::optional<Approval> standing = find(group.tx, standing_id);
    if (!standing || !standing->is_over(group.now))
        return Error(operators_error::kAlreadyAsked, {{"approval", standing_id}});
    if (standing_id != locked_id) throw db::NeedLock{&kApprovalLock, standing_id};
    group.tx.execute(kEnd, {standing_id, to_text(ApprovalState::Expired), "", "", group.now});
    group.tx.insert(kInsert, rows);
    return approval;
}

std::string Approvals::waiting_for(db::Reader& reader, std::string_view action, std::string_view subject_id) {
    const db::Found found = reader.select(kByKey, {key_of(action, subject_id)});
    return found.empty() ? std::string() : found.text(0, 0);
}

void Approvals::lock(db::Locks& locks, const std::string& approval_id) {
    locks.add(kApprovalLock, approval_id);
}

Status Approvals::release(db::Group& group, const std::string& approval_id, const Operator& checker,
                          std::string_view content_hash) {
    const Result<Approval> approval = to_decide(group, approval_id, checker, ApprovalState::Released);
    if (!approval) return approval.error();
    if (content_hash != approval->content_hash) return Error(operators_error::kContentDiffers);
    // Also of what was released before and could not be carried out: it names who carries it out now.
    group.tx.execute(kDecide, {approval_id, to_text(ApprovalState::Released), checker.id, "", group.now});
    return Done{};
}

Status Approvals::refuse(db::Group& group, const std::string& approval_id, const Operator& checker,
                         std::string_view reason) {
    const Result<Approval> approval = to_decide(group, approval_id, checker, ApprovalState::Refused);
    if (!approval) return approval.error();
    const db::Command& command = approval->state == ApprovalState::Waiting ? kDecide : kEnd;
    group.tx.execute(command, {approval_id, to_text(ApprovalState::Refused), checker.id, reason, group.now});
    return Done{};
}

Status Approvals::withdraw(db::Group& group, const std::string& approval_id, const Operator& maker,
                           std::string_view reason) {
    const std::optional<Approval> approval = find(group.tx, approval_id);
    if (approval && approval->maker != maker.id) return Error(operators_error::kNotItsMaker);
    if (!approval || !may_move(approval->state, ApprovalState::Withdrawn)) return not_waiting(approval);
    group.tx.execute(kEnd, {approval_id, to_text(ApprovalState::Withdrawn), maker.id, reason, group.now});
    return Done{};
}

Result<Approval> Approvals::use(db::Group& group, const std::string& approval_id, std::string_view action,
                                std::string_view content) {
    std::optional<Approval> approval = find(group.tx, approval_id);
    if (!approval || approval->action != action || !may_move(approval->state, ApprovalState::Used)) {
        return Error(operators_error::kNotReleased,
                     {{"state", approval ? std::string(to_text(approval->state)) : "absent"}});
    }
    if (approval->content_hash != hex(crypto::sha256(content))) return Error(operators_error::kContentDiffers);
    const std::optional<Operator> checker = OperatorStore::find(group.tx, approval->checker);
    if (!checker) throw LogicError("the checker of approval " + approval->id + " is not registered");
    if (is_same_person(group.tx, *approval, *checker)) return Error(operators_error::kSamePerson);
    approval->state = ApprovalState::Used;
    group.tx.execute(kUse, {approval_id, to_text(ApprovalState::Used)});
    return *std::move(approval);
}

std::optional<Approval> Approvals::find(db::Reader& reader, const std::string& id) {
    const db::Found found = reader.select(kFind, {id});
    if (found.empty()) return std::nullopt;
    return approval_of(found, 0);
}

std::vector<Approval> Approvals::waiting(db::Reader& reader, Instant now, std::string_view after_id, int limit) {
    // Old ones stay in their states until they are forgotten: the ids pass over them. The clock that made an id may be
    // another machine's.
    const std::string from = earliest_id("apr", now - kApprovalLives - std::chrono::hours(1));
    const db::Found found =
        reader.select(kWaiting, {std::max<std::string_view>(after_id, from), limit, now - kApprovalLives});
    std::vector<Approval> waiting;
    for (std::size_t row = 0; row < found.size(); ++row) waiting.push_back(approval_of(found, row));
    return waiting;
}

std::vector<Approval> Approvals::after(db::Reader& reader, std::string_view after_id, int limit) {
    const db::Found found = reader.select(kAfter, {after_id, limit});
    std::vector<Approval> all(found.size());
    for (std::size_t row = 0; row < found.size(); ++row) {
        all[row].id = found.text(row, 0);
        all[row].state = state_of(found.text(row, 1));
        all[row].made_at = from_us(found.integer(row, 2));
    }
    return all;
}

int Approvals::forget(db::Tx& tx, std::span<const std::string> ids) {
    return ids.empty() ? 0 : static_cast<int>(tx.execute(kForget, {}, ids));
}

}  // namespace huiqiao::operators
