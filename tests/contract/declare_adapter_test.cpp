#include "adapters/single_window/dxp_message.h"
#include "src/base/encoding.h"
#include "tests/contract/declare_desk.h"

using namespace declare_desk;

namespace {

std::string reply(const std::string& original, const std::string& code) {
    return "<DxpRep xmlns=\"http://www.chinaport.gov.cn/dxp\" "
           "ver=\"1.0\"><RecevierId>X</RecevierId><Response><ResponseCode>" +
           code + "</ResponseCode><ResponseInfo>i</ResponseInfo></Response><OriHead><CopMsgId>" + original +
           "</CopMsgId></OriHead></DxpRep>";
}

WireAnswer answered(int status, std::string body) {
    return {WireAnswer::Kind::Answered, status, {}, std::move(body), ""};
}

}  // namespace

TEST_CASE("XCT-06: whatever the carrier says that is not on the list is Unknown") {
    const crypto::SigningKey key = sm2_key(1);
    const single_window::Adapter adapter(key, {});
    struct Row {
        std::string name;
        WireAnswer answer;
        Outcome outcome;
    };
    const Row rows[] = {
        {"taken", answered(200, reply("M1", "0000")), Outcome::Accepted},
        {"schema", answered(200, reply("M1", "0002")), Outcome::RejectedFinal},
        {"signature", answered(200, reply("M1", "1001")), Outcome::RejectedFinal},
        {"receiver", answered(200, reply("M1", "2001")), Outcome::RejectedFinal},
        {"system", answered(200, reply("M1", "3001")), Outcome::Unknown},
        {"a code never heard of", answered(200, reply("M1", "4711")), Outcome::Unknown},
        {"another message", answered(200, reply("M2", "0000")), Outcome::Unknown},
        {"another namespace", answered(200, "<DxpRep ver=\"1.0\"/>"), Outcome::Unknown},
        {"no XML", answered(200, "OK"), Outcome::Unknown},
        {"an empty body", answered(200, ""), Outcome::Unknown},
        {"a refusal under another status", answered(500, reply("M1", "0002")), Outcome::Unknown},
        {"taken under another status", answered(302, reply("M1", "0000")), Outcome::Unknown},
        {"busy", answered(503, ""), Outcome::Unknown},
        {"no answer", {WireAnswer::Kind::Unknown, 0, {}, "", "reset"}, Outcome::Unknown},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        CHECK(adapter.read_declare("M1", row.answer).outcome == row.outcome);
    }
}

TEST_CASE("a page of receipts is taken whole or not at all, and each mail must prove itself") {
    const crypto::SigningKey key = sm2_key(1);
    const single_window::Adapter adapter(key, {.window_key = sm2_key(2).verify_key(), .window_profile = xml::kSm2Sm3});
    const auto page = [&](const std::string& body) { return adapter.read_receipts("DXP1", 5, answered(200, body)); };
    CHECK(page(R"({"receipts":[],"more":false})").ok());
    for (const char* bad :
         {"", "[]", R"({"receipts":[]})", R"({"receipts":[{"number":5,"message":"YQ=="}],"more":false})",
          R"({"receipts":[{"number":"6","message":"YQ=="}],"more":false})",
          R"({"receipts":[{"number":7,"message":"YQ=="},{"number":6,"message":"YQ=="}],"more":false})"}) {
        CAPTURE(bad);
        CHECK_FALSE(page(bad).ok());
    }
    CHECK_FALSE(adapter.read_receipts("DXP1", 5, answered(401, R"({"receipts":[],"more":false})")).ok());

    const auto mail = [&](const std::string& receiver, const crypto::SigningKey& signer) {
        const std::string text =
            "<DxpMsg xmlns=\"http://www.chinaport.gov.cn/dxp\" "
            "ver=\"1.0\"><TransInfo><CopMsgId>E1</CopMsgId><SenderId>S</SenderId>"
            "<ReceiverIds><ReceiverId>" +
            receiver +
            "</ReceiverId></ReceiverIds><CreatTime>2026-11-20T10:00:00</CreatTime>"
            "<MsgType>CEB412Message</MsgType></TransInfo><Data>PHg+PC94Pg==</Data></DxpMsg>";
        const std::string sealed = xml::sign(text, xml::kSm2Sm3, signer, {"0001", ""}).value();
        const auto read =
            page(R"({"receipts":[{"number":6,"message":")" + base64(as_bytes(sealed)) + R"("}],"more":true})");
        REQUIRE(read.ok());
        CHECK(read->more);
        return read->mails.at(0);
    };
    const auto good = mail("DXP1", sm2_key(2));
    CHECK(good.problem.empty());
    CHECK(good.xml == "<x></x>");
    CHECK(good.message_type == "CEB412Message");
    CHECK_FALSE(mail("DXP2", sm2_key(2)).problem.empty());
    CHECK_FALSE(mail("DXP1", sm2_key(3)).problem.empty());
    CHECK(mail("DXP1", sm2_key(3)).xml.empty());
}

TEST_CASE("an envelope holds the sealed message's very bytes, and refuses a DXP number that is too long") {
    const crypto::SigningKey key = sm2_key(1);
    const single_window::Adapter adapter(key, {});
    customs::Transmission one{"M1", "DXPENT0000000001", "CEB411Message", "f.xml", "<a>\n</a>", Instant{}};
    const auto request = adapter.declare(one);
    REQUIRE(request.ok());
    CHECK(single_window::read_dxp_message(request->body).value().content == one.xml);
    CHECK(request->body == adapter.declare(one)->body);
    one.dxp_id = "DXPENT00000000017";
    CHECK_FALSE(adapter.declare(one).ok());
}
