#include "src/operators/change_operator.h"

#include "src/db/lock_ranks.h"

namespace huiqiao::operators {

namespace {

constexpr db::LockTable kOperatorLock{db::lock_rank::kOperator,
                                      "SELECT id FROM operator WHERE id IN (:list) ORDER BY id"};

class ChangeWork final : public db::Work {
 public:
    explicit ChangeWork(std::span<const std::shared_ptr<db::Item>> items) : items_(items.begin(), items.end()) {}
    void lock(db::Locks& locks) override {
        for (const auto& item : items_) locks.add(kOperatorLock, static_cast<const OperatorChange&>(*item).id);
    }
    void run(db::Group& group) override {
        for (const auto& item : items_) change(group, static_cast<OperatorChange&>(*item));
    }

 private:
    static void change(db::Group& group, OperatorChange& item) {
        item.error.reset();
        item.is_new = false;
        const std::optional<Operator> who = OperatorStore::find(group.tx, item.id);
        if (!who) {
            item.error.emplace(operators_error::kNoOperator, Parameters{{"operator", item.id}});
            return;
        }
        const bool names = !item.person_id.empty() && item.person_id != who->person_id;
        if (names && who->person_id != who->id) {
            item.error.emplace(operators_error::kPersonKnown,
                               Parameters{{"operator", item.id}, {"person", who->person_id}});
            return;
        }
        if (names) OperatorStore::set_person(group.tx, item.id, item.person_id);
        const bool moves = item.state && *item.state != who->state;
        if (moves) OperatorStore::set_state(group.tx, item.id, *item.state);
        item.is_new = names || moves;
    }

    using Parameters = std::vector<std::pair<std::string, std::string>>;
    std::vector<std::shared_ptr<db::Item>> items_;
};

}  // namespace

std::unique_ptr<db::Work> ChangeOperator::begin(std::span<const std::shared_ptr<db::Item>> items) {
    return std::make_unique<ChangeWork>(items);
}

}  // namespace huiqiao::operators
