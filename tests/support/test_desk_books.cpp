// What a desk checks: the books against their own proof and against the counterparties' books; and what it writes down
// of a run, so that two runs can be compared.

#include <doctest/doctest.h>

#include <fstream>

#include "src/flow/exposure.h"
#include "src/ledger/account.h"
#include "src/ledger/trial_balance.h"
#include "tests/support/test_desk.h"

namespace huiqiao::testing {

namespace {

/// Tables whose rows have a state that changes, and the column that says it.
constexpr std::pair<const char*, const char*> kStates[] = {
    {"orders", "state"},    {"payment", "state"},  {"external_call", "state"}, {"instruction", "outcome"},
    {"fx_lock", "state"},   {"purchase", "state"}, {"remittance", "state"},    {"declaration", "state"},
    {"work_item", "state"}, {"notice", "state"},   {"event", "state"},         {"hold", "state"},
};

std::vector<SampleOrder> read_sample(const std::string& platform) {
    std::ifstream in(std::filesystem::path("sample_data/orders") / (platform + ".json"));
    std::vector<SampleOrder> orders;
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with("{\"platform_order_no\"")) continue;
        while (line.ends_with(',') || line.ends_with(']') || line.ends_with('\r')) line.pop_back();
        if (line.ends_with("]}")) line.resize(line.size() - 2);
        const http::Json json = http::Json::parse(line).value();
        const auto text = [&](const char* field) {
            const auto value = json.root().find(field);
            return value ? std::string(value->text()) : std::string();
        };
        orders.push_back({platform, line, text("payout_kind"), text("payout_currency"), text("trade_kind")});
    }
    return orders;
}

}  // namespace

const std::vector<SampleOrder>& sample_orders() {
    static const std::vector<SampleOrder> all = [] {
        std::vector<SampleOrder> read;
        for (const char* platform : {"plt_haitaohui", "plt_bluewhale", "plt_campusfly"}) {
            for (SampleOrder& order : read_sample(platform)) read.push_back(std::move(order));
        }
        return read;
    }();
    return all;
}

std::vector<SampleOrder> mixed_sample(std::size_t count) {
    std::map<std::string, std::vector<const SampleOrder*>> kinds;
    for (const SampleOrder& order : sample_orders())
        kinds[order.payout_kind + order.payout_currency + order.trade_kind].push_back(&order);
    std::vector<SampleOrder> chosen;
    for (std::size_t turn = 0; chosen.size() < count && turn < sample_orders().size(); ++turn) {
        for (const auto& [kind, orders] : kinds) {
            if (turn < orders.size() && chosen.size() < count) chosen.push_back(*orders[turn]);
        }
    }
    return chosen;
}

std::int64_t TestDesk::number(std::string_view sql) {
    std::int64_t value = 0;
    parts().database.read([&](db::Reader& reader) { value = reader.select({sql, "i"}).integer(0, 0); });
    return value;
}

std::vector<std::string> TestDesk::texts(std::string_view sql) {
    std::vector<std::string> values;
    parts().database.read([&](db::Reader& reader) {
        const db::Found found = reader.select({sql, "t"});
        for (std::size_t row = 0; row < found.size(); ++row) values.push_back(found.text(row, 0));
    });
    return values;
}

std::string TestDesk::order_states() {
    std::string all;
    for (const std::string& each :
         texts("SELECT payout || ' ' || state || ' ' || COUNT(*) FROM orders GROUP BY payout, state ORDER BY 1"))
        all += (all.empty() ? "" : ", ") + each;
    return all;
}

void TestDesk::check_books() {
    const ledger::VerifyReport report = app_->verify();
    INFO(report.text_english());
    CHECK(report.is_good());
    parts().database.read([&](db::Reader& reader) {
        for (const Error& error : ledger::trial_balance(reader).broken(parts().ledger.chart()))
            FAIL_CHECK(error.english());
        for (const Error& error : flow::exposure_recount(reader)) FAIL_CHECK(error.english());
    });
    for (const app::Config::Bank& bank : config_.banks) check_bank(bank.name);
    check_channel();
}

void TestDesk::check_bank(const std::string& bank) {
    const http::Json books = ask(bank, http::Method::Get, "/admin/books");
    std::map<std::string, std::string> theirs;
    for (const http::JsonValue& account : books.root().find("accounts")->items())
        theirs[std::string(account.find("account")->text())] = account.find("balance")->find("amount")->text();
    parts().database.read([&](db::Reader& reader) {
        for (const app::Config::ProvisionAccount& each : config_.accounts) {
            if (each.bank != bank) continue;
            const ledger::Account account = ledger::provision(each.name, each.currency);
            const auto ours = parts().ledger.balances(reader, std::span(&account, 1));
            const auto at = ours.find(account.id());
            CAPTURE(each.name);
            CHECK((at == ours.end() ? Money::zero(each.currency).text() : at->second.booked.text()) ==
                  theirs[each.name]);
        }
    });
}

