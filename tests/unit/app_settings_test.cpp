// The configuration's text and what it means: every fault named with its place, none passed over.

#include <doctest/doctest.h>

#include <iostream>
#include <sstream>

#include "src/app/command_line.h"
#include "src/app/config.h"
#include "src/app/house.h"

using namespace huiqiao;
using namespace huiqiao::app;

namespace {

Settings shipped() {
    return Settings::read("config/huiqiao.conf").value();
}

/// The sentences of all faults of the shipped configuration with one setting changed.
std::string faults_with(const std::string& assignment) {
    Settings settings = shipped();
    REQUIRE(settings.override_with(assignment).ok());
    std::string all;
    for (const Error& fault : read_config(std::move(settings)).faults) all += fault.english() + "\n";
    return all;
}

}  // namespace

TEST_CASE("the shipped configuration is read whole, and every account and counterparty is there") {
    const ConfigOrFaults read = read_config(shipped());
    REQUIRE(read.faults.empty());
    CHECK(read.config->accounts.size() == 18);
    CHECK(read.config->counterparties.size() == 7);
    CHECK(read.config->engine == db::Engine::Sqlite);
    CHECK_FALSE(read.config->create_keys);
    CHECK(read.config->live_since == Date::of_number(20260101));
}

TEST_CASE("a setting that is not known or not good is refused with its key, as is a secret kept by nobody's rule") {
    struct Row {
        const char* assignment;
        const char* says;
    };
    for (const Row& row : {
             Row{"database.engin=sqlite", "database.engin: is not a setting that we know"},
             Row{"database.engine=oracle", "database.engine: must be one of: sqlite, mariadb"},
             Row{"database.engine=mariadb", "MariaDB needs a socket, or a host"},
             Row{"listen.platforms_port=80x", "listen.platforms_port: must be a whole number within 0"},
             Row{"listen.platforms_port=70000", "listen.platforms_port: must be a whole number within 0"},
             Row{"keys.create=true", "keys.create: must be one of: yes, no"},
             Row{"institution.name=", "institution.name: is missing"},
             Row{"institution.live_since=2026-02-30", "is not a date"},
             Row{"customs.orders_a_message=101", "customs.orders_a_message: must be a whole number within 1"},
             Row{"account sb-usd.currency=USX", "USX"},
             Row{"fx.markup_bp=1", "fx.markup_bp: the client's rate is the bank's, and a markup is not allowed"},
             Row{"fx.markup_bp=-5", "fx.markup_bp: the client's rate is the bank's"},
             Row{"collection.query_above=1.234", "collection.query_above"},
             Row{"limits.reads_under_way=129", "limits.reads_under_way: reads are turned away before writes"},
             Row{"limits.under_way=384", "limits.under_way: must leave threads to refuse with"},
             Row{"limits.orders_waiting=14001", "limits.orders_waiting: must be a whole number within 1"},
             Row{"limits.retry_after_most_s=31", "limits.retry_after_most_s: must be a whole number within 1"},
             Row{"retention.work_items_days=364", "retention.work_items_days: must be a whole number within 365"},
             Row{"counterparty sandbox-bank.base_url=nonsense",
                 "counterparty sandbox-bank.base_url: must be http://host[:port]"},
             Row{"counterparty sandbox-bank.base_url=ftp://bank.example", "base_url: must be http"},
             Row{"counterparty sandbox-bank.base_url=http://bank.example:70000", "base_url: must be http"},
             Row{"counterparty sandbox-bank.base_url=http://bank.example/api", "base_url: must be http"},
             Row{"counterparty sandbox-bank.base_url=http://:80", "base_url: must be http"},
             Row{"counterparty sandbox-bank.base_url=https://[::1", "base_url: must be http"},
             Row{"account sb-usd.bank=other-bank", "account sb-usd.bank: 'other-bank' is no counterparty"},
             Row{"own_account own-usd.bank=other-bank", "own_account own-usd.bank: 'other-bank' is no counterparty"},
             Row{"account sb-cny.currency=USD",
                 "collection.account: must name the provision account in CNY into which the channel pays; there are: "
                 "hb-cny, ib-cny, rb-cny, tb-cny"},
             Row{"account hb-usd.keep=1.00", "account hb-usd.keep: only an account in CNY is topped up"},
             Row{"account sb-cny.keep=1.00", "account sb-cny.keep: the channel pays into this account"},
             Row{"account hb-cny.currency=USD",
                 "counterparty harbour-bank.deals: this bank keeps no provision account"},
             Row{"collection.account=sb-usd", "collection.account: must name the provision account in CNY"},
             Row{"account sb-eur.bank=sandbox-pay",
                 "counterparty sandbox-pay.deals: this bank keeps no provision account in CNY, from which a purchase"},
             Row{"account sb-usd.bank=sandbox-pay", "this bank keeps no provision account in CNY"},
             Row{"counterparty sandbox-bank.adapter=fax", "counterparty sandbox-bank.adapter: must be one of: "},
             Row{"counterparty sandbox-bank.deals=fax", "counterparty sandbox-bank.deals: must be one of: "},
             Row{"counterparty sandbox-bank.deals=fix44",
                 "counterparty sandbox-bank.dealing_url: must be fix://127.0.0.1"},
             Row{"counterparty sandbox-bank.dealing_url=fix://127.0.0.1:7811",
                 "counterparty sandbox-bank.dealing_url: is for a bank with deals = fix44 only"},
             Row{"counterparty sandbox-pay.dealing_url=fix://127.0.0.1:7811",
                 "counterparty sandbox-pay.dealing_url: is for a bank that keeps an account of ours"},
             Row{"counterparty sandbox-bank.cny_account=sb-usd",
                 "counterparty sandbox-bank.cny_account: must name the provision account in CNY at this bank"},
             Row{"counterparty sandbox-pay.adapter=sandbox-bank", "counterparty sandbox-pay.adapter: "},
             Row{"own_account own-usd.bank=", "own_account own-usd.bank: is missing"},
             Row{"listen.notices_port=8080", "listen.notices_port: is the port of listen.platforms_port too"},
             Row{"listen.operators_port=8081", "listen.operators_port: is the port of listen.notices_port too"},
             Row{"account sb-new.currency=USD", "--set account sb-new.bank: is missing"},
             Row{"retention.notices_days=1829", "retention.notices_days: must be a whole number within 1830"},
         }) {
        CAPTURE(row.assignment);
        CAPTURE(faults_with(row.assignment));
        CHECK(faults_with(row.assignment).find(row.says) != std::string::npos);
    }
}

