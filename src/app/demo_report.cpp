#include "src/app/demo_report.h"

#include <spdlog/fmt/fmt.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "fx/purchase_store.h"
#include "src/app/demo_endings.h"
#include "src/app/demo_messages.h"
#include "src/calls/message_store.h"
#include "src/http/json_writer.h"
#include "src/ledger/export.h"

namespace huiqiao::app {

namespace {

/// Pads by characters as a terminal shows them: Chinese ones take two columns.
std::string padded(const std::string& text, std::size_t columns, bool to_the_right = false) {
    std::size_t width = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0U) != 0x80U) width += byte >= 0xE0U ? 2 : 1;
    }
    const std::string space(width < columns ? columns - width : 0, ' ');
    return to_the_right ? space + text : text + space;
}

void write_file(const std::filesystem::path& file, const std::string& text) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
}

}  // namespace

struct DemoReport::Books {
    ledger::VerifyReport verified;
    std::uint64_t entries = 0;
    struct Line {
        std::string account;
        Money in_books;
        Money at_bank;
    };
    std::vector<Line> provision;
    /// Of one bank in one currency.
    struct Bought {
        int deals = 0;
        Money cny;
        Money foreign;
    };
    std::map<std::pair<std::string, std::string>, Bought> bought;
    std::int64_t work_items = 0;

    [[nodiscard]] bool agree() const {
        for (const Line& line : provision) {
            if (line.in_books != line.at_bank) return false;
        }
        return true;
    }
};

DemoReport::Books DemoReport::read_books(const DemoResult& result) {
    Books books;
    App::Parts& parts = house_.app->parts();
    books.verified = house_.app->verify();
    std::ofstream journal(directory_ / "journal.ledger");
    parts.database.read([&](db::Reader& reader) {
        books.entries = ledger::export_journal(reader, parts.ledger.chart(), journal);
        books.work_items = parts.work_items.count_waiting(reader);
        for (const fx::Purchase& purchase :
             fx::PurchaseStore::load(reader, fx::PurchaseStore::open_at(reader, result.began))) {
            if (!purchase.deal) continue;
            const Books::Bought none{0, Money::zero(purchase.cny.currency()), Money::zero(purchase.currency)};
            const std::pair key(purchase.bank, std::string(purchase.currency.code()));
            Books::Bought& sum = books.bought.try_emplace(key, none).first->second;
            ++sum.deals;
            sum.cny += purchase.deal->cny;
            sum.foreign += purchase.deal->foreign;
        }
        for (const BankBalance& bank : result.bank) {
            const ledger::Account account = ledger::provision(bank.account, bank.at_bank.currency());
            const auto balances = parts.ledger.balances(reader, std::vector{account});
            const auto at = balances.find(account.id());
            const Money zero = Money::zero(bank.at_bank.currency());
            books.provision.push_back({bank.account, at == balances.end() ? zero : at->second.booked, bank.at_bank});
        }
    });
    return books;
}

std::pair<int, int> DemoReport::write_messages() {
    App::Parts& parts = house_.app->parts();
    int to_customs = 0;
    int to_bank = 0;
    parts.database.read([&](db::Reader& reader) {
        const auto each = [&](const char* operation, const auto& write) {
            calls::for_each_message(reader, parts.sealer, operation, write);
        };
        each("customs.declare", [&](const calls::Message& message) {
            write_declaration(directory_ / "customs", message);
            ++to_customs;
        });
        each("customs.receipts",
             [&](const calls::Message& message) { write_receipts(directory_ / "customs", message); });
        each("remittance.pay", [&](const calls::Message& message) {
            write_payment(directory_ / "remittance", message);
            ++to_bank;
        });
    });
    return {to_customs, to_bank};
}

void DemoReport::write_summary(const DemoResult& result, const Books& books) {
    std::map<std::string, int> by_state;
    std::map<std::string, int> by_declaration;
    for (const SeenOrder& order : result.orders) {
        ++by_state[order.state];
        ++by_declaration[order.declaration_state];
    }
    http::JsonWriter json(8192);
    json.open_object().key("orders").open_object().field("submitted", static_cast<std::int64_t>(result.orders.size()));
    json.field("completed", by_state["completed"]);
    for (const auto& [state, count] : by_state) {
        if (state != "completed") json.field(state, count);
    }
    json.close_object().key("declarations").open_object();
    for (const auto& [state, count] : by_declaration) json.field(state, count);
    json.close_object().key("faults").open_array();
    for (const DemoFault& fault : faults_) {
        json.open_object()
            .field("name", fault.name)
            .field("what", fault.what)
            .field("ending", fault.ending)
            .field("as_it_must", fault.as_it_must)
            .close_object();
    }
    json.close_array().key("bought").open_array();
    for (const auto& [at, bought] : books.bought) {
        json.open_object()
            .field("bank", at.first)
            .field("way", house_.config.bank_named(at.first).deals)
            .field("deals", bought.deals)
            .field("cny", bought.cny)
            .field("foreign", bought.foreign)
            .close_object();
    }
    json.close_array().key("books").open_object();
    json.field("balanced", books.verified.is_good())
        .field("agree_with_the_bank", books.agree())
        .field("entries", books.entries)
        .field("postings", books.verified.postings)
        .field("accounts", books.verified.accounts)
        .field("problems", books.verified.problem_count)
        .field("waiting_work_items", books.work_items);
    json.key("provision_accounts").open_array();
    for (const Books::Line& line : books.provision) {
        json.open_object()
            .field("account", line.account)
            .field("in_our_books", line.in_books)
            .field("at_the_bank", line.at_bank)
            .close_object();
    }
    json.close_array().close_object();
    json.key("webhooks").open_object().field("received", result.webhooks_received);
    json.field("forged", result.webhooks_forged).close_object();
    json.field("began", result.began).field("ended", result.ended).close_object();
    write_file(directory_ / "summary.json", json.take() + "\n");
}