void TestDesk::check_channel() {
    const http::Json books = ask("sandbox-pay", http::Method::Get, "/admin/books");
    const Currency cny = Currency::known("CNY");
    const auto money = [&](const char* field) {
        return Money::parse(cny, books.root().find(field)->find("amount")->text()).value();
    };
    parts().database.read([&](db::Reader& reader) {
        const ledger::Account account = ledger::clearing("sandbox-pay", cny);
        const auto ours = parts().ledger.balances(reader, std::span(&account, 1));
        const auto at = ours.find(account.id());
        CHECK((at == ours.end() ? Money::zero(cny).text() : at->second.booked.text()) ==
              Money::of_minor(cny, money("paid").minor() - money("settled_gross").minor()).text());
    });
}

void TestDesk::check_all_done() {
    INFO(order_states());
    for (const std::string& item : texts("SELECT kind || ' ' || subject_id || ': ' || text_en FROM work_item "
                                         "WHERE state <> 'closed' ORDER BY id"))
        FAIL_CHECK("work item: " << item);
    CHECK(number("SELECT COUNT(*) FROM orders WHERE state <> 'completed'") == 0);
    CHECK(number("SELECT COUNT(*) FROM hold WHERE state = 'open'") == 0);
    for (const std::string& item :
         texts("SELECT i.operation || ' ' || i.outcome || ' of ' || i.subject_id || ', call ' || c.state "
               "FROM instruction i JOIN external_call c ON c.id = i.call_id WHERE i.outcome IN "
               "('open', 'accepted', 'unknown', 'escalated') ORDER BY i.id"))
        FAIL_CHECK("on its way: " << item);
    CHECK(number("SELECT COUNT(*) FROM declaration WHERE state <> 'accepted'") == 0);
    CHECK(number("SELECT COUNT(*) FROM declaration") ==
          number("SELECT COUNT(*) FROM orders WHERE trade IN ('goods_9610', 'goods_1210')"));
    const auto reconciled = parts().reconcile.run();
    REQUIRE(reconciled.ok());
    for (const flow::AccountProof& proof : reconciled->proofs) {
        CAPTURE(proof.account);
        CHECK(proof.compared);
        CHECK(proof.difference().is_zero());
    }
    CHECK(number("SELECT COUNT(*) FROM reconciliation_break WHERE state = 'open'") == 0);
}

int TestDesk::decide_escalated() {
    std::vector<http::Json> banks;
    for (const app::Config::Bank& each : config_.banks)
        banks.push_back(ask(each.name, http::Method::Get, "/admin/books"));
    int decided = 0;
    for (const std::string& row : texts("SELECT id || ' ' || operation || ' ' || reference FROM instruction WHERE "
                                        "outcome = 'escalated' ORDER BY id")) {
        const std::size_t first = row.find(' ');
        const std::size_t last = row.rfind(' ');
        const std::string operation = row.substr(first + 1, last - first - 1);
        // Locks bind nobody any more; payments and purchases count where the bank's books have them.
        if (operation == "fx.purchase") {
            for (const http::Json& bank : banks) {
                for (const http::JsonValue& deal : bank.root().find("deals")->items())
                    REQUIRE(deal.find("reference")->text() != row.substr(last + 1));
            }
        }
        auto item = std::make_shared<calls::ResolveItem>();
        item->instruction_id = row.substr(0, first);
        item->reason = "the bank's books do not have it";
        item->maker = "op_maker";
        item->checker = "op_checker";
        REQUIRE(parts().queue.run(parts().resolve, item).ok());
        if (!item->done) FAIL(item->done.error().english());
        ++decided;
    }
    return decided;
}

void TestDesk::note(const std::string& line) {
    if (!is_noted()) return;
    const std::string whole = rfc3339(clock_.now()) + " " + line + "\n";
    if (settings_.keep_trace) trace_ += whole;
    if (settings_.on_note) settings_.on_note(whole);
}

void TestDesk::note_changes() {
    for (const auto& [table, column] : kStates) {
        auto& last = states_[table];
        for (const std::string& row :
             texts(std::string("SELECT id || ' ' || ") + column + " FROM " + table + " ORDER BY id")) {
            const std::size_t space = row.find(' ');
            std::string& known = last[row.substr(0, space)];
            if (known == row) continue;
            known = row;
            note(std::string(table) + " " + row);
        }
    }
    auto& entries = states_["journal_entry"];
    for (const std::string& row : texts("SELECT slot || '/' || seq || ' ' || kind || ' ' || hash FROM journal_entry "
                                        "ORDER BY slot, seq")) {
        if (entries.emplace(row, row).second) note("entry " + row);
    }
}

std::string TestDesk::all_rows() {
    std::string all;
    // anchor_file names this machine and the run's own directory.
    for (const std::string& table :
         texts("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'anchor_file' ORDER BY name")) {
        std::string columns;
        for (const std::string& column : texts("SELECT name FROM pragma_table_info('" + table + "') ORDER BY cid"))
            columns += (columns.empty() ? "" : " || '|' || ") + ("quote(" + column + ")");
        for (const std::string& row : texts("SELECT " + columns + " FROM " + table + " ORDER BY 1"))
            all.append(table).append(" ").append(row).append("\n");
    }
    return all;
}

}  // namespace huiqiao::testing