TEST_CASE("a counterparty's address is a scheme, a host and perhaps a port; ports that are drawn may be alike") {
    for (const char* good : {"counterparty sandbox-bank.base_url=https://bank.example",
                             "counterparty sandbox-bank.base_url=http://127.0.0.1:1",
                             "counterparty sandbox-bank.base_url=https://[2001:db8::1]:8443"}) {
        CAPTURE(good);
        CHECK(faults_with(good) == "");
    }
    Settings drawn = shipped();
    for (const char* port : {"listen.platforms_port=0", "listen.notices_port=0", "listen.operators_port=0"})
        REQUIRE(drawn.override_with(port).ok());
    CHECK(read_config(std::move(drawn)).faults.empty());
}

TEST_CASE("a file or a database that is not there is named, and no other is blamed") {
    const Result<Config> none = load_config("/nonexist.conf", {});
    REQUIRE_FALSE(none.ok());
    CHECK(none.error().english().find("The file /nonexist.conf cannot be read.") == 0);

    std::stringstream said;
    std::streambuf* before = std::cerr.rdbuf(said.rdbuf());
    const auto house = House::open({"config/huiqiao.conf", {"database.path=/nonexist/x.db"}}, false);
    std::cerr.rdbuf(before);
    CHECK(house == nullptr);
    CHECK(said.str().find("There is no database /nonexist/x.db (database.path)") == 0);
    CHECK(said.str().find("数据库文件 /nonexist/x.db") != std::string::npos);
}