void DemoReport::print_page(const DemoResult& result, const Books& books, std::pair<int, int> messages) {
    std::map<std::string, std::map<std::string, int>> states_by_kind;
    std::map<std::string, int> kinds;
    for (const SeenOrder& order : result.orders) {
        const std::string kind = order.payout_kind + (order.payout_kind == "fx" ? " " + order.payout_currency : "");
        ++states_by_kind[kind][order.state];
        ++kinds[kind];
    }
    std::ostringstream page;
    page << fmt::format("\n  Orders 订单: {} submitted, from {} to {}\n\n", result.orders.size(), rfc3339(result.began),
                        rfc3339(result.ended));
    for (const auto& [kind, states] : states_by_kind) {
        page << "    " << padded(kind, 12) << padded(std::to_string(kinds[kind]), 5, true) << "   ";
        for (const auto& [state, count] : states) page << fmt::format("{} {}   ", count, state);
        page << '\n';
    }
    page << "\n  Bought 购汇            by               deals               CNY              foreign\n\n";
    for (const auto& [at, bought] : books.bought) {
        page << "    " << padded(at.first, 18) << padded(house_.config.bank_named(at.first).deals, 14)
             << padded(std::to_string(bought.deals), 8, true) << padded(bought.cny.text(), 18, true) << "   "
             << padded(bought.foreign.text(), 14, true) << ' ' << at.second << '\n';
    }
    page << "\n  Provision accounts 备付金账户            in our books        at the bank\n\n";
    for (const Books::Line& line : books.provision) {
        page << "    " << padded(line.account, 10) << padded(std::string(line.in_books.currency().code()), 6)
             << padded(line.in_books.text(), 34, true) << padded(line.at_bank.text(), 19, true)
             << (line.in_books == line.at_bank ? "   equal" : "   DIFFERENT") << '\n';
    }
    page << "\n  Faults 故障\n\n";
    for (const DemoFault& fault : faults_) {
        page << "    " << (fault.as_it_must ? "[ok]  " : "[!!]  ") << fault.what << "\n          " << fault.ending
             << '\n';
    }
    page << fmt::format(
        "\n  Books 账簿: {} entries, {} postings, {} accounts; {}\n", books.entries, books.verified.postings,
        books.verified.accounts,
        books.verified.is_good() ? "every invariant holds 全部校验通过" : "PROBLEMS: " + books.verified.text_english());
    page << fmt::format("  Messages 报文: {} to customs, {} to the bank; webhooks {} received\n", messages.first,
                        messages.second, result.webhooks_received);
    page << fmt::format("  Work items waiting for a person 待办事项: {}\n", books.work_items);
    page << fmt::format("\n  Files 文件: {}/\n", directory_.string());
    page << "    page.txt (this page), summary.json, huiqiao.db, anchors.txt (what proves the journal from outside),\n"
            "    journal.ledger (try: hledger -f journal.ledger balance), parties.json (who was registered),\n"
            "    customs/ (envelopes as sent, and each CEB411 and receipt decoded), remittance/ (pain.001, pain.002),\n"
            "    config/, keys/, sandbox/ (the counterparties' own books), logs/\n";
    page << fmt::format("  It took {} s.\n\n", result.took.count());
    write_file(directory_ / "page.txt", page.str());
    std::cout << page.str() << std::flush;
}

bool DemoReport::write(const DemoResult& result) {
    const Books books = read_books(result);
    faults_ = DemoEndings(house_).of(result, books.verified.is_good() && books.agree());
    const auto messages = write_messages();
    write_summary(result, books);
    print_page(result, books, messages);
    bool faults_good = true;
    for (const DemoFault& fault : faults_) faults_good = faults_good && fault.as_it_must;
    return books.verified.is_good() && books.agree() && faults_good;
}

}  // namespace huiqiao::app
