#pragma once
// Sends what is due and brings home what came back: claims on a set, sends after the claim's COMMIT, takes completions,
// records them on a set. A loop calls step(); nothing here waits or sleeps, and no transaction is open while a call is
// under way (XCT-03). Several workers, in one process or many, share the work by claims. One thread a worker.

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "src/base/clock.h"
#include "src/base/random.h"
#include "src/calls/call_operations.h"
#include "src/calls/circuit.h"
#include "src/http/client.h"

namespace huiqiao::calls {

struct Candidate;

struct CounterpartySettings {
    std::string name;                           // as in NewCall::counterparty
    std::string base_url;                       // "https://bank.example:8443"
    std::string dealing_url = {};               // of a bank that deals elsewhere: calls "fx.…" go there; else empty
    std::chrono::milliseconds timeout{10'000};  // of one call, connecting included
    int concurrency = 8;                        // calls under way at once, of this worker
    std::size_t max_answer_bytes = std::size_t{2} * 1024 * 1024;
};

struct CallWorkerSettings {
    std::string owner;  // of the claims: one per worker and process, for the log
    std::vector<CounterpartySettings> counterparties;
    std::chrono::seconds send_within{5};  // from the claim to the first byte; later it is given back unsent
};

/// Read at any time, from any thread.
struct CallCounters {
    std::atomic<std::uint64_t> sent{0}, queried{0}, answered{0}, unknown{0}, not_sent{0}, late{0}, too_slow_to_send{0},
        failed_writes{0}, unreadable{0};
};

class CallWorker {
 public:
    /// client: this worker's own. LogicError where a timeout does not fit the lease.
    CallWorker(const Clock& clock, Random& random, db::Database& database, db::WriteQueue& queue, http::Client& client,
               CallOperations& operations, CallWorkerSettings settings);

    /// One round: records what has completed, claims and starts what is due. How many calls it started or recorded.
    int step();
    [[nodiscard]] std::size_t under_way() const { return under_way_.size(); }
    [[nodiscard]] const CallCounters& counters() const { return counters_; }

 private:
    struct Line {
        CounterpartySettings settings;
        Circuit circuit;
        int under_way = 0;
    };
    struct UnderWay {
        Monotonic started{0};
        Claimed claimed;
        std::size_t line;
    };

    int record_completed();
    [[nodiscard]] Reading read(const RecordItem& item);
    [[nodiscard]] WireRequest stored_request(const Call& call,
                                             const std::map<std::string, std::string>& requests) const;
    void write_failed(const std::shared_ptr<RecordItem>& item, const Error& error);
    int start_due();
    int start_claimed(std::size_t line, std::vector<Claimed> claimed, Monotonic claimed_at);
    /// As if it had not been sent, which is so; recorded at the next step.
    void give_back(Claimed claimed, std::string why);
    std::vector<Claimed> claim(std::span<const Candidate> candidates);
    void note(const UnderWay& call, const http::Outcome& outcome);

    const Clock& clock_;
    Random& random_;
    db::Database& database_;
    db::WriteQueue& queue_;
    http::Client& client_;
    CallOperations& operations_;
    CallWorkerSettings settings_;
    std::vector<Line> lines_;
    std::map<http::CallHandle, UnderWay> under_way_;
    std::vector<std::shared_ptr<RecordItem>> unrecorded_;  // come home, not written yet
    CallCounters counters_;
};

}  // namespace huiqiao::calls
