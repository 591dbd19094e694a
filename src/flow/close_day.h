#pragma once
// Closes the open business date: sets the two bridges off against each other in each currency, stores the balances,
// seals the date, anchors the chains and opens the next date, in one COMMIT; then completes the anchor file, unless it
// was cut: the day is closed all the same, and the answer says so. The day is added up before that in pages, while
// others go on booking: under the exclusive lock only what came since. Facts that come later are booked on the next
// date. A date that is not over in Shanghai is never closed, whoever asks: what is paid on it would be booked on
// another (LED-11). It asks nothing of reconciliation.

#include <memory>
#include <optional>
#include <span>

#include "src/db/write_queue.h"
#include "src/flow/keep_anchors.h"
#include "src/ledger/anchor.h"
#include "src/ledger/day_seal.h"
#include "src/ledger/ledger.h"

namespace huiqiao::flow {

struct ClosedDay {
    Date closed;
    Date opened;
    std::int64_t entries = 0;           // of the closed date
    std::int64_t entries_at_close = 0;  // of them, added up while the date was locked
    std::size_t set_off = 0;            // currencies whose bridges were set off
    std::string manifest_hash{};
    std::optional<Error> not_in_file{};  // why the seal and the anchors are not in the file of anchors
};

class CloseDay final : public db::Operation {
 public:
    CloseDay(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger,
             const ledger::Anchors& anchors)
        : database_(database), queue_(queue), ledger_(ledger), anchors_(anchors), files_(database, queue, anchors) {}

    /// Closes that date; the next one is the day after where none is given. Errors: kDayNotOpen (already closed, or not
    /// yet reached), kDayNotOver, kNextDayNotLater, and the queue's own.
    Result<ClosedDay> close(Date business_date, std::optional<Date> next = std::nullopt);

    [[nodiscard]] std::string_view name() const override { return "close_day"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;

 private:
    static constexpr std::int64_t kEntriesAtOnce = 20'000;  // of one read while others go on
    [[nodiscard]] ledger::DayTotals add_up_ahead(Date business_date);

    db::Database& database_;
    db::WriteQueue& queue_;
    const ledger::Ledger& ledger_;
    const ledger::Anchors& anchors_;
    AnchorFiles files_;
};

namespace flow_error {
inline constexpr ErrorCode kDayNotOpen{"business_date_not_open", ErrorGroup::Conflict,
                                       "{date} is not the open business date; that is {open}.",
                                       "{date} 不是当前营业日，当前营业日为 {open}。"};
inline constexpr ErrorCode kDayNotOver{
    "business_date_not_over", ErrorGroup::Conflict,
    "The business date {date} is open and ends at {end} (Asia/Shanghai); by this clock it is {now}. Nothing was "
    "closed. "
    "Close it after its end.",
    "当前营业日 {date} 于 {end}（上海时间）结束，本机时间为 {now}。未关闭任何营业日，请在其结束后再日结。"};
inline constexpr ErrorCode kNextDayNotLater{"next_date_not_later", ErrorGroup::Rule,
                                            "The next business date {next} must be later than {date}.",
                                            "下一营业日 {next} 必须晚于 {date}。"};
}  // namespace flow_error

}  // namespace huiqiao::flow
