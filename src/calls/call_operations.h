#pragma once
// The two write operations of the call protocol, each on a set: claiming calls that are due (so that one worker alone
// may send or query them), and recording what came back. Bytes leave only after the claim's COMMIT is known; an answer
// moves instructions only while the claim's epoch stands, and what it means is booked in the same COMMIT.

#include <any>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/base/random.h"
#include "src/calls/answer_handler.h"
#include "src/calls/escalations.h"
#include "src/crypto/sealer.h"
#include "src/db/write_queue.h"

namespace huiqiao::calls {

/// One handler an operation; complete before the first worker starts.
class AnswerHandlers {
 public:
    /// LogicError where the operation has one.
    void add(AnswerHandler& handler);
    /// LogicError where nobody answers for the operation.
    [[nodiscard]] AnswerHandler& of(std::string_view operation) const;
    [[nodiscard]] std::vector<AnswerHandler*> all() const;

 private:
    std::map<std::string, AnswerHandler*, std::less<>> handlers_;
};

struct CallRules {
    /// From the claim to when others may take the call up. Longer than the longest call's time plus connecting plus
    /// 30 s (XCT-09), so that who wakes late finds its time over and does not send.
    std::chrono::seconds lease{75};
    std::chrono::seconds first_pause{2};  // after a proved NotSent; doubles, full jitter
    std::chrono::seconds longest_pause{300};
    int tell_after_not_sent = 20;  // then a person is told; it is still tried
    std::size_t stored_answer_bytes = std::size_t{256} * 1024;
};

/// What to do with a call that was claimed.
struct Claimed {
    enum class Kind { Send, Query };
    Kind kind = Kind::Send;
    Call call;  // with the claim's epoch
    std::optional<WireRequest> query;
    std::optional<Instant> planned_at;  // of a query ahead of its time
};

struct ClaimItem final : db::Item {
    std::string call_id;
    std::string owner;
    bool is_ahead = false;           // also before it is due, where it awaits a query and nobody holds it
    std::optional<Claimed> claimed;  // absent: somebody else has it, or nothing is to be sent now
};

struct RecordItem final : db::Item {
    Claimed claimed;
    WireAnswer answer;
    Reading reading;            // empty where nothing was sent
    bool unrecordable = false;  // what it said could not be booked, so the reading is empty; a person is told
    bool late = false;          // answer: the epoch had moved on; kept as evidence only
};

class CallOperations {
 public:
    CallOperations(const AnswerHandlers& handlers, Escalations& escalations, const crypto::Sealer& sealer,
                   Random& random, CallRules rules);
    ~CallOperations();
    CallOperations(const CallOperations&) = delete;
    CallOperations& operator=(const CallOperations&) = delete;

    [[nodiscard]] db::Operation& claim();   // ClaimItem
    [[nodiscard]] db::Operation& record();  // RecordItem
    [[nodiscard]] const AnswerHandlers& handlers() const { return handlers_; }
    [[nodiscard]] const CallRules& rules() const { return rules_; }
    [[nodiscard]] const crypto::Sealer& sealer() const { return sealer_; }

 private:
    const AnswerHandlers& handlers_;
    const crypto::Sealer& sealer_;
    CallRules rules_;
    std::unique_ptr<db::Operation> claim_;
    std::unique_ptr<db::Operation> record_;
};

}  // namespace huiqiao::calls
