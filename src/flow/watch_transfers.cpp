#include "src/flow/watch_transfers.h"

#include "src/flow/decision.h"
#include "src/flow/provision_transfer_store.h"
#include "src/flow/tell.h"

namespace huiqiao::flow {

namespace {

constexpr Watched kWatched{kTransferNotArrived, "The transfer has come to its end."};
constexpr int kAtMost = 100;

operators::NewWorkItem matter(const ProvisionTransfer& one, Instant now) {
    const std::string hours = std::to_string(std::chrono::duration_cast<std::chrono::hours>(now - one.since).count());
    const bool has_left = one.left.is_positive();
    const Money on_its_way = one.on_its_way();
    const bool is_excess = has_left && on_its_way.is_negative();
    const Money figure = is_excess  ? Money::zero(on_its_way.currency()) - on_its_way
                         : has_left ? on_its_way
                                    : one.amount;
    const std::string amount = amount_with_currency(figure);
    const std::string en = is_excess  ? "more has come in than left the paying account,"
                           : has_left ? "has left the paying account and not come in"
                                      : "was ordered and has not left";
    const std::string zh = is_excess ? "到账多于划出" : has_left ? "已从付款账户划出但未到账" : "已下达但尚未划出";
    return {std::string(kTransferNotArrived), "remittance", one.remittance_id,
            "The transfer " + one.remittance_id + " of customers' money to " + one.to_account + ": " + amount + " " +
                en + " for " + hours +
                " hours. Ask both banks by its reference; it is booked when a statement shows it. A line without the "
                "reference stands in suspense: settle it as own_transfer. What will not come: settle_transfer.",
            "向 " + one.to_account + " 的备付金划转 " + one.remittance_id + "：" + amount + " " + zh + "，已 " + hours +
                " 小时。请凭其参考号向两家银行查询；对账单出现后自动入账。未带参考号的流水已挂账，请以 own_transfer "
                "处理；不会到账的以 settle_transfer 处理。"};
}

}  // namespace

WatchTransfers::WatchTransfers(db::Database& database, db::WriteQueue& queue)
    : database_(database), queue_(queue), tell_(std::make_unique<Tell>(kWatched, "watch_transfers")) {}

WatchTransfers::~WatchTransfers() = default;

int WatchTransfers::step(Instant now) {
    if (now >= looked_at_ && now < looked_at_ + kEvery) return 0;  // a clock that was set back: looks again
    looked_at_ = now;
    std::vector<ProvisionTransfer> late;
    std::map<std::string, std::string> told;
    database_.read([&](db::Reader& reader) {
        told = work_items_.open_of(reader, kTransferNotArrived);
        late = ProvisionTransfers::open_since(reader, now - kAfter, kAtMost);
    });
    const auto item = std::make_shared<Tidings>();
    for (const ProvisionTransfer& one : late) {
        const operators::NewWorkItem now_is = matter(one, now);
        if (!item->is_told(told, now_is)) item->opened.push_back(now_is);
    }
    item->end(told);
    // What could not be written now is found again by the next look.
    if (item->size() == 0 || !queue_.run(*tell_, item)) return 0;
    return item->size();
}

}  // namespace huiqiao::flow
