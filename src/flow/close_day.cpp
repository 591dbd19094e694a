#include "src/flow/close_day.h"

#include <algorithm>
#include <map>

#include "src/db/business_day.h"
#include "src/flow/own_transfer_store.h"
#include "src/flow/postings.h"

namespace huiqiao::flow {

namespace {

struct CloseItem final : db::Item {
    Date date;
    Date next;
    ledger::DayTotals so_far;
    std::optional<Error> refused;
    ClosedDay closed;
};

using ledger::Account;
using ledger::AccountKind;
using ledger::single;

/// "2026-11-21 00:00:00", the wall clock in Shanghai.
std::string in_shanghai_text(Instant instant) {
    const std::string digits = shanghai_14(instant);
    return Date::in_shanghai(instant).text() + " " + digits.substr(8, 2) + ":" + digits.substr(10, 2) + ":" +
           digits.substr(12, 2);
}

constexpr AccountKind kBridgeKinds[] = {AccountKind::DueFromOwn, AccountKind::DueToOwn, AccountKind::DueToCustomers,
                                        AccountKind::DueFromCustomers};

class CloseWork final : public db::Work {
 public:
    CloseWork(std::span<const std::shared_ptr<db::Item>> items, const ledger::Ledger& ledger,
              const ledger::Anchors& anchors)
        : items_(items.begin(), items.end()), ledger_(ledger), anchors_(anchors) {}

    void find(db::Reader& reader) override { currencies_ = ledger::bridge_currencies(reader); }
    void claim(db::Claims& claims) override {
        for (const Currency currency : currencies_) {
            for (const AccountKind kind : kBridgeKinds) ledger_.claim(claims, single(kind, currency));
        }
    }
    void lock(db::Locks& locks) override {
        for (const Currency currency : currencies_) {
            for (const AccountKind kind : kBridgeKinds) ledger_.lock(locks, single(kind, currency));
        }
    }
    void run(db::Group& group) override {
        for (const auto& item : items_) close(group, static_cast<CloseItem&>(*item));
    }
    [[nodiscard]] bool closes_day() const override { return true; }

 private:
    void close(db::Group& group, CloseItem& item);
    /// The smaller of the two bridges, in each currency where both stand.
    std::size_t set_off_bridges(db::Group& group);

    std::vector<std::shared_ptr<db::Item>> items_;
    const ledger::Ledger& ledger_;
    const ledger::Anchors& anchors_;
    std::vector<Currency> currencies_;
};

void CloseWork::close(db::Group& group, CloseItem& item) {
    const Date open = db::open_business_date(group.tx).value_or(group.business_date);
    item.refused.reset();
    if (item.date != open) {
        item.refused.emplace(flow_error::kDayNotOpen, std::vector<std::pair<std::string, std::string>>{
                                                          {"date", item.date.text()}, {"open", open.text()}});
        return;
    }
    // Judged under the lock, by the instant that this group's entries are booked at.
    const Instant end = item.date.plus_days(1).at_shanghai(0);
    if (group.now < end) {
        item.refused.emplace(
            flow_error::kDayNotOver,
            std::vector<std::pair<std::string, std::string>>{
                {"date", item.date.text()}, {"end", in_shanghai_text(end)}, {"now", in_shanghai_text(group.now)}});
        return;
    }
    item.closed = {.closed = item.date, .opened = item.next};
    item.closed.set_off = set_off_bridges(group);
    const ledger::DaySeal seal = ledger::seal_day(group, ledger_, anchors_, item.so_far);
    item.closed.entries = seal.entries;
    item.closed.entries_at_close = seal.entries_at_close;
    item.closed.manifest_hash = seal.manifest_hash;
    anchors_.write(group, "close");
    db::move_business_date(group.tx, item.next, group.now);
}

std::size_t CloseWork::set_off_bridges(db::Group& group) {
    // A currency whose bridges were opened since find(): the whole group comes again, and finds it.
    for (const Currency currency : ledger::bridge_currencies(group.tx)) {
        if (std::find(currencies_.begin(), currencies_.end(), currency) == currencies_.end()) {
            ledger::need_lock(single(AccountKind::DueToOwn, currency));
        }
    }
    std::vector<ledger::Draft> drafts;
    for (const Currency currency : currencies_) {
        const Account from_own = single(AccountKind::DueFromOwn, currency);
        const Account to_own = single(AccountKind::DueToOwn, currency);
        const auto balances = ledger_.balances(group.tx, std::vector<Account>{from_own, to_own});
        // What is asked of a bank already is settled by its statement line, not by setting off.
        const Money to_come =
            balances.at(from_own.id()).booked - OwnTransfers::under_way(group.tx, remittance::Kind::TopUp, currency);
        const Money to_go =
            balances.at(to_own.id()).booked - OwnTransfers::under_way(group.tx, remittance::Kind::Sweep, currency);
        const Money smaller = std::min(to_come, to_go);
        if (!smaller.is_positive()) continue;
        drafts.push_back(
            postings::bridges_set_off({.source_type = "business_day",
                                       .source_id = group.business_date.text() + "." + std::string(currency.code()),
                                       .occurred_at = group.now,
                                       .value_date = group.business_date},
                                      smaller));
    }
    ledger_.post(group, drafts);
    return drafts.size();
}

}  // namespace

Result<ClosedDay> CloseDay::close(Date business_date, std::optional<Date> next) {
    auto item = std::make_shared<CloseItem>();
    item->date = business_date;
    item->next = next.value_or(business_date.plus_days(1));
    if (item->next <= business_date) {
        return Error(flow_error::kNextDayNotLater, {{"next", item->next.text()}, {"date", business_date.text()}});
    }
    item->so_far = add_up_ahead(business_date);
    if (Status status = queue_.run(*this, item); !status) return status.error();
    if (item->refused) return *item->refused;
    const auto written = files_.complete(AnchorFiles::How::ByItself);
    if (!written) item->closed.not_in_file = written.error();
    return item->closed;
}

/// Ends with the first page that is not full: what is left then came while it was read.
ledger::DayTotals CloseDay::add_up_ahead(Date business_date) {
    ledger::DayTotals totals;
    database_.read([&](db::Reader& reader) {
        totals = ledger::begin_totals(business_date, ledger::last_seal(reader, business_date));
    });
    std::int64_t added = kEntriesAtOnce;
    while (added == kEntriesAtOnce) {
        database_.read([&](db::Reader& reader) { added = ledger::add_up(reader, totals, kEntriesAtOnce); });
    }
    return totals;
}

std::unique_ptr<db::Work> CloseDay::begin(std::span<const std::shared_ptr<db::Item>> items) {
    return std::make_unique<CloseWork>(items, ledger_, anchors_);
}

}  // namespace huiqiao::flow
