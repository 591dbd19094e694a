#include "src/app/bench_collecting.h"

#include <stdexcept>

#include "src/crypto/hash.h"
#include "src/orders/payment_store.h"

namespace huiqiao::app {

namespace {

constexpr std::size_t kSealedNoticeBytes = 700;  // a channel's notice with its headers

void require(const std::vector<Status>& statuses) {
    for (const Status& status : statuses) {
        if (!status) throw std::runtime_error("A notice was not written: " + status.error().english());
    }
}

}  // namespace

Collecting::Collecting(BenchWorld& world)
    : world_(world),
      trades_(world.calls, {{BenchWorld::kChannel, &world.channel}}),
      parts_{world.ledger, world.calls, world.work_items, trades_, settings_, counters_},
      store_(counters_, fresh_),
      process_(parts_) {}

std::vector<std::shared_ptr<db::Item>> Collecting::confirmed(std::int64_t first, std::optional<int> merchant) {
    const auto orders = world_.intake_items(first, kGroup, merchant);
    world_.take_in(orders);
    return confirmed(orders);
}

std::vector<std::shared_ptr<db::Item>> Collecting::confirmed(const std::vector<std::shared_ptr<db::Item>>& taken_in) {
    std::vector<std::string> order_ids;
    for (const auto& item : taken_in) {
        order_ids.push_back(static_cast<flow::IntakeItem&>(*item).answers.front().order->id);
    }
    std::vector<orders::Payment> payments;
    world_.database.read([&](db::Reader& reader) { payments = orders::PaymentStore().of_orders(reader, order_ids); });
    std::vector<std::shared_ptr<db::Item>> stored;
    std::vector<std::shared_ptr<db::Item>> confirmed;
    for (const orders::Payment& payment : payments) {
        auto raw = std::make_shared<flow::NoticeItem>();
        raw->id = world_.ids.next("ntc");
        raw->channel = BenchWorld::kChannel;
        raw->content_key = raw->channel + "|" + hex(crypto::sha256(payment.reference));
        raw->sealed = world_.sealer.seal({"notice", raw->id, "raw"}, std::string(kSealedNoticeBytes, 'n'));
        auto item = std::make_shared<flow::ProcessItem>();
        item->notice_id = raw->id;
        item->channel = BenchWorld::kChannel;
        item->notice = orders::ChannelNotice{"EV" + payment.reference,
                                             orders::NoticeKind::Payment,
                                             {payment.reference, world_.ids.next("CH"), orders::ChannelState::Paid,
                                              payment.amount, world_.clock.now(), "", ""}};
        stored.push_back(std::move(raw));
        confirmed.push_back(std::move(item));
    }
    require(world_.queue.run(store_, stored));
    return confirmed;
}

void Collecting::process(const std::vector<std::shared_ptr<db::Item>>& items) {
    require(world_.queue.run(process_, items));
}

}  // namespace huiqiao::app
