#pragma once
// What needs a person: one row a matter, seen in the operators' queue with age and owner. While a work item of a
// (kind, subject) is open, opening it again changes nothing. States: open -> taken -> closed, open -> closed.
// Texts hold ids, states and amounts, no personal data. It decides nothing and books nothing.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/base/result.h"
#include "src/db/write_queue.h"

namespace huiqiao::operators {

/// Told to whoever follows live (src/db/change_tape.h), by "kind|subject id".
inline constexpr std::string_view kWorkItemChange = "work_item";

struct NewWorkItem {
    std::string kind;  // "payment_amount_differs", "instruction_escalated" …
    std::string subject_kind;
    std::string subject_id;
    std::string text_en;
    std::string text_zh;
};

enum class WorkItemState { Open, Taken, Closed };
std::string_view to_text(WorkItemState state);

struct WorkItem {
    std::string id;
    std::string kind;
    std::string subject_kind;
    std::string subject_id;
    std::string text_en;
    std::string text_zh;
    std::string owner;  // operator id; empty while nobody has taken it
    WorkItemState state = WorkItemState::Open;
    Instant opened_at{};
    Instant closed_at{};
    std::string closing_note;
};

/// Stateless; may be made anywhere.
class WorkItems {
 public:
    /// In step 7 of a group; needs no lock and no claim. Idempotent per (kind, subject) while one is open.
    void open(db::Group& group, std::span<const NewWorkItem> items) const;
    void open(db::Group& group, const NewWorkItem& item) const { open(group, std::span(&item, 1)); }
    /// Closes what is open of these matters, from inside the group that settled them. Absent ones are passed over.
    void close(db::Group& group, std::string_view kind, std::string_view subject_id, std::string_view note) const;

    /// What stands open of a kind, by subject: its English text.
    [[nodiscard]] std::map<std::string, std::string> open_of(db::Reader& reader, std::string_view kind) const;
    /// A page of them, behind the given subject ("": from the first).
    [[nodiscard]] std::map<std::string, std::string> open_of(db::Reader& reader, std::string_view kind,
                                                             std::string_view behind_subject, int limit) const;
    /// Of these subjects.
    [[nodiscard]] std::map<std::string, std::string> open_of(db::Reader& reader, std::string_view kind,
                                                             std::span<const std::string> subjects) const;
    /// How many stand open of a kind; counted up to the limit.
    [[nodiscard]] int count_open(db::Reader& reader, std::string_view kind, int limit) const;
    /// New texts for what is open: the matter stands, its amounts moved. Absent ones are passed over.
    void retell(db::Group& group, const NewWorkItem& item) const;

    /// The open one of a matter.
    [[nodiscard]] std::optional<std::string> find_open(db::Reader& reader, std::string_view kind,
                                                       std::string_view subject_id) const;
    /// Step 4 for take and close_by: the work item itself; and for who closes it only where nothing of the matter is
    /// left, so that one counts after the other.
    void lock(db::Locks& locks, const std::string& work_item_id) const;
    /// kWorkItemGone where it is closed, kWorkItemTaken where another operator has it.
    Status take(db::Group& group, const std::string& work_item_id, const std::string& operator_id) const;
    Status close_by(db::Group& group, const std::string& work_item_id, const std::string& operator_id,
                    std::string_view note) const;

    /// All, in the order in which they were opened, after the given id: what pruning looks at. Texts are left out.
    [[nodiscard]] std::vector<WorkItem> after(db::Reader& reader, std::string_view after_id, int limit) const;
    /// Of locked rows those that are closed; how many went.
    int forget(db::Tx& tx, std::span<const std::string> ids) const;

    /// Open and taken ones, oldest first, after the given id ("" for the first page).
    [[nodiscard]] std::vector<WorkItem> waiting(db::Reader& reader, std::string_view after_id, int limit) const;
    [[nodiscard]] std::int64_t count_waiting(db::Reader& reader) const;
    /// Open and taken ones of matters named as kWorkItemChange names them, by that name.
    [[nodiscard]] std::map<std::string, WorkItem> waiting_of(db::Reader& reader,
                                                             std::span<const std::string> matters) const;
};

namespace operators_error {
inline constexpr ErrorCode kWorkItemGone{"work_item_closed", ErrorGroup::Conflict,
                                         "This work item is not open any more.", "该待办事项已关闭。"};
inline constexpr ErrorCode kWorkItemTaken{"work_item_taken", ErrorGroup::Conflict,
                                          "This work item is in the hands of {owner}.",
                                          "该待办事项已由 {owner} 领取。"};
}  // namespace operators_error

}  // namespace huiqiao::operators
