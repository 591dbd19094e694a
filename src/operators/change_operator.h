#pragma once
// Suspending and resuming an operator, and naming the person of one that was registered before persons were kept (its
// person is then an operator's id). A person is named once, and with it all operators of that person: a naming joins
// persons and never parts one. What an operator made or checked stays on record in its name; approvals are judged by
// the persons as they are when one is used (SEC-06), so a naming lets nothing through.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/operators/operator.h"

namespace huiqiao::operators {

struct OperatorChange final : db::Item {
    std::string id;
    std::optional<OperatorState> state;  // to set
    std::string person_id;               // to name; empty: none

    std::optional<Error> error;     // kNoOperator, kNoPersonId, kPersonKnown; nothing was changed
    bool is_new = false;            // it was not so before
    std::vector<std::string> with;  // other operators of that person, whose person was named with it; ids ascending
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
inline constexpr ErrorCode kNoPersonId{
    "no_person_id", ErrorGroup::Rule,
    "{person} is no person's id. It is 1 to 64 small letters, digits, '_' and '-', the same for all operators of that "
    "person (a staff number, never a name), and does not begin with opr_ as an operator's does. Nothing was changed. "
    "Whoever was registered before persons were kept is named first, by 'huiqiao operator-person'.",
    "{person} 不是人员编号。人员编号为 1 至 64 个小写字母、数字、“_”和“-”，同一人的所有操作员相同（工号，不得为姓名），"
    "且不以操作员编号的 opr_ 开头。未作任何改动。登记时尚无人员编号的操作员，请先以 operator-person 命令指明。"};
inline constexpr ErrorCode kPersonKnown{
    "person_known", ErrorGroup::Conflict,
    "Operator {operator} is of person {person}, and that stands for ever. Nothing was changed. Register another "
    "operator for another person, and suspend this one.",
    "操作员 {operator} 属于人员 {person}，不可更改。未作任何改动。请为另一人登记新的操作员，并停用此操作员。"};
}  // namespace operators_error

}  // namespace huiqiao::operators
