#pragma once
// One work item by its id, whatever its state: for who looks at it, and before a person closes it.

#include <optional>
#include <string_view>

#include "src/operators/work_item.h"

namespace huiqiao::operators {

std::optional<WorkItem> find_work_item(db::Reader& reader, std::string_view id);

namespace operators_error {
inline constexpr ErrorCode kNoWorkItem{"no_such_work_item", ErrorGroup::NotFound, "There is no work item of this id.",
                                       "没有该编号的待办事项。"};
}  // namespace operators_error

}  // namespace huiqiao::operators