TEST_CASE("a word that is no command is named, with the nearest that is one") {
    const auto said_to = [](const char* word) {
        CommandLine line;
        for (const char* name : {"serve", "verify", "close-day"}) line.add(name, "", [] { return 0; });
        std::string program = "huiqiao";
        std::string typed = word;
        char* arguments[] = {program.data(), typed.data()};
        std::stringstream said;
        std::streambuf* before = std::cerr.rdbuf(said.rdbuf());
        const int code = line.run(2, arguments);
        std::cerr.rdbuf(before);
        return std::to_string(code) + " " + said.str();
    };
    CHECK(said_to("serv").find("2 There is no command 'serv'. Did you mean 'serve'? These are there: ") == 0);
    CHECK(said_to("serv").find("没有命令“serv”。是否想用“serve”？") != std::string::npos);
    CHECK(said_to("closeday").find("Did you mean 'close-day'?") != std::string::npos);
    CHECK(said_to("frobnicate").find("Did you mean") == std::string::npos);
    CHECK(said_to("serve") == "0 ");
}

TEST_CASE("a platform's own limits stand beside those of all, and take from them what they do not say") {
    Settings settings = shipped();
    REQUIRE(settings.override_with("limits.platform_burst=70").ok());
    REQUIRE(settings.override_with("limits plt_big.platform_under_way=50").ok());
    const ConfigOrFaults read = read_config(std::move(settings));
    REQUIRE(read.faults.empty());
    const api::AdmissionSettings& admission = read.config->admission;
    CHECK(admission.each.burst == 70);
    CHECK(admission.each.under_way == 20);
    REQUIRE(admission.of_platform.contains("plt_big"));
    CHECK(admission.of_platform.at("plt_big").under_way == 50);
    CHECK(admission.of_platform.at("plt_big").burst == 70);
}

TEST_CASE("the account and the bank of the buyers' money are those that the file names, whatever they are called") {
    std::string text = read_text("config/huiqiao.conf").value();
    for (const auto& [from, to] :
         {std::pair<std::string, std::string>{"sandbox-bank", "my-bank"}, {"sb-cny", "my-cny"}}) {
        for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
            text.replace(at, from.size(), to);
    }
    const ConfigOrFaults read = read_config(Settings::parse(text, "my.conf").value());
    REQUIRE(read.faults.empty());
    CHECK(read.config->bank == "my-bank");
    CHECK(read.config->cny_account == "my-cny");
    const std::size_t section = text.find("[account sb-eur]");
    text.replace(text.find("bank = my-bank", section), std::string("bank = my-bank").size(), "bank = sandbox-pay");
    const ConfigOrFaults other = read_config(Settings::parse(text, "my.conf").value());
    REQUIRE(other.faults.size() == 1);
    CHECK(other.faults.front().english().find("counterparty sandbox-pay.deals: ") != std::string::npos);
    CHECK(other.faults.front().chinese().find("人民币备付金账户") != std::string::npos);
}

TEST_CASE("a second bank is a section, its accounts and its keys by its name") {
    Settings settings = shipped();
    for (const char* line :
         {"counterparty other-bank.base_url=http://127.0.0.1:7999", "counterparty other-bank.client_id=we",
          "account ob-cny.currency=CNY", "account ob-cny.bank=other-bank", "account ob-usd.currency=USD",
          "account ob-usd.bank=other-bank", "collection.account=sb-cny"})
        REQUIRE(settings.override_with(line).ok());
    const ConfigOrFaults read = read_config(std::move(settings));
    REQUIRE(read.faults.empty());
    const auto found = std::find_if(read.config->banks.begin(), read.config->banks.end(),
                                    [](const Config::Bank& bank) { return bank.name == "other-bank"; });
    REQUIRE(found != read.config->banks.end());
    CHECK(found->adapter == "sandbox-bank");
    CHECK(found->deals == "sandbox-bank");
    CHECK(found->verify_key == "other_bank");
    CHECK(found->client_key == "bank_client");
    CHECK(found->client_id == "we");
    CHECK(found->cny_account == "ob-cny");
    CHECK(found->foreign == std::map<std::string, std::string>{{"USD", "ob-usd"}});
    CHECK(read.config->bank == "sandbox-bank");
}

