#pragma once
// Four eyes: a maker asks for an action on exactly some content, a checker who is another person (not only another
// operator, SEC-06) releases or refuses it. The approval holds the content's hash, so that whatever was changed since
// it was asked is not released. It carries nothing out: the flow that uses an approval does, in the group that marks it
// used.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/db/write_queue.h"
#include "src/operators/operator.h"

namespace huiqiao::operators {

/// waiting -> released -> used, once; from waiting and released to refused (by a checker), withdrawn (by its maker) and
/// expired (after its time; stored by who asks for the same again).
enum class ApprovalState { Waiting, Released, Refused, Withdrawn, Used, Expired };

/// SEC-06. Older ones are not released any more, whatever their state says.
inline constexpr std::chrono::hours kApprovalLives{24};

inline constexpr ApprovalState kApprovalStates[] = {ApprovalState::Waiting, ApprovalState::Released,
                                                    ApprovalState::Refused, ApprovalState::Withdrawn,
                                                    ApprovalState::Used,    ApprovalState::Expired};

struct ApprovalMove {
    ApprovalState from;
    ApprovalState to;
};
inline constexpr ApprovalMove kApprovalMoves[] = {
    {ApprovalState::Waiting, ApprovalState::Released},   {ApprovalState::Waiting, ApprovalState::Refused},
    {ApprovalState::Waiting, ApprovalState::Withdrawn},  {ApprovalState::Released, ApprovalState::Refused},
    {ApprovalState::Released, ApprovalState::Withdrawn}, {ApprovalState::Released, ApprovalState::Used},
    {ApprovalState::Waiting, ApprovalState::Expired},    {ApprovalState::Released, ApprovalState::Expired}};
constexpr bool may_move(ApprovalState from, ApprovalState to) {
    for (const ApprovalMove& move : kApprovalMoves)
        if (move.from == from && move.to == to) return true;
    return false;
}
std::string_view to_text(ApprovalState state);

struct Approval {
    std::string id;      // apr_…
    std::string action;  // "resolve_instruction", "release_remittance" …
    std::string subject_id;
    std::string content_hash;  // SHA-256 of content, hex
    std::string content;       // what is asked, as the console shows it
    std::string maker;
    std::string checker;  // who released it, or refused it while it waited; empty before
    ApprovalState state = ApprovalState::Waiting;
    std::string reason;
    Instant made_at{};
    Instant decided_at{};
    std::string ended_by;  // who refused what was released, or withdrew it; else empty
    Instant ended_at{};

    [[nodiscard]] bool is_over(Instant now) const { return now - made_at > kApprovalLives; }
    /// As it is to be shown: what is over and was not ended is expired, also where nobody has asked again.
    [[nodiscard]] ApprovalState state_at(Instant now) const {
        return is_over(now) && may_move(state, ApprovalState::Expired) ? ApprovalState::Expired : state;
    }
};

/// All inside write groups; an approval that is decided or used is locked in step 4 by lock().
class Approvals {
 public:
    /// One that waits for (action, subject) at a time: kAlreadyAsked names it. One whose time is over gives way; where
    /// it is not the locked one (waiting_for()), the group comes again. kMayNotMake for who is not an active dealer.
    static Result<Approval> ask(db::Group& group, const Operator& maker, std::string_view action,
                                std::string_view subject_id, std::string_view content, std::string_view locked_id = {});
    /// The id of what waits for (action, subject); empty where nothing does.
    static std::string waiting_for(db::Reader& reader, std::string_view action, std::string_view subject_id);
    static void lock(db::Locks& locks, const std::string& approval_id);
    /// content_hash: of what the checker saw. kMayNotCheck, kSamePerson, kContentDiffers, kNotWaiting. What is released
    /// and not used may be released again: the approval then names who carries it out.
    static Status release(db::Group& group, const std::string& approval_id, const Operator& checker,
                          std::string_view content_hash);
    static Status refuse(db::Group& group, const std::string& approval_id, const Operator& checker,
                         std::string_view reason);
    /// By its maker, as long as it is not used: kNotItsMaker, kNotWaiting.
    static Status withdraw(db::Group& group, const std::string& approval_id, const Operator& maker,
                           std::string_view reason);
    /// In the group that carries it out. kNotReleased, kContentDiffers where the content is not what was released,
    /// kSamePerson where maker and checker turned out to be one.
    static Result<Approval> use(db::Group& group, const std::string& approval_id, std::string_view action,
                                std::string_view content);

    static std::optional<Approval> find(db::Reader& reader, const std::string& id);
    /// What waits for somebody: asked within its time, and neither ended nor used; oldest first, after the given id (""
    /// for the first page).
    static std::vector<Approval> waiting(db::Reader& reader, Instant now, std::string_view after_id, int limit);

    /// All, in the order in which they were asked, after the given id: what pruning looks at. Content is left out.
    static std::vector<Approval> after(db::Reader& reader, std::string_view after_id, int limit);
    /// Of locked rows, all of them over, those that were never used; how many went.
    static int forget(db::Tx& tx, std::span<const std::string> ids);
};

namespace operators_error {
inline constexpr ErrorCode kMayNotMake{"may_not_make", ErrorGroup::Forbidden, "Only an active dealer may ask for this.",
                                       "只有在岗的交易员可以发起。"};
inline constexpr ErrorCode kMayNotCheck{"may_not_check", ErrorGroup::Forbidden,
                                        "Only an active confirmer may decide this.", "只有在岗的复核员可以决定。"};
inline constexpr ErrorCode kSamePerson{"same_person", ErrorGroup::Rule, "Maker and checker must be two persons.",
                                       "制单人与复核人不能为同一人。"};
inline constexpr ErrorCode kNotItsMaker{"not_its_maker", ErrorGroup::Forbidden,
                                        "Only who asked for this may withdraw it; a confirmer may refuse it.",
                                        "只有发起人可以撤回；复核员可以拒绝。"};
inline constexpr ErrorCode kAlreadyAsked{"already_asked", ErrorGroup::Conflict,
                                         "The same is waiting for release already: {approval}.",
                                         "相同事项已在等待复核：{approval}。"};
inline constexpr ErrorCode kContentDiffers{"content_differs", ErrorGroup::Conflict,
                                           "The content is not what was asked for. Ask again.",
                                           "内容与申请时不一致，请重新发起。"};
inline constexpr ErrorCode kNotWaiting{"approval_not_waiting", ErrorGroup::Conflict, "This approval is {state}.",
                                       "该审批状态为 {state}。"};
inline constexpr ErrorCode kNotReleased{"approval_not_released", ErrorGroup::Conflict,
                                        "This approval cannot be used: it is {state}.",
                                        "该审批不可使用，状态为 {state}。"};
}  // namespace operators_error

}  // namespace huiqiao::operators
