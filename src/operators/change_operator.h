#pragma once
// Suspending and resuming an operator, and naming the person of one that was registered before persons were kept (its
// person is then its own id). A person is named once. What an operator made or checked stays on record in its name;
// approvals are judged by the persons as they are when one is used (SEC-06), so a naming lets nothing through.

#include <memory>
#include <optional>
#include <string>

#include "src/operators/operator.h"

namespace huiqiao::operators {

struct OperatorChange final : db::Item {
    std::string id;
    std::optional<OperatorState> state;  // to set
    std::string person_id;               // to name; empty: none

    std::optional<Error> error;  // kNoOperator, kPersonKnown; nothing was changed
    bool is_new = false;         // it was not so before
};

class ChangeOperator final : public db::Operation {
 public:
    [[nodiscard]] std::string_view name() const override { return "change_operator"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;
};

namespace operators_error {
inline constexpr ErrorCode kNoOperator{"no_such_operator", ErrorGroup::NotFound,
                                       "There is no operator {operator}. Nothing was changed.",
                                       "没有操作员 {operator}。未作任何改动。"};
inline constexpr ErrorCode kPersonKnown{
    "person_known", ErrorGroup::Conflict,
    "Operator {operator} is of person {person}, and that stands for ever. Nothing was changed. Register another "
    "operator for another person, and suspend this one.",
    "操作员 {operator} 属于人员 {person}，不可更改。未作任何改动。请为另一人登记新的操作员，并停用此操作员。"};
}  // namespace operators_error

}  // namespace huiqiao::operators
