#pragma once
// The worker that forgets expired nonces and Idempotency-Keys, and the old part of the tape of changes
// (src/db/change_tape.h), oldest first, a bounded number at a time.

#include <memory>

#include "src/db/write_queue.h"

namespace huiqiao::api {

class Prune {
 public:
    static constexpr int kAtMost = 500;                // of each kind a step
    static constexpr std::chrono::seconds kPause{30};  // after a step that found less than that

    Prune(db::Database& database, db::WriteQueue& queue);
    ~Prune();

    /// How many rows went; 0 where nothing had expired, or it looked a moment ago. Never waits but for its own COMMIT.
    int step(Instant now);

 private:
    class Forget;
    db::Database& database_;
    db::WriteQueue& queue_;
    std::unique_ptr<Forget> forget_;
    Instant not_before_{};
};

}  // namespace huiqiao::api
