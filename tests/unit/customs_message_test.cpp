#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "customs/message.h"
#include "customs/seal.h"
#include "src/xml/canonical.h"
#include "src/xml/document.h"

using namespace huiqiao;
using namespace huiqiao::customs;

namespace {

std::string golden(const std::string& path) {
    std::ifstream file("tests/golden/" + path, std::ios::binary);
    REQUIRE(file.good());
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

/// The fabricated payment of customs reference 3.2.
PaymentDocument document() {
    return {.guid = "AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE",
            .app_type = AppType::New,
            .app_time = parse_shanghai_14("20250102030405").value(),
            .pay_code = "1234567890",
            .pay_name = "测试支付有限公司",
            .serial = "P0000000001",
            .order_no = "ORDER0000001",
            .platform_code = "0987654321",
            .platform_name = "测试平台&商城",
            .payer_id_number = "11010519491231002X",
            .payer_name = "张三",
            .telephone = "",
            .amount = Money::parse(Currency::known("CNY"), "195.50").value(),
            .paid_at = parse_shanghai_14("20250102030201").value(),
            .note = ""};
}

const Declarant kDeclarant{"1234567890", "测试支付有限公司", "DXPENT0000000001"};
const std::string kGuid = "11111111-2222-4333-8444-555555555555";

std::string written() {
    const PaymentDocument one = document();
    return write_ceb411(kGuid, kDeclarant, std::span(&one, 1)).value();
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

crypto::Certificate certificate_of(const crypto::SigningKey& key) {
    return crypto::issue_certificate({.subject_name = "测试支付有限公司",
                                      .issuer_name = "测试支付有限公司",
                                      .serial = *from_hex("0123456789abcdef"),
                                      .not_before = parse_rfc3339("2025-01-01T00:00:00Z").value(),
                                      .not_after = parse_rfc3339("2035-01-01T00:00:00Z").value()},
                                     key.verify_key(), key);
}

}  // namespace

TEST_CASE("a CEB411 is the reference's message, apart from a note left out and the amount's second decimal") {
    std::string reference = golden("xml/ceb411_message_a.xml");
    reference = replaced(reference, "<ceb:note></ceb:note>", "");
    reference = replaced(reference, ">195.5<", ">195.50<");
    CHECK(xml::canonical(written()).value() == xml::canonical(reference).value());
}

TEST_CASE("a sealed CEB411 is the golden one, by RSA with SHA-1 and by SM2 with SM3") {
    struct Case {
        std::string file;
        xml::SignatureProfile profile;
        crypto::SigningKey key;
    };
    Case cases[] = {
        {"customs/ceb411_rsa_sha1.xml", xml::kRsaSha1,
         crypto::SigningKey::from_pem(crypto::SignatureAlgorithm::RsaSha1, golden("crypto/rsa_test_key.pem")).value()},
        {"customs/ceb411_sm2_sm3.xml", xml::kSm2Sm3,
         crypto::SigningKey::from_secret(crypto::SignatureAlgorithm::Sm2Sm3,
                                         *from_hex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8"))
             .value()}};
    for (const Case& each : cases) {
        CAPTURE(each.file);
        const crypto::Certificate certificate = certificate_of(each.key);
        const std::string sealed = Seal(each.profile, each.key, certificate).put_on(written()).value();
        CHECK(sealed == golden(each.file));
        const auto proved = xml::verify(sealed, each.profile, each.key.verify_key());
        REQUIRE(proved.ok());
        CHECK(proved->content == xml::canonical(written()).value());
        CHECK(proved->signer.key_name == "0123456789abcdef");
        CHECK_FALSE(xml::verify(replaced(sealed, "195.50", "195.51"), each.profile, each.key.verify_key()).ok());
    }
    CHECK_THROWS_AS(Seal(xml::kSm2Sm3, cases[0].key, certificate_of(cases[0].key)), LogicError);
}

TEST_CASE("each field of a payment is held to its length and its characters") {
    struct Row {
        std::string name;
        void (*change)(PaymentDocument&);
        bool good;
    };
    const auto text = [](std::size_t count, const std::string& one) {
        std::string all;
        for (std::size_t i = 0; i < count; ++i) all += one;
        return all;
    };
    static const std::string kHundred = text(100, "汇");
    const Row rows[] = {
        {"as it is", [](PaymentDocument&) {}, true},
        {"payName of 100 characters", [](PaymentDocument& d) { d.pay_name = kHundred; }, true},
        {"payName of 101 characters", [](PaymentDocument& d) { d.pay_name = kHundred + "汇"; }, false},
        {"guid in lower case", [](PaymentDocument& d) { d.guid[0] = 'a'; }, false},
        {"guid of 35", [](PaymentDocument& d) { d.guid.pop_back(); }, false},
        {"payCode of 19", [](PaymentDocument& d) { d.pay_code = std::string(19, '1'); }, false},
        {"payCode missing", [](PaymentDocument& d) { d.pay_code.clear(); }, false},
        {"serial of 60", [](PaymentDocument& d) { d.serial = std::string(60, 'P'); }, true},
        {"serial of 61", [](PaymentDocument& d) { d.serial = std::string(61, 'P'); }, false},
        {"serial with a space", [](PaymentDocument& d) { d.serial = "P 1"; }, false},
        {"orderNo of 61", [](PaymentDocument& d) { d.order_no = std::string(61, 'O'); }, false},
        {"orderNo with a space at its end", [](PaymentDocument& d) { d.order_no += " "; }, false},
        {"payer without a name", [](PaymentDocument& d) { d.payer_name.clear(); }, false},
        {"payer's name with a line end", [](PaymentDocument& d) { d.payer_name = "张\n三"; }, false},
        {"payer's name with a C1 control", [](PaymentDocument& d) { d.payer_name = "张\xC2\x85三"; }, false},
        {"payer's name that is no UTF-8", [](PaymentDocument& d) { d.payer_name = "\xE5\xBC"; }, false},
        {"amount zero", [](PaymentDocument& d) { d.amount = Money::zero(Currency::known("CNY")); }, false},
        {"amount in dollars", [](PaymentDocument& d) { d.amount = Money::of_minor(Currency::known("USD"), 1); }, false},
        {"paid after it is reported", [](PaymentDocument& d) { d.paid_at = d.app_time + std::chrono::seconds(1); },
         false},
        {"paid when it is reported", [](PaymentDocument& d) { d.paid_at = d.app_time; }, true},
        {"note of 1000", [](PaymentDocument& d) { d.note = std::string(1000, 'n'); }, true},
        {"note of 1001", [](PaymentDocument& d) { d.note = std::string(1001, 'n'); }, false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        PaymentDocument changed = document();
        row.change(changed);
        CHECK(check_document(changed).ok() == row.good);
    }
}

TEST_CASE("fields stand in the schema's order and optional ones are left out when empty") {
    PaymentDocument full = document();
    full.telephone = "13800138000";
    full.note = "备注";
    const std::string text = write_ceb411(kGuid, kDeclarant, std::span(&full, 1)).value();
    const auto read = xml::Document::parse(text);
    REQUIRE(read.ok());
    std::vector<std::string> names;
    for (const xml::Node& field : read->root().child("Payment").child("PaymentHead").children()) {
        names.emplace_back(field.name());
        CHECK(field.namespace_uri() == kNamespace);
    }
    std::vector<std::string> wanted;
    for (const FieldRule& rule : payment_head_fields()) wanted.emplace_back(rule.name);
    CHECK(names == wanted);
    CHECK(names.size() == 18);
    CHECK(written().find("telephone") == std::string::npos);
    CHECK(read->root().child("Payment").child("PaymentHead").child_text("currency") == "142");
}

TEST_CASE("a message takes 100 payments and no more, and a DXP number of 16 characters") {
    std::vector<PaymentDocument> many(100, document());
    CHECK(write_ceb411(kGuid, kDeclarant, many).ok());
    many.push_back(document());
    CHECK_THROWS_AS((void)write_ceb411(kGuid, kDeclarant, many), LogicError);
    CHECK_FALSE(check_declarant({"1234567890", "测试支付有限公司", "DXPENT00000000017"}).ok());
    CHECK_FALSE(check_declarant({"", "测试支付有限公司", "DXPENT0000000001"}).ok());
}

TEST_CASE("the content's hash changes with what customs compares and with nothing else") {
    const std::string before = content_hash(document());
    PaymentDocument again = document();
    again.guid = "FFFFFFFF-BBBB-4CCC-8DDD-EEEEEEEEEEEE";
    again.app_time += std::chrono::hours(1);
    again.app_type = AppType::Change;
    CHECK(content_hash(again) == before);
    again.amount = Money::parse(Currency::known("CNY"), "195.49").value();
    CHECK(content_hash(again) != before);
}

TEST_CASE("receipts are read whole or refused") {
    const std::string one =
        "<PaymentReturn><guid>a</guid><payCode>1234567890</payCode><payTransactionId>P1</payTransactionId>"
        "<returnStatus>-401007</returnStatus><returnTime>20250102030410123</returnTime><returnInfo>x</returnInfo></"
        "PaymentReturn>";
    const auto message = [](const std::string& inside) {
        return "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><CEB412Message "
               "xmlns=\"http://www.chinaport.gov.cn/ceb\" guid=\"g\" version=\"1.0\">" +
               inside + "</CEB412Message>";
    };
    const auto read = read_receipts(message(one + one));
    REQUIRE(read.ok());
    REQUIRE(read->payments.size() == 2);
    CHECK(read->payments[0].status == -401007);
    CHECK(read->payments[0].serial == "P1");
    CHECK(rfc3339(read->payments[0].returned_at) == "2025-01-01T19:04:10.123Z");
    CHECK(receipt_key(read->payments[0]) == receipt_key(read->payments[1]));
    CHECK_FALSE(read_receipts(message("")).ok());
    CHECK_FALSE(read_receipts(message(replaced(one, "-401007", "1x"))).ok());
    CHECK_FALSE(read_receipts(message(replaced(one, "20250102030410123", "20250102030410"))).ok());
    CHECK_FALSE(read_receipts(message(replaced(one, "20250102030410123", "20250232030410123"))).ok());
    CHECK_FALSE(read_receipts(replaced(message(one), "chinaport.gov.cn/ceb", "chinaport.gov.cn/xyz")).ok());
    const auto malformed = read_receipts(
        "<CEB900Message xmlns=\"http://www.chinaport.gov.cn/ceb\" guid=\"g\" "
        "version=\"1.0\"><MessageReturn><guid>g</guid>"
        "<returnStatus>-1</returnStatus><returnInfo/><returnTime>20250102030410123</returnTime><oriCopMsgId>M1</"
        "oriCopMsgId>"
        "<oriMessageType>CEB411Message</oriMessageType><oriBizMessage><![CDATA[<x>]]></oriBizMessage></MessageReturn>"
        "</CEB900Message>");
    REQUIRE(malformed.ok());
    CHECK(malformed->messages.at(0).message_id == "M1");
}
