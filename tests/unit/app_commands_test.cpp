// What the commands around keys and parties read: the body of `huiqiao sign`, the file of `huiqiao register`.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

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
