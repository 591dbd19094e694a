#pragma once
// The whole house in process for the bench: App stepped on one thread, the sandbox's three counterparties as objects, a
// clock that stands still until it is moved, and the demo's platforms with as many of its orders as are wanted.

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "src/app/app.h"
#include "src/app/bench_spent.h"

namespace huiqiao::app {

struct BenchStageFiles {
    std::filesystem::path directory;  // keys and the counterparties' books; emptied
    std::filesystem::path config_directory;
    std::filesystem::path sample_directory;
    std::string currency = {};                // only orders that are paid out in it; empty: all
    std::vector<std::string> overrides = {};  // of the configuration: "fx.gather_s=0"
};

class BenchStage {
 public:
    BenchStage(const BenchStageFiles& files, db::DatabaseSettings database);
    ~BenchStage();
    BenchStage(const BenchStage&) = delete;
    BenchStage& operator=(const BenchStage&) = delete;

    /// Signs the batches of a wave, so that submit() need not.
    void prepare(int wave, int orders);
    /// Each platform's orders of that wave as signed batches. Throws std::runtime_error where one is refused.
    void submit(int wave, int orders);
    /// The worker of this name does nothing until everybody works again.
    void rest(const std::string& worker);
    void everybody_works();
    /// Orders that are paid and settled, and wait for their purchase.
    [[nodiscard]] int waiting_for_purchase(const std::string& currency);
    /// A wave whose money comes while nobody buys, until all of it waits for its purchase, in the banks' day; then
    /// everybody works. Throws std::runtime_error where it does not come.
    void gather(int wave, int orders, const std::string& currency);
    /// A dealer locks a rate for that much CNY: until the promise is committed, without the bank's own part. Throws
    /// std::runtime_error where it is not given.
    Spent lock_a_rate(const std::string& currency, const Money& cny);
    /// What can be done now, without the clock moving.
    void settle();
    [[nodiscard]] Date today() const;
    void live_seconds(int seconds);
    void live_hours(int hours);
    /// From now to the next morning, and the close of the day; coarse where nothing happens.
    void live_a_day();
    [[nodiscard]] bool all_completed();
    [[nodiscard]] int purchases_dealt();
    /// "completed 3000": for a message.
    [[nodiscard]] std::string order_states();
    void know_currencies();
    /// Throws std::runtime_error with what is wrong.
    void require_good_books();
    /// What the counterparties took for their own part since the beginning.
    [[nodiscard]] Spent counterparties_took() const;

 private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace huiqiao::app
