// What the commands around keys, parties and operators read: the body of `huiqiao sign`, the file of `huiqiao
// register`, the person of `huiqiao operator`.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "src/app/operator_commands.h"
#include "src/app/parties_file.h"
#include "src/app/sign.h"

using namespace huiqiao;

TEST_CASE("a body given as @file is the file's very bytes, as curl sends them; any other is its own text") {
    const auto file = std::filesystem::temp_directory_path() / "huiqiao_sign_test_body.json";
    const std::string bytes = "{\"a\":\n 1}\r\n";
    std::ofstream(file, std::ios::binary) << bytes;
    CHECK(app::body_of("@" + file.string()).value() == bytes);
    CHECK(app::body_of(R"({"at":"@x"})").value() == R"({"at":"@x"})");
    CHECK(app::body_of("").value().empty());
    std::filesystem::remove(file);
    CHECK(!app::body_of("@" + file.string()).ok());
}

TEST_CASE("a signed call goes where the configuration listens to operators, as that is reached on this machine") {
    app::Config config;
    config.operators_port = 18082;
    for (const auto& [address, url] :
         std::vector<std::pair<std::string, std::string>>{{"127.0.0.1", "http://127.0.0.1:18082"},
                                                          {"0.0.0.0", "http://127.0.0.1:18082"},
                                                          {"::", "http://127.0.0.1:18082"},
                                                          {"::1", "http://[::1]:18082"},
                                                          {"10.1.2.3", "http://10.1.2.3:18082"},
                                                          {"", "http://127.0.0.1:18082"}}) {
        CAPTURE(address);
        config.listen_address = address;
        CHECK(app::operators_url(config) == url);
    }
}

TEST_CASE("a registration file may leave out the lists that it does not need, and no field of what it names") {
    const app::PartiesFile file = app::read_parties(
        R"({"merchants":[{"id":"mch_2","platform_id":"plt_1","name":"M","agreement":{"fee_basis_points":30,)"
        R"("fee_minimum":{"currency":"CNY","amount":"0.50"},"channel_cost":"merchant","fx_result":"institution"}}]})",
        "", Instant{});
    CHECK(file.faults.empty());
    CHECK(file.item->platforms.empty());
    REQUIRE(file.item->merchants.size() == 1);
    CHECK(file.item->merchants[0].agreement.channel_cost == parties::Bearer::Merchant);
    CHECK(!app::read_parties(R"({"merchants":[{"id":"mch_2"}]})", "", Instant{}).faults.empty());
}

TEST_CASE("SEC-06 an operator is not registered for a person who is another operator, nor is one named so") {
    const auto said_to = [](std::vector<std::string> words) {
        app::CommandLine line;
        app::add_operator_commands(line);
        std::vector<char*> arguments;
        for (std::string& word : words) arguments.push_back(word.data());
        std::stringstream said;
        std::streambuf* before = std::cerr.rdbuf(said.rdbuf());
        const int code = line.run(static_cast<int>(arguments.size()), arguments.data());
        std::cerr.rdbuf(before);
        return std::to_string(code) + " " + said.str();
    };
    for (const std::string& said :
         {said_to({"huiqiao", "operator", "opr_li2", "Li", "confirmer", "--person", "opr_li"}),
          said_to({"huiqiao", "operator-person", "opr_li", "opr_li"}),
          said_to({"huiqiao", "operator", "opr_li2", "Li", "confirmer", "--person", "Li Wei"})}) {
        CAPTURE(said);
        CHECK(said.find("2 ") == 0);
        CHECK(said.find("is no person's id") != std::string::npos);
        CHECK(said.find("does not begin with opr_") != std::string::npos);
        CHECK(said.find("不以操作员编号的 opr_ 开头") != std::string::npos);
    }
}
