#include "src/operators/approval.h"

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
    "SELECT id, action, subject_id, content_hash, content, maker, checker, state, reason, made_at, decided_at "
    "FROM approval WHERE id = :p1",
    "tttttttttii"};
constexpr db::Select kByKey{"SELECT id FROM approval WHERE open_key = :p1", "t"};
constexpr db::Select kWaiting{
    "SELECT id, action, subject_id, content_hash, content, maker, checker, state, reason, made_at, decided_at "
    "FROM approval WHERE open_key IS NOT NULL AND id > :p1 ORDER BY id LIMIT :p2",
    "tttttttttii"};
constexpr db::Command kDecide{
    "UPDATE approval SET state = :p2, checker = :p3, reason = :p4, decided_at = :p5, open_key = NULL WHERE id = :p1"};
constexpr db::Command kUse{"UPDATE approval SET state = :p2 WHERE id = :p1"};

Approval approval_of(const db::Found& found, std::size_t row) {
    Approval approval;
    approval.id = found.text(row, 0);
    approval.action = found.text(row, 1);
    approval.subject_id = found.text(row, 2);
    approval.content_hash = found.text(row, 3);
    approval.content = found.text(row, 4);
    approval.maker = found.text(row, 5);
    approval.checker = found.text(row, 6);
    for (const ApprovalState state : kApprovalStates) {
        if (to_text(state) == found.text(row, 7)) approval.state = state;
    }
    approval.reason = found.text(row, 8);
    approval.made_at = from_us(found.integer(row, 9));
    approval.decided_at = from_us(found.integer(row, 10));
    return approval;
}

Status decide(db::Group& group, const std::string& id, const Operator& checker, ApprovalState to,
              const std::string* content_hash, std::string_view reason) {
    if (checker.role != Role::Checker || checker.state != OperatorState::Active)
        return Error(operators_error::kMayNotCheck);
    const std::optional<Approval> approval = Approvals::find(group.tx, id);
    if (!approval || !may_move(approval->state, to)) {
        return Error(operators_error::kNotWaiting,
                     {{"state", approval ? std::string(to_text(approval->state)) : "absent"}});
    }
    if (approval->maker == checker.id) return Error(operators_error::kSamePerson);
    if (content_hash != nullptr && *content_hash != approval->content_hash)
        return Error(operators_error::kContentDiffers);
    group.tx.execute(kDecide, {id, to_text(to), checker.id, reason, group.now});
    return Done{};
}

}  // namespace

std::string_view to_text(ApprovalState state) {
    switch (state) {
        case ApprovalState::Waiting: return "waiting";
        case ApprovalState::Released: return "released";
        case ApprovalState::Refused: return "refused";
        case ApprovalState::Used: return "used";
    }
    throw LogicError("unnamed state of an approval");
}

Result<Approval> Approvals::ask(db::Group& group, const Operator& maker, std::string_view action,
                                std::string_view subject_id, std::string_view content) {
    if (maker.role != Role::Maker || maker.state != OperatorState::Active) return Error(operators_error::kMayNotMake);
    Approval approval;
    approval.id = group.ids.next("apr");
    approval.action = action;
    approval.subject_id = subject_id;
    approval.content_hash = hex(crypto::sha256(content));
    approval.content = content;
    approval.maker = maker.id;
    approval.made_at = group.now;
    const std::string key = approval.action + "|" + approval.subject_id;
    db::Rows rows;
    rows.add(approval.id, key, approval.action, approval.subject_id, approval.content_hash, approval.content,
             approval.maker, "", to_text(approval.state), "", approval.made_at, 0);
    if (group.tx.insert_absent(kInsert, rows) == 1) return approval;
    const db::Found found = group.tx.select(kByKey, {key});
    return Error(operators_error::kAlreadyAsked, {{"approval", found.empty() ? std::string() : found.text(0, 0)}});
}

void Approvals::lock(db::Locks& locks, const std::string& approval_id) {
    locks.add(kApprovalLock, approval_id);
}

Status Approvals::release(db::Group& group, const std::string& approval_id, const Operator& checker,
                          std::string_view content_hash) {
    const std::string seen(content_hash);
    return decide(group, approval_id, checker, ApprovalState::Released, &seen, "");
}

Status Approvals::refuse(db::Group& group, const std::string& approval_id, const Operator& checker,
                         std::string_view reason) {
    return decide(group, approval_id, checker, ApprovalState::Refused, nullptr, reason);
}

Result<Approval> Approvals::use(db::Group& group, const std::string& approval_id, std::string_view action,
                                std::string_view content) {
    std::optional<Approval> approval = find(group.tx, approval_id);
    if (!approval || approval->action != action || !may_move(approval->state, ApprovalState::Used)) {
        return Error(operators_error::kNotReleased,
                     {{"state", approval ? std::string(to_text(approval->state)) : "absent"}});
    }
    if (approval->content_hash != hex(crypto::sha256(content))) return Error(operators_error::kContentDiffers);
    approval->state = ApprovalState::Used;
    group.tx.execute(kUse, {approval_id, to_text(ApprovalState::Used)});
    return *std::move(approval);
}

std::optional<Approval> Approvals::find(db::Reader& reader, const std::string& id) {
    const db::Found found = reader.select(kFind, {id});
    if (found.empty()) return std::nullopt;
    return approval_of(found, 0);
}

std::vector<Approval> Approvals::waiting(db::Reader& reader, std::string_view after_id, int limit) {
    const db::Found found = reader.select(kWaiting, {after_id, limit});
    std::vector<Approval> waiting;
    for (std::size_t row = 0; row < found.size(); ++row) waiting.push_back(approval_of(found, row));
    return waiting;
}

}  // namespace huiqiao::operators
