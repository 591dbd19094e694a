#pragma once
// The usual operation: its Work is made of a flow object's parts and the group's items, in their own type. Items that
// an outer operation has answered already (a replay) are passed over.

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
        for (const auto& item : items) {
            if (!item->skipped) mine.push_back(static_cast<Item*>(item.get()));
        }
        return std::make_unique<Work>(parts_, std::move(mine));
    }

 private:
    const Parts& parts_;
    std::string_view name_;
};

}  // namespace huiqiao::flow
