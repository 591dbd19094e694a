#include "src/calls/forget_reads.h"

#include <set>

#include "src/calls/call_store.h"

namespace huiqiao::calls {

namespace {

constexpr db::Select kPassing{
    "SELECT id, call_id, received_at FROM passing_answer WHERE id > :p1 ORDER BY id LIMIT :p2", "tti"};
constexpr db::Select kKeptAnswers{"SELECT call_id FROM call_answer WHERE call_id IN (:list)", "t"};
constexpr db::Select kPassingLeft{"SELECT call_id FROM passing_answer WHERE call_id IN (:list)", "t"};
constexpr db::Command kDropAnswers{"DELETE FROM passing_answer WHERE id IN (:list)"};
constexpr db::Command kDropInstructions{"DELETE FROM instruction WHERE call_id IN (:list)"};
constexpr db::Command kDropCalls{"DELETE FROM external_call WHERE id IN (:list)"};

}  // namespace

std::vector<PassingAnswer> passing_answers(db::Reader& reader, const std::string& after_id, int limit) {
    const db::Found found = reader.select(kPassing, {after_id, limit});
    std::vector<PassingAnswer> answers;
    for (std::size_t row = 0; row < found.size(); ++row)
        answers.push_back({found.text(row, 0), found.text(row, 1), from_us(found.integer(row, 2))});
    return answers;
}

void lock_reads(db::Locks& locks, std::span<const PassingAnswer> answers) {
    for (const PassingAnswer& answer : answers) locks.add(kCallLock, answer.call_id);
}

int forget_reads(db::Tx& tx, std::span<const PassingAnswer> answers) {
    std::set<std::string> of_calls;
    for (const PassingAnswer& answer : answers) of_calls.insert(answer.call_id);
    std::set<std::string> over;
    for (const StoredCall& stored : load_calls(tx, std::vector(of_calls.begin(), of_calls.end()))) {
        if (!stored.due_at) over.insert(stored.call.id);
    }
    std::vector<std::string> gone;
    for (const PassingAnswer& answer : answers) {
        if (over.contains(answer.call_id)) gone.push_back(answer.id);
    }
    if (gone.empty()) return 0;
    const auto dropped = static_cast<int>(tx.execute(kDropAnswers, {}, gone));
    const std::vector<std::string> looked_at(over.begin(), over.end());
    for (const db::Select* still : {&kKeptAnswers, &kPassingLeft}) {
        const db::Found found = tx.select(*still, {}, looked_at);
        for (std::size_t row = 0; row < found.size(); ++row) over.erase(found.text(row, 0));
    }
    const std::vector<std::string> empty(over.begin(), over.end());
    if (!empty.empty()) {
        tx.execute(kDropInstructions, {}, empty);
        tx.execute(kDropCalls, {}, empty);
    }
    return dropped;
}

}  // namespace huiqiao::calls
