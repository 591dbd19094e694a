#include "tests/crash/judge.h"

#include <spdlog/fmt/fmt.h>

#include <set>

#include "src/ledger/account.h"
#include "src/ledger/trial_balance.h"

namespace huiqiao::crash {

namespace {

constexpr const char* kChannel = "sandbox-pay";

class Judge {
 public:
    explicit Judge(CrashStage& stage) : stage_(stage) {}

    Verdict judge_acknowledged() {
        what_platforms_were_told();
        stage_.world().stop_everything();
        prove();
        return std::move(verdict_);
    }

    Verdict judge() {
        what_platforms_were_told();
        bank_balances_ = stage_.world().ask("bank", http::Method::Get, "/admin/books");
        stage_.world().stop_everything();
        prove();
        parts().database.read([&](db::Reader& reader) {
            balances(reader);
            endings(reader);
            for (const std::string& fault : stage_.ear().faults(reader)) blame(fault);
        });
        verdict_.webhooks = stage_.ear().tally();
        collected_once();
        noticed_once();
        told_once();
        paid_once();
        dealt_once();
        declared_once();
        return std::move(verdict_);
    }

 private:
    app::App::Parts& parts() { return house_->app->parts(); }
    void blame(std::string what) { verdict_.faults.push_back(std::move(what)); }

    template <class F>
    void read_ours(const db::Select& select, const F& row) {
        parts().database.read([&](db::Reader& reader) {
            const db::Found found = reader.select(select);
            for (std::size_t at = 0; at < found.size(); ++at) row(found, at);
        });
    }
    template <class F>
    void read_theirs(const std::string& counterparty, const db::Select& select, const F& row) {
        db::DatabaseSettings settings;
        settings.path = (stage_.world().directory() / "sandbox" / (counterparty + ".db")).string();
        db::Database books(std::move(settings), stage_.world().clock());
        books.read([&](db::Reader& reader) {
            const db::Found found = reader.select(select);
            for (std::size_t at = 0; at < found.size(); ++at) row(found, at);
        });
    }

    void what_platforms_were_told();
    void prove();
    void balances(db::Reader& reader);
    void endings(db::Reader& reader);
    void collected_once();
    void noticed_once();
    void told_once();
    void paid_once();
    void dealt_once();
    void declared_once();

