#include "src/flow/ask.h"

namespace huiqiao::flow {

namespace {

class AskWork final : public db::Work {
 public:
    AskWork(const AskParts& parts, std::vector<Ask*> items) : parts_(parts), items_(std::move(items)) {}

    void claim(db::Claims& claims) override {
        for (const Ask* item : items_) claims.add(parts_.claim, item->id, "");
    }
    void lock(db::Locks& locks) override {
        for (const Ask* item : items_) locks.add(parts_.lock, item->id);
    }
    void run(db::Group& group) override {
        for (Ask* item : items_) {
            const std::optional<calls::NewCall> call = parts_.question(group, item->id);
            if (call) parts_.calls.prepare(group, std::span(&*call, 1));
            item->asked = call.has_value();
        }
    }

 private:
    const AskParts& parts_;
    std::vector<Ask*> items_;
};

class AskOperation final : public db::Operation {
 public:
    AskOperation(std::string_view name, AskParts parts) : parts_(std::move(parts)), inner_(parts_, name) {}
    [[nodiscard]] std::string_view name() const override { return inner_.name(); }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override {
        return inner_.begin(items);
    }

 private:
    AskParts parts_;
    OperationOf<AskWork, Ask, AskParts> inner_;
};

}  // namespace

std::unique_ptr<db::Operation> make_ask(std::string_view name, AskParts parts) {
    return std::make_unique<AskOperation>(name, std::move(parts));
}

}  // namespace huiqiao::flow
