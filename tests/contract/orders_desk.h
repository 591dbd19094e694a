#pragma once
// A desk for tests of orders: one database, a clock that stands still, a queue stepped by its callers, one platform
// with a merchant and payees. The channel only writes its request down.

#include <memory>
#include <string>

#include "src/db/migrations.h"
#include "src/flow/cancel.h"
#include "src/flow/expire.h"
#include "src/flow/intake.h"
#include "src/flow/register_parties.h"
#include "src/flow/save_orders.h"
#include "src/orders/collection_channel.h"
#include "src/orders/payment_store.h"
#include "tests/support/mariadb.h"

namespace huiqiao::testing {

class QuietChannel final : public orders::CollectionChannel {
 public:
    WireRequest order(const orders::PaymentRequest& request) const override {
        return {"POST", "/pay", {}, request.reference + "=" + request.amount.text()};
    }
    WireRequest query(std::string_view reference) const override { return {"GET", std::string(reference), {}, ""}; }
    WireRequest close(std::string_view reference) const override { return {"POST", std::string(reference), {}, ""}; }
    void sign(WireRequest&) const override {}
    orders::ChannelAnswer read_answer(std::string_view, const WireAnswer&) const override { return {}; }
    Result<orders::ChannelNotice> read_notice(const orders::WireHeaders&, std::string_view) const override {
        return Error(orders::channel_error::kForgedNotice);
    }
};

inline crypto::KeyRing test_ring() {
    crypto::KeyRing ring;
    ring.add("testkey1", crypto::SealCipher::Aes256Gcm, Secret(std::string(32, 'k')));
    return ring;
}

inline db::DatabaseSettings migrated(const TestDatabase& base, const Clock& clock) {
    db::Database database(base.settings(), clock);
    (void)db::migrate(database).value();
    return base.settings();
}

struct OrderDesk {
    ManualClock clock{parse_rfc3339("2026-11-20T03:00:00Z").value()};
    SeededRandom random;
    IdSource ids{clock, random};
    db::Database database;
    db::WriteQueue queue;
    crypto::Sealer sealer{test_ring(), random};
    crypto::BlindIndex index{Secret(std::string(32, 'i'))};
    parties::PartyStore parties{sealer, index};
    calls::Calls calls{sealer};
    QuietChannel channel;
    flow::Intake intake;
    flow::Cancel cancel{flow::CloseTrades(calls, {{"sandbox-pay", &channel}})};
    flow::Expire expire{database, queue, {calls, {{"sandbox-pay", &channel}}}, {}};
    flow::RegisterParties registration{parties, true};

    explicit OrderDesk(const TestDatabase& base, std::uint64_t seed = 1, flow::IntakeSettings settings = {})
        : random(seed),
          database(migrated(base, clock), clock),
          queue(database, clock, ids, {}),
          intake(clock, ids, parties, index, calls, channel, std::move(settings)) {}

    /// plt_1 (registered with customs), plt_2 (not); mch_1 and mch_2 of plt_1; payees of mch_1.
    void open_parties() {
        auto item = std::make_shared<flow::RegisterItem>();
        item->platforms = {platform("plt_1", "4403169D3W"), platform("plt_2", "")};
        item->merchants = {merchant("mch_1", "plt_1"), merchant("mch_2", "plt_1"), merchant("mch_3", "plt_2")};
        item->merchants[1].state = parties::PartyState::Suspended;
        item->payees = {payee("pye_usd", "USD", "US"), payee("pye_eur", "EUR", "DE"), payee("pye_cny", "CNY", "CN"),
                        payee("pye_hk", "CNY", "HK"), payee("pye_off", "USD", "US")};
        item->payees[4].state = parties::PartyState::Closed;
        if (!queue.run(registration, item) || item->error) throw LogicError("parties were not registered");
    }

    parties::Platform platform(std::string id, std::string customs_code) {
        parties::Platform p;
        p.id = std::move(id);
        p.name = "Platform";
        p.customs_code = std::move(customs_code);
        p.customs_name = p.customs_code.empty() ? "" : "某某电商平台";
        p.created_at = clock.now();
        return p;
    }
    parties::Merchant merchant(std::string id, std::string platform_id) {
        parties::Merchant m;
        m.id = std::move(id);
        m.platform_id = std::move(platform_id);
        m.name = "Merchant";
        m.created_at = clock.now();
        return m;
    }
    parties::Payee payee(std::string id, const char* currency, const char* country) {
        parties::Payee p;
        p.id = std::move(id);
        p.merchant_id = "mch_1";
        p.currency = Currency::known(currency);
        p.country = country;
        p.residence = country;
        p.name = "Payee Ltd";
        p.account = p.country == "DE" ? "DE89370400440532013000" : "1234567890";
        p.clearing_code = "021000021";
        p.bank_name = "Bank";
        p.created_at = clock.now();
        return p;
    }

    static Money cny(std::int64_t minor) { return Money::of_minor(Currency::known("CNY"), minor); }

    /// A good declared order of CNY 219.00 for USD; change what matters.
    static flow::IntakeOrder good(std::string number) {
        flow::IntakeOrder order;
        order.platform_order_no = std::move(number);
        order.merchant_id = "mch_1";
        order.trade_kind = "goods_9610";
        order.payout_kind = "fx";
        order.payout_currency = Currency::known("USD");
        order.payee_id = "pye_usd";
        order.total = cny(21'900);
        order.freight = cny(1'000);
        order.tax = cny(1'900);
        order.discount = cny(1'000);
        order.lines = {{"奶粉 800g", 2, cny(10'000), cny(20'000)}};
        order.buyer = {"张三", "resident_id", "11010519491231002X", "13800000000"};
        order.customs_port = "5165";
        return order;
    }

    std::vector<flow::IntakeAnswer> take(std::vector<flow::IntakeOrder> orders, std::string platform_id = "plt_1") {
        auto item = intake.prepare({std::move(platform_id), "req_1", std::move(orders)}).value();
        const Status status = queue.run(intake, item);
        if (!status) throw LogicError("intake was not written: " + status.error().english());
        return item->answers;
    }
    flow::IntakeAnswer take_one(flow::IntakeOrder order, std::string platform_id = "plt_1") {
        return take({std::move(order)}, std::move(platform_id)).front();
    }

    std::int64_t count(std::string_view sql) {
        std::int64_t rows = 0;
        database.read([&](db::Reader& reader) { rows = reader.select(db::Select{sql, "i"}).integer(0, 0); });
        return rows;
    }
    std::int64_t count_orders() { return count("SELECT COUNT(*) FROM orders"); }
    std::int64_t count_numbers() { return count("SELECT COUNT(*) FROM order_number"); }
};

}  // namespace huiqiao::testing