    CrashStage& stage_;
    std::optional<http::Json> bank_balances_;
    std::unique_ptr<app::House> house_;
    Verdict verdict_;
};

/// Every acknowledged order is there under the id that was told, and every number once.
void Judge::what_platforms_were_told() {
    for (const auto& sender : stage_.senders()) {
        std::map<std::string, std::vector<std::string>> there;
        for (const app::SeenOrder& order : sender->platform().orders()) {
            there[order.number].push_back(order.id);
            ++verdict_.states[order.state];
        }
        for (const Submission& each : sender->submissions()) {
            verdict_.submitted += each.numbers.size();
            if (!each.acknowledged()) continue;
            for (const auto& [number, id] : Sender::orders_in(each.answer)) {
                ++verdict_.acknowledged;
                const auto at = there.find(number);
                if (at == there.end() || at->second.front() != id) {
                    ++verdict_.lost;
                    blame("order " + number + " was acknowledged as " + id + " and is not there");
                }
            }
        }
        for (const auto& [number, ids] : there) {
            if (ids.size() == 1) continue;
            ++verdict_.doubled;
            blame("order " + number + " is there " + std::to_string(ids.size()) + " times");
        }
        for (const std::string& fault : sender->faults()) blame(fault);
    }
    if (verdict_.acknowledged != verdict_.submitted)
        blame(fmt::format("{} orders were submitted, {} acknowledged", verdict_.submitted, verdict_.acknowledged));
}

void Judge::prove() {
    house_ = stage_.open_house();
    const int verified = stage_.world().job("verify");
    if (verified != 0) blame("'huiqiao verify' ended with " + std::to_string(verified));
    parts().database.read([&](db::Reader& reader) {
        for (const Error& error : ledger::trial_balance(reader).broken(parts().ledger.chart())) blame(error.english());
    });
}

/// Each provision account as the bank has it, and the channel's clearing account as the channel has it.
void Judge::balances(db::Reader& reader) {
    const auto ours = [&](const ledger::Account& account, Currency currency) {
        const auto found = parts().ledger.balances(reader, std::span(&account, 1));
        const auto at = found.find(account.id());
        return at == found.end() ? Money::zero(currency) : at->second.booked;
    };
    for (const http::JsonValue& account : bank_balances_->root().find("accounts")->items()) {
        const auto balance = account.find("balance");
        const Currency currency = Currency::known(balance->find("currency")->text());
        const Money theirs = Money::parse(currency, balance->find("amount")->text()).value();
        const std::string name(account.find("account")->text());
        const Money booked = ours(ledger::provision(name, currency), currency);
        if (booked != theirs) blame(name + ": " + booked.text() + " in our books, " + theirs.text() + " at the bank");
    }
    std::int64_t clearing_minor = 0;
    read_theirs("channel",
                {"SELECT COALESCE(SUM(CASE WHEN settled_on = 0 THEN paid_minor ELSE 0 END), 0) FROM trade WHERE state "
                 "= 'SUCCESS'",
                 "i"},
                [&](const db::Found& row, std::size_t at) { clearing_minor = row.integer(at, 0); });
    const Currency cny = Currency::known("CNY");
    const Money theirs = Money::of_minor(cny, clearing_minor);
    const Money booked = ours(ledger::clearing(kChannel, cny), cny);
    if (booked != theirs) blame("clearing: " + booked.text() + " in our books, " + theirs.text() + " at the channel");
}

/// Every order is completed, or expired without a cent, or stands in a queue that a person sees; nothing is under way
/// any more. (A placement that died before its bytes left is not sent again; the channel is asked until it is sure, and
/// the order expires.)
void Judge::endings(db::Reader& reader) {
    const db::Found entries = reader.select({"SELECT COUNT(*) FROM journal_entry", "i"});
    verdict_.entries = static_cast<std::size_t>(entries.integer(0, 0));
    verdict_.work_items = static_cast<int>(parts().work_items.count_waiting(reader));
    const db::Found open = reader.select(
        {"SELECT operation, outcome, reference FROM instruction WHERE outcome IN ('open', 'accepted', 'unknown', "
         "'escalated') AND operation <> 'bank.statement' AND operation <> 'channel.settlement' AND operation <> "
         "'customs.receipts' AND operation <> 'fx.rates'",
         "ttt"});
    for (std::size_t row = 0; row < open.size(); ++row)
        blame(open.text(row, 0) + " " + open.text(row, 2) + " is still " + open.text(row, 1));
    const db::Found left =
        reader.select({"SELECT platform_order_no, state, hold_reason FROM orders WHERE state <> 'completed' AND NOT "
                       "(state = 'expired' AND "
                       "paid_minor = 0) ORDER BY id",
                       "ttt"});
    for (std::size_t row = 0; row < left.size(); ++row) {
        if (left.text(row, 2).empty())
            blame("order " + left.text(row, 0) + " is " + left.text(row, 1) + ", and nobody is told why");
    }
}

/// Of each order the channel collected once, and every trade that was paid is a payment that succeeded here.
void Judge::collected_once() {
    std::map<std::string, std::int64_t> ours;
    read_ours({"SELECT reference, received_minor FROM payment WHERE state = 'succeeded'", "ti"},
              [&](const db::Found& row, std::size_t at) { ours[row.text(at, 0)] = row.integer(at, 1); });
    std::map<std::string, int> by_order;
    std::size_t paid = 0;
    read_theirs("channel", {"SELECT reference, subject, paid_minor FROM trade WHERE state = 'SUCCESS'", "tti"},
                [&](const db::Found& row, std::size_t at) {
                    ++paid;
                    if (++by_order[row.text(at, 1)] == 2) {
                        ++verdict_.doubled;
                        blame("the channel collected twice for " + row.text(at, 1));
                    }
                    const auto known = ours.find(row.text(at, 0));
                    if (known == ours.end() || known->second != row.integer(at, 2))
                        blame("the channel collected " + row.text(at, 0) + ", which our books do not say");
                });
    if (paid != ours.size()) blame(fmt::format("{} payments here, {} at the channel", ours.size(), paid));
}

/// NTF-01, NTF-02: of every trade whose notice the channel holds for acknowledged there is one notice here, however
/// often it was sent.
void Judge::noticed_once() {
    std::size_t ours = 0;
    read_ours({"SELECT COUNT(*) FROM notice", "i"},
              [&](const db::Found& row, std::size_t at) { ours = static_cast<std::size_t>(row.integer(at, 0)); });
    std::size_t sent = 0;
    read_theirs(
        "channel",
        {"SELECT COUNT(DISTINCT reference), SUM(tries) FROM outgoing WHERE kind = 'notice' AND due_at IS NULL", "ii"},
        [&](const db::Found& row, std::size_t at) {
            verdict_.notices = static_cast<std::size_t>(row.integer(at, 0));
            sent = static_cast<std::size_t>(row.integer(at, 1));
        });
    verdict_.notices_again = sent - verdict_.notices;
    if (ours != verdict_.notices)
        blame(fmt::format("{} notices here, {} acknowledged at the channel", ours, verdict_.notices));
}

/// XCT-02, XCT-05: what moves money or binds the bank left once, whoever died while it did; after that it was only
/// asked for. The bank counts the same bytes itself, since it would not pay them twice.
void Judge::told_once() {
    read_theirs("bank", {"SELECT path, body_hash, times FROM bank_told WHERE times > 1", "tti"},
                [&](const db::Found& row, std::size_t at) {
                    ++verdict_.doubled;
                    blame(fmt::format("the bank was told {} times to {}", row.integer(at, 2), row.text(at, 0)));
                });
}

/// Each payment of the bank is one confirmed remittance, and of no order more left than it has.
void Judge::paid_once() {
    std::map<std::string, std::pair<std::string, std::int64_t>> remittances;  // by reference: state, amount
    std::map<std::string, std::vector<std::pair<std::string, std::int64_t>>> orders;
    read_ours({"SELECT reference, state, amount_minor FROM remittance", "tti"},
              [&](const db::Found& row, std::size_t at) {
                  remittances[row.text(at, 0)] = {row.text(at, 1), row.integer(at, 2)};
              });
    read_ours({"SELECT r.reference, a.order_id, a.amount_minor FROM remittance r JOIN remittance_allocation a ON "
               "a.remittance_id = r.id",
               "tti"},
              [&](const db::Found& row, std::size_t at) {
                  orders[row.text(at, 0)].emplace_back(row.text(at, 1), row.integer(at, 2));
              });
    std::map<std::string, std::int64_t> sent;
    std::set<std::string> executed;
    read_theirs("bank", {"SELECT end_to_end, amount_minor FROM bank_payment WHERE status = 'ACSC'", "ti"},
                [&](const db::Found& row, std::size_t at) {
                    const std::string& reference = row.text(at, 0);
                    executed.insert(reference);
                    const auto known = remittances.find(reference);
                    if (known == remittances.end() || known->second.first != "confirmed" ||
                        known->second.second != row.integer(at, 1))
                        blame("the bank paid " + reference + ", which our books do not say");
                    for (const auto& [order, amount] : orders[reference]) sent[order] += amount;
                });
    verdict_.payments = executed.size();
    for (const auto& [reference, state] : remittances) {
        if (state.first == "confirmed" && !executed.contains(reference))
            blame("remittance " + reference + " is confirmed here, and the bank did not pay it");
    }
    read_ours({"SELECT id, CASE WHEN payout = 'fx' THEN bought_minor ELSE paid_minor - fee_minor END, remitted_minor "
               "FROM orders",
               "tii"},
              [&](const db::Found& row, std::size_t at) {
                  const std::int64_t left = sent[row.text(at, 0)];
                  if (left > row.integer(at, 1)) {
                      ++verdict_.doubled;
                      blame(fmt::format("for order {} the bank paid {}, and it has {}", row.text(at, 0), left,
                                        row.integer(at, 1)));
                  }
                  if (left != row.integer(at, 2))
                      blame(fmt::format("for order {} the bank paid {}, our books say {}", row.text(at, 0), left,
                                        row.integer(at, 2)));
              });
}

/// Each deal of the bank is one purchase.
void Judge::dealt_once() {
    std::set<std::string> ours;
    read_ours({"SELECT reference FROM purchase WHERE state IN ('dealt', 'settled')", "t"},
              [&](const db::Found& row, std::size_t at) { ours.insert(row.text(at, 0)); });
    std::size_t dealt = 0;
    read_theirs("bank", {"SELECT reference FROM fx_deal WHERE status = 'dealt'", "t"},
                [&](const db::Found& row, std::size_t at) {
                    ++dealt;
                    if (!ours.contains(row.text(at, 0)))
                        blame("the bank dealt " + row.text(at, 0) + ", which our books do not say");
                });
    if (dealt != ours.size()) blame(fmt::format("{} purchases here, {} deals at the bank", ours.size(), dealt));
}

/// Customs has one document of each order that is to be declared.
void Judge::declared_once() {
    std::size_t ours = 0;
    read_ours({"SELECT COUNT(*) FROM declaration WHERE state = 'accepted'", "i"},
              [&](const db::Found& row, std::size_t at) { ours = static_cast<std::size_t>(row.integer(at, 0)); });
    std::size_t to_declare = 0;
    read_ours({"SELECT COUNT(*) FROM orders WHERE trade IN ('goods_9610', 'goods_1210') AND paid_minor > 0", "i"},
              [&](const db::Found& row, std::size_t at) { to_declare = static_cast<std::size_t>(row.integer(at, 0)); });
    std::map<std::string, int> by_order;
    read_theirs("customs", {"SELECT order_id FROM document", "t"}, [&](const db::Found& row, std::size_t at) {
        ++verdict_.declared;
        if (++by_order[row.text(at, 0)] != 2) return;
        ++verdict_.doubled;
        blame("customs has two documents of " + row.text(at, 0));
    });
    if (ours != verdict_.declared || ours != to_declare)
        blame(fmt::format("{} orders to declare, {} accepted here, {} documents at customs", to_declare, ours,
                          verdict_.declared));
}

}  // namespace

Verdict judge_acknowledged(CrashStage& stage) {
    return Judge(stage).judge_acknowledged();
}

Verdict judge(CrashStage& stage) {
    return Judge(stage).judge();
}

}  // namespace huiqiao::crash
