#include "src/operators/change_operator.h"

#include <set>

#include "src/db/lock_ranks.h"

namespace huiqiao::operators {

namespace {

constexpr db::LockTable kOperatorLock{db::lock_rank::kOperator,
                                      "SELECT id FROM operator WHERE id IN (:list) ORDER BY id"};

class ChangeWork final : public db::Work {
 public:
    explicit ChangeWork(std::span<const std::shared_ptr<db::Item>> items) : items_(items.begin(), items.end()) {}
    /// Who was not named yet shares an operator's id with all operators of that person. Their number does not grow,
    /// since nobody is registered or named with such an id any more.
    void find(db::Reader& reader) override {
        for (const auto& each : items_) {
            const auto& item = static_cast<const OperatorChange&>(*each);
            ids_.insert(item.id);
            if (item.person_id.empty()) continue;
            const std::optional<Operator> who = OperatorStore::find(reader, item.id);
            if (!who || is_person_id(who->person_id)) continue;
            for (std::string& id : OperatorStore::ids_of_person(reader, who->person_id)) ids_.insert(std::move(id));
        }
    }
    void lock(db::Locks& locks) override {
        for (const std::string& id : ids_) locks.add(kOperatorLock, id);
    }
    void run(db::Group& group) override {
        for (const auto& item : items_) change(group, static_cast<OperatorChange&>(*item));
    }

 private:
    void change(db::Group& group, OperatorChange& item) const {
        item.error.reset();
        item.is_new = false;
        item.with.clear();
        const std::optional<Operator> who = OperatorStore::find(group.tx, item.id);
        if (!who) {
            item.error.emplace(operators_error::kNoOperator, Parameters{{"operator", item.id}});
            return;
        }
        const bool names = !item.person_id.empty() && item.person_id != who->person_id;
        if (names && !is_person_id(item.person_id)) {
            item.error.emplace(operators_error::kNoPersonId, Parameters{{"person", item.person_id}});
            return;
        }
        if (names && is_person_id(who->person_id)) {
            item.error.emplace(operators_error::kPersonKnown,
                               Parameters{{"operator", item.id}, {"person", who->person_id}});
            return;
        }
        if (names) name_all(group, item, who->person_id);
        const bool moves = item.state && *item.state != who->state;
        if (moves) OperatorStore::set_state(group.tx, item.id, *item.state);
        item.is_new = names || moves;
    }

    /// One human stays one: whoever was of that person is of the new one.
    void name_all(db::Group& group, OperatorChange& item, const std::string& before) const {
        for (const std::string& id : OperatorStore::ids_of_person(group.tx, before)) {
            if (!ids_.contains(id)) throw db::NeedLock{&kOperatorLock, id};
            OperatorStore::set_person(group.tx, id, item.person_id);
            if (id != item.id) item.with.push_back(id);
        }
    }

    using Parameters = std::vector<std::pair<std::string, std::string>>;
    std::vector<std::shared_ptr<db::Item>> items_;
    std::set<std::string> ids_;  // to lock
};

}  // namespace

std::unique_ptr<db::Work> ChangeOperator::begin(std::span<const std::shared_ptr<db::Item>> items) {
    return std::make_unique<ChangeWork>(items);
}

}  // namespace huiqiao::operators
