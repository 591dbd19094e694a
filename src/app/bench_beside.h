#pragma once
// A stretch of the stage's life beside the bare writing of the same rows: what the house took, without its
// counterparties and without the copying of rows, and what the rows alone took by raw_replay.h. One stretch at a time.

#include <functional>
#include <memory>

#include "src/app/bench_stage.h"
#include "src/app/bench_write.h"
#include "src/db/raw_replay.h"

namespace huiqiao::app {

class BesideRaw {
 public:
    /// The stage's house writes to a fresh database `name`, the bare client to another.
    BesideRaw(BenchEngine& engine, const std::string& name, const BenchStageFiles& files);

    [[nodiscard]] BenchStage& stage() { return *stage_; }
    [[nodiscard]] Spent measure(const std::function<void()>& work) const;
    /// Writes what was written since the last time once more, and tells what that took.
    Spent follow();
    /// What the rows are written by, for a figure.
    [[nodiscard]] std::string bare() const;

 private:
    [[nodiscard]] Spent until_now() const;

    BenchEngine& engine_;
    db::StatementRecorder recorder_;
    std::unique_ptr<BenchStage> stage_;
    std::unique_ptr<db::RawReplay> raw_;
};

}  // namespace huiqiao::app
