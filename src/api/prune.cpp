#include "src/api/prune.h"

#include "src/api/request_store.h"
#include "src/db/change_tape.h"

namespace huiqiao::api {

namespace {

struct ForgetItem final : db::Item {
    std::int64_t gone = 0;
};

/// Expired rows only: nobody changes them any more, so what was read needs no lock before it is deleted.
class ForgetWork final : public db::Work {
 public:
    explicit ForgetWork(ForgetItem& item) : item_(item) {}
    void run(db::Group& group) override {
        item_.gone = RequestStore::prune(group.tx, group.now, Prune::kAtMost) +
                     db::ChangeTape::forget(group.tx, group.now - db::ChangeTape::kKept, Prune::kAtMost);
    }

 private:
    ForgetItem& item_;
};

}  // namespace

class Prune::Forget final : public db::Operation {
 public:
    [[nodiscard]] std::string_view name() const override { return "forget_requests"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override {
        return std::make_unique<ForgetWork>(static_cast<ForgetItem&>(*items.front()));
    }
};

Prune::Prune(db::Database& database, db::WriteQueue& queue)
    : database_(database), queue_(queue), forget_(std::make_unique<Forget>()) {}

Prune::~Prune() = default;

int Prune::step(Instant now) {
    if (now < not_before_) return 0;
    bool any = false;
    database_.look([&](db::Reader& reader) {
        any = RequestStore::any_expired(reader, now) || db::ChangeTape::any_before(reader, now - db::ChangeTape::kKept);
    });
    const auto item = std::make_shared<ForgetItem>();
    if (any && !queue_.run(*forget_, item)) return 0;
    if (item->gone < kAtMost) not_before_ = now + kPause;
    return static_cast<int>(item->gone);
}

}  // namespace huiqiao::api