TEST_CASE("a bank that deals by its direct link is a setting, with its character set and how it knows us") {
    const auto with = [](const std::vector<std::string>& lines) {
        Settings settings = shipped();
        REQUIRE(settings.override_with("counterparty sandbox-bank.lock_ends=").ok());  // it holds locks by REST alone
        for (const std::string& line : lines) {
            REQUIRE(settings.override_with("counterparty sandbox-bank." + line).ok());
        }
        return read_config(std::move(settings));
    };
    const ConfigOrFaults read =
        with({"deals=direct-link", "encoding=GB18030", "link_user=汇桥", "link_client=HQ0001", "rates_last_s=30"});
    REQUIRE(read.faults.empty());
    const Config::Bank& bank = read.config->bank_named("sandbox-bank");
    CHECK(bank.adapter == "sandbox-bank");
    CHECK(bank.deals == "direct-link");
    CHECK(bank.direct_link.charset == Charset::Gb18030);
    CHECK(bank.direct_link.user == "汇桥");
    CHECK(bank.direct_link.rates_last == std::chrono::seconds(30));
    CHECK(bank.foreign.contains("USD"));
    CHECK_FALSE(bank.foreign.contains("KWD"));  // the link has no code for it
    CHECK(with({"deals=direct-link"}).config->bank_named("sandbox-bank").direct_link.user == "huiqiao");
    CHECK(with({"deals=direct-link", "encoding=EBCDIC"}).faults.size() == 1);
    CHECK(with({"deals=direct-link", "link_client=12345678901"}).faults.size() == 1);
    CHECK(with({"encoding=GBK"}).faults.size() == 1);  // a bank that deals by REST has none
    CHECK(with({"adapter=direct-link"}).faults.size() == 1);
}

TEST_CASE("how a bank lets locks be ended is a setting of a bank whose locks are held") {
    const auto with = [](const std::vector<std::string>& lines) {
        Settings settings = shipped();
        for (const std::string& line : lines) REQUIRE(settings.override_with("counterparty " + line).ok());
        return read_config(std::move(settings));
    };
    const ConfigOrFaults read = with({"sandbox-bank.lock_ends=roll, cancel"});
    REQUIRE(read.faults.empty());
    const fx::LockEndTraits ends = read.config->bank_named("sandbox-bank").lock_ends;
    CHECK(ends.can_cancel);
    CHECK(ends.can_roll);
    CHECK_FALSE(ends.can_close_out);
    CHECK_FALSE(with({}).config->bank_named("harbour-bank").lock_ends.can_any());
    const std::vector<Error> unknown = with({"sandbox-bank.lock_ends=lapse"}).faults;
    REQUIRE(unknown.size() == 1);
    CHECK(unknown.front().english().find("'lapse' is no way to end a lock") != std::string::npos);
    CHECK(with({"tower-bank.lock_ends=cancel"}).faults.size() == 1);  // by telephone no lock is held
}

TEST_CASE("a bank that deals over FIX has a session: its address, both names, and whose side is spoken of") {
    const auto with = [](const std::vector<std::string>& lines) {
        Settings settings = shipped();
        REQUIRE(settings.override_with("counterparty sandbox-bank.lock_ends=").ok());  // it holds locks by REST alone
        for (const std::string& line : lines) REQUIRE(settings.override_with("counterparty sandbox-bank." + line).ok());
        return read_config(std::move(settings));
    };
    const std::vector<std::string> good{"deals=fix44", "dealing_url=fix://127.0.0.1:7812", "fix_sender=DESK1",
                                        "fix_target=BANKFX", "fix_side=dealt"};
    const ConfigOrFaults read = with(good);
    REQUIRE(read.faults.empty());
    const Config::Bank& bank = read.config->bank_named("sandbox-bank");
    CHECK(bank.deals == "fix44");
    CHECK(bank.fix_sender == "DESK1");
    CHECK(bank.fix_target == "BANKFX");
    CHECK(bank.fix_heart_beat_s == 30);
    CHECK(bank.fix_side == "dealt");
    CHECK(read.config->counterparties.at(0).dealing_url == "fix://127.0.0.1:7812");
    CHECK(read.config->counterparties.at(0).base_url == "http://127.0.0.1:7801");
    for (const char* bad :
         {"dealing_url=fix://bank.example:7811", "dealing_url=fix://127.0.0.1", "dealing_url=http://127.0.0.1:7811",
          "fix_sender=", "fix_sender=a/b", "fix_side=mine", "fix_heart_beat_s=0"}) {
        CAPTURE(bad);
        std::vector<std::string> lines = good;
        lines.emplace_back(bad);
        CHECK(with(lines).faults.size() == 1);
    }
}

