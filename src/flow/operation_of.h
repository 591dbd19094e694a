#pragma once
// The usual operation: its Work is made of a flow object's parts and the group's items, in their own type. A request
// that is recorded (src/api/recorded_operation.h) is known to be a replay only when its group runs: the Work of such a
// verb asks each item in run() whether it is skipped.

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "src/db/write_queue.h"

namespace huiqiao::flow {

template <class Work, class Item, class Parts>
class OperationOf final : public db::Operation {
 public:
    OperationOf(const Parts& parts, std::string_view name) : parts_(parts), name_(name) {}
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override {
        std::vector<Item*> mine;
        mine.reserve(items.size());
        for (const auto& item : items) mine.push_back(static_cast<Item*>(item.get()));
        return std::make_unique<Work>(parts_, std::move(mine));
    }

 private:
    const Parts& parts_;
    std::string_view name_;
};

}  // namespace huiqiao::flow
