#pragma once
// What a watch found, brought to persons in one write: matters that are new, matters whose words moved, matters that
// are over. Idempotent: what is open already is not opened again, what is closed already is passed over.

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/flow/operation_of.h"
#include "src/operators/work_item.h"

namespace huiqiao::flow {

struct Tidings final : db::Item {
    std::vector<operators::NewWorkItem> opened;
    std::vector<operators::NewWorkItem> changed;
    std::vector<std::string> over;  // subjects

    /// A matter that stands, held against those that were told (subject -> words), from which it is taken: retold where
    /// its words moved. False: nobody was told of it yet.
    bool is_told(std::map<std::string, std::string>& told, const operators::NewWorkItem& now_is) {
        const auto known = told.find(now_is.subject_id);
        if (known == told.end()) return false;
        if (known->second != now_is.text_en) changed.push_back(now_is);
        told.erase(known);
        return true;
    }
    /// What was told and stands no more.
    void end(const std::map<std::string, std::string>& told) {
        for (const auto& [subject, text] : told) over.push_back(subject);
    }

    [[nodiscard]] int size() const { return static_cast<int>(opened.size() + changed.size() + over.size()); }
};

/// All work items of one watch are of one kind.
struct Watched {
    std::string_view kind;
    std::string_view over;  // the note with which a matter is closed
};

class TidingsWork final : public db::Work {
 public:
    TidingsWork(const Watched& watched, std::vector<Tidings*> items) : watched_(watched), items_(std::move(items)) {}
    void run(db::Group& group) override {
        const operators::WorkItems work_items;
        for (const Tidings* item : items_) {
            work_items.open(group, item->opened);
            for (const operators::NewWorkItem& each : item->changed) work_items.retell(group, each);
            for (const std::string& subject : item->over)
                work_items.close(group, watched_.kind, subject, watched_.over);
        }
    }

 private:
    const Watched& watched_;
    std::vector<Tidings*> items_;
};

using Tell = OperationOf<TidingsWork, Tidings, Watched>;

}  // namespace huiqiao::flow
