#pragma once
// Keeps this host's file of anchors whole: anchors every hour, appends what was not written yet, and remembers in the
// database what the file holds. A file that was cut is left as it is (what proves the cut stays in sight) and told in a
// work item, until a person has put it back or had it completed (AnchorFiles::How). It judges no journal (verify).

#include "src/ledger/anchor.h"
#include "src/ledger/anchor_file.h"

namespace huiqiao::flow {

/// One host's file, as an operation that remembers and tells.
class AnchorFiles final : public db::Operation {
 public:
    AnchorFiles(db::Database& database, db::WriteQueue& queue, const ledger::Anchors& anchors)
        : database_(database), queue_(queue), anchors_(anchors) {}

    /// ByItself never touches a file that was cut; AfterALook is for the person who has seen that it was.
    enum class How { ByItself, AfterALook };

    /// The lines that the file gained. The file is made even where there is no line yet, so that one that is absent
    /// later was taken away. Closes the work item of a file that is whole again. Errors: kAnchorFileCut, with its work
    /// item opened; kAnchorFile; and the queue's own, after which the lines stand in the file and are counted next
    /// time.
    Result<std::vector<std::string>> complete(How how);
    /// What complete() would find; nothing is written.
    [[nodiscard]] ledger::AnchorGap look();

    [[nodiscard]] std::string_view name() const override { return "anchor_files"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;

 private:
    struct Seen;
    [[nodiscard]] Seen see();

    db::Database& database_;
    db::WriteQueue& queue_;
    const ledger::Anchors& anchors_;
};

/// The hourly work: one set of anchors, then the file.
class AnchorHeads final : public db::Operation {
 public:
    AnchorHeads(db::Database& database, db::WriteQueue& queue, const ledger::Anchors& anchors)
        : database_(database), queue_(queue), anchors_(anchors), files_(database, queue, anchors) {}

    /// Anchors when the last time is at least an hour ago and something was booked since, and completes the file.
    /// Returns how many lines the file gained. What could not be done is tried again with the next step, a file that
    /// was cut is looked at once a minute; both are told by failure() until it is done.
    std::size_t step(Instant now);
    [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

    [[nodiscard]] std::string_view name() const override { return "anchor_heads"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;

 private:
    db::Database& database_;
    db::WriteQueue& queue_;
    const ledger::Anchors& anchors_;
    AnchorFiles files_;
    [[nodiscard]] bool is_due(Instant now);

    static constexpr std::chrono::seconds kLookEvery{60};  // for what other processes anchored
    Instant not_before_{};                                 // as far as the last look at the database told
    Instant look_again_{};
    Instant last_anchor_{};  // of any process
    Instant file_not_before_{};
    std::optional<Error> failure_;
    bool file_may_lack_ = true;  // lines of before the start, or of a failed try
};

}  // namespace huiqiao::flow