TEST_CASE("a bank that only keeps accounts in foreign currency says that it does not deal") {
    const auto with = [](std::string_view deals) {
        Settings settings = shipped();
        for (const std::string& line :
             {std::string("counterparty other-bank.base_url=http://127.0.0.1:7999"),
              "counterparty other-bank.deals=" + std::string(deals), std::string("account ob-usd.currency=USD"),
              std::string("account ob-usd.bank=other-bank")})
            REQUIRE(settings.override_with(line).ok());
        return read_config(std::move(settings));
    };
    CHECK(with("sandbox-bank").faults.size() == 1);
    const ConfigOrFaults read = with("none");
    REQUIRE(read.faults.empty());
    CHECK_FALSE(read.config->banks.back().is_dealing());
}

TEST_CASE("all faults are told at once") {
    Settings settings = shipped();
    for (const char* bad : {"keys.create=perhaps", "listen.platforms_port=-1", "fx.gather=1"})
        REQUIRE(settings.override_with(bad).ok());
    CHECK(read_config(std::move(settings)).faults.size() == 3);
}

TEST_CASE("each language tells every fault of a configuration in its own words") {
    const Result<Config> loaded =
        load_config("config/huiqiao.conf", {"keys.create=perhaps", "listen.platforms_port=-1", "fx.gather=1"});
    REQUIRE_FALSE(loaded.ok());
    for (const char* key : {"keys.create", "listen.platforms_port", "fx.gather"}) {
        CAPTURE(key);
        CHECK(loaded.error().english().find(std::string(key) + ": ") != std::string::npos);
        CHECK(loaded.error().chinese().find(std::string(key) + "：") != std::string::npos);
    }
    CHECK(loaded.error().chinese().find("must be") == std::string::npos);
}

TEST_CASE("webhooks to loopback and a stepped clock are refused unless everything is on loopback") {
    Settings open_house = shipped();
    REQUIRE(open_house.override_with("listen.address=0.0.0.0").ok());
    REQUIRE(open_house.override_with("webhooks.allow_loopback=yes").ok());
    CHECK(read_config(std::move(open_house)).faults.size() == 1);

    Settings real_bank = shipped();
    REQUIRE(real_bank.override_with("clock.file=/tmp/clock").ok());
    REQUIRE(real_bank.override_with("counterparty sandbox-bank.base_url=https://bank.example").ok());
    CHECK(read_config(std::move(real_bank)).faults.size() == 1);
}

TEST_CASE("loopback is told by address or name, and a name that only begins so is not it") {
    for (const char* yes :
         {"127.0.0.1", "127.1.2.3:80", "http://127.0.0.1:7801/x", "localhost", "localhost:1", "[::1]:80"}) {
        CAPTURE(yes);
        CHECK(is_loopback(yes));
    }
    for (const char* no :
         {"0.0.0.0", "10.0.0.1", "127.0.0.1.example", "http://127.evil.example/", "localhost.example", ""}) {
        CAPTURE(no);
        CHECK_FALSE(is_loopback(no));
    }
}

TEST_CASE("a file that is no configuration is refused at its line") {
    struct Row {
        const char* text;
        const char* line;
    };
    for (const Row& row : {Row{"key = 1\n", "line 1"}, Row{"[a]\nkey\n", "line 2"}, Row{"[a]\nk=1\nk=2\n", "line 3"},
                           Row{"[a]\n[a]\n", "line 2"}, Row{"[]\n", "line 1"}, Row{"[a\n", "line 1"}}) {
        CAPTURE(row.text);
        const Result<Settings> read = Settings::parse(row.text, "x.conf");
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().english().find(row.line) != std::string::npos);
    }
}
