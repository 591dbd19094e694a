#include <array>
#include <cstdio>
#include <fstream>
#include <regex>

#include "src/ledger/export.h"
#include "tests/support/ledger_desk.h"

using namespace huiqiao;
using namespace huiqiao::ledger;
namespace postings = huiqiao::flow::postings;
using testing::currency;
using testing::each_engine;
using testing::LedgerDesk;
using testing::money;
using testing::TestDatabase;

namespace {

/// What a program writes; nullopt where it is not installed or fails.
std::optional<std::string> output_of(const std::string& command) {
    FILE* pipe = ::popen((command + " 2>/dev/null").c_str(), "r");
    if (pipe == nullptr) return std::nullopt;
    std::string text;
    std::array<char, 4096> block{};
    for (std::size_t read = 0; (read = std::fread(block.data(), 1, block.size(), pipe)) > 0;) {
        text.append(block.data(), read);
    }
    if (::pclose(pipe) != 0) return std::nullopt;
    return text;
}

/// "account currency" -> amount, from lines "account|CNY 1.00|" or hledger's csv, both one commodity a row.
std::map<std::string, std::string> balances_in(const std::string& text) {
    std::map<std::string, std::string> balances;
    const std::regex line(R"re("?([a-z][A-Za-z0-9_.:-]+)"?[|,]"?([A-Z]{3}) (-?[0-9.]+)"?)re");
    for (std::sregex_iterator at(text.begin(), text.end(), line), end; at != end; ++at) {
        balances[(*at)[1].str() + " " + (*at)[2].str()] = (*at)[3].str();
    }
    return balances;
}

std::map<std::string, std::string> our_balances(LedgerDesk& desk) {
    std::map<std::string, std::string> balances;
    desk.database.read([&](db::Reader& reader) {
        const auto found = reader.select({"SELECT id, normal, balance_minor FROM account", "tti"});
        for (std::size_t row = 0; row < found.size(); ++row) {
            const auto account = Account::from_id(found.text(row, 0));
            REQUIRE(account);
            const std::int64_t minor = found.integer(row, 2);
            if (minor == 0) continue;
            balances[exported_name(desk.books.chart(), *account) + " " + std::string(account->currency.code())] =
                Money::of_minor(account->currency, found.text(row, 1) == "debit" ? minor : -minor).text();
        }
    });
    return balances;
}

}  // namespace

TEST_CASE("two other bookkeeping programs read the exported journal and find our balances") {
    each_engine([](TestDatabase& where) {
        LedgerDesk desk(where);
        const Money cny = money("CNY", "1000.00");
        const Money jpy = money("JPY", "20000");
        const Money kwd = money("KWD", "1.125");
        const postings::AllocationLine line{"m1", cny, jpy};
        std::vector<Draft> drafts{
            postings::collected(desk.event("pay_1"), "ch", "m1", money("CNY", "1010.00")),
            postings::channel_settled(desk.event("b1"), "sb-cny", "ch", money("CNY", "1010.00"), money("CNY", "6.06")),
            postings::fee_taken(desk.event("fee_1"), "m1", money("CNY", "10.00")),
            postings::purchase_dealt(desk.event("pur_1"), "pur_1", "bank", cny, jpy),
            postings::purchase_allocated(desk.event("pur_1"), "pur_1", std::span(&line, 1)),
            postings::credit_suspended(desk.event("st,1; x: y"), "sb-kwd", kwd),
        };
        desk.post(drafts);
        const std::string path = desk.directory / "journal.ledger";
        std::uint64_t written = 0;
        desk.database.read([&](db::Reader& reader) {
            std::ofstream out(path);
            written = export_journal(reader, desk.books.chart(), out);
        });
        CHECK(written == 6);
        const auto ours = our_balances(desk);
        CHECK(ours.at("customer:assets:provision:sb-kwd KWD") == "1.125");
        CHECK(ours.at("customer:liabilities:merchant:m1 JPY") == "-20000");

        const auto by_ledger = output_of("ledger -f " + path +
                                         " bal --flat --no-total --balance-format "
                                         "'%(join(account + \"|\" + scrub(display_total)))\n'");
        const auto by_hledger = output_of("hledger -f " + path + " bal --flat --no-total --layout=bare -O csv");
        const auto hledger_rows = [](const std::string& csv) {
            std::map<std::string, std::string> rows;  // "account","commodity","balance"
            const std::regex row(R"re("([a-z][^"]*)","([A-Z]{3})","(-?[0-9.]+)")re");
            for (std::sregex_iterator at(csv.begin(), csv.end(), row), end; at != end; ++at) {
                rows[(*at)[1].str() + " " + (*at)[2].str()] = (*at)[3].str();
            }
            return rows;
        };
        REQUIRE_MESSAGE(by_hledger.has_value(), "hledger must be installed");
        auto theirs = hledger_rows(*by_hledger);
        if (theirs.empty()) theirs = balances_in(*by_hledger);
        CHECK(theirs == ours);
        REQUIRE_MESSAGE(by_ledger.has_value(), "ledger must be installed");
        std::map<std::string, std::string> of_ledger;
        // One account with two commodities is written as "account|CNY 1.00\nJPY 2": the second line belongs to it.
        std::string account;
        std::istringstream lines(*by_ledger);
        const std::regex amount(R"re(([A-Z]{3}) (-?[0-9.]+))re");
        for (std::string text; std::getline(lines, text);) {
            if (const std::size_t bar = text.find('|'); bar != std::string::npos) account = text.substr(0, bar);
            for (std::sregex_iterator at(text.begin(), text.end(), amount), end; at != end; ++at) {
                of_ledger[account + " " + (*at)[1].str()] = (*at)[2].str();
            }
        }
        CHECK(of_ledger == ours);
    });
}
