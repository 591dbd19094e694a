#include "tests/contract/declare_desk.h"

using namespace declare_desk;
using huiqiao::customs::AppType;
using huiqiao::customs::DeclarationState;

namespace {

std::size_t count(const std::vector<std::string>& list, std::string_view what) {
    return static_cast<std::size_t>(std::count(list.begin(), list.end(), what));
}

std::string receipt(const huiqiao::customs::Declaration& of, int status, Instant at) {
    const std::string ms = std::to_string(1000 + (to_us(at) / 1000) % 1000).substr(1);
    return "<CEB412Message xmlns=\"http://www.chinaport.gov.cn/ceb\" guid=\"g\" "
           "version=\"1.0\"><PaymentReturn><guid>g</guid>"
           "<payCode>" +
           of.pay_code + "</payCode><payTransactionId>" + of.serial + "</payTransactionId><returnStatus>" +
           std::to_string(status) + "</returnStatus><returnTime>" + shanghai_14(at) + ms +
           "</returnTime><returnInfo>x</returnInfo></PaymentReturn></CEB412Message>";
}

}  // namespace

TEST_CASE("XCT-08: a message whose answer was lost goes again by the same bytes and has one effect") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on);
        const std::string id = d.order();
        d.fault("timeout_after_effect", 1, R"(,"match":{"path":"/dxp/messages"})");
        d.run();
        CHECK(d.client.messages.size() == 1);
        CHECK(d.instructions(d.declaration(id).id)[0].instruction.outcome == calls::InstructionOutcome::Unknown);
        d.advance(std::chrono::seconds(31));
        REQUIRE(d.client.messages.size() == 2);
        CHECK(d.client.messages[0] == d.client.messages[1]);
        d.settle();
        CHECK(d.get(id).declaration_state == "accepted");
        CHECK(d.declaration(id).part_no == 1);
        CHECK(d.in_books("\"messages\":1,") == 1);
        CHECK(d.in_books("\"versions\":1") == 1);
        CHECK(d.escalations.told.empty());
    });
}

TEST_CASE("CST-01: a lost receipt is found again by a second declaration, and one document stands") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on);
        const std::string id = d.order();
        d.fault("receipt_lost");
        d.settle();
        CHECK(d.declaration(id).state == DeclarationState::Sent);
        CHECK(d.receipts(d.declaration(id).id) == 0);
        d.advance(std::chrono::minutes(31));
        d.settle(6);
        const auto declaration = d.declaration(id);
        CHECK(declaration.state == DeclarationState::Accepted);
        CHECK(declaration.part_no == 3);  // new, new again (-401007), change
        CHECK(d.in_books("\"state\":\"stored\"") == 1);
        CHECK(d.events(id) == std::vector<std::string>{"order.declared"});
        for (const auto& row : d.instructions(declaration.id)) {
            const auto outcome = row.instruction.outcome;
            CHECK(outcome == (row.instruction.part_no == 2 ? calls::InstructionOutcome::Rejected
                                                           : calls::InstructionOutcome::Confirmed));
        }
    });
}

TEST_CASE("a change that customs refuses leaves what it has stored, and a person is told") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on);
        const std::string id = d.order();
        d.fault("receipt_lost");
        d.settle();
        d.fault("reject");
        d.advance(std::chrono::minutes(31));
        d.settle(6);  // -401007: it is there, so the next part is a change, and that one is refused
        CHECK(d.declaration(id).state == DeclarationState::Rejected);
        CHECK(d.declaration(id).stands);
        CHECK(d.in_books("\"state\":\"stored\"") == 1);
        CHECK(count(d.work_items(), "declaration_rejected") == 1);
    });
}

TEST_CASE("CST-02: customs' late word of a new one says nothing of the change that is under way") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on);
        const std::string id = d.order();
        d.fault("receipt_lost");
        d.settle();
        d.fault("error", 2, R"(,"with":{"code":"-401007"})");  // of the second new one, and when the change is there
        d.advance(std::chrono::minutes(31));
        d.settle(6);
        CHECK(d.declaration(id).state == DeclarationState::Sent);
        CHECK(d.declaration(id).app_type == AppType::Change);
        CHECK(d.work_items().empty());
        d.advance(std::chrono::minutes(121));  // the change is sent again, as it was
        d.settle(6);
        CHECK(d.declaration(id).state == DeclarationState::Accepted);
        CHECK(d.in_books("\"state\":\"stored\"") == 1);
        CHECK(d.events(id) == std::vector<std::string>{"order.declared"});
    });
}

TEST_CASE("CST-02: a receipt that comes twice or hours late changes nothing that stands") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on);
        const std::string twice = d.order();
        d.fault("receipt_twice");
        d.settle();
        CHECK(d.get(twice).declaration_state == "accepted");
        CHECK(d.receipts(d.declaration(twice).id) == 3);
        CHECK(d.events(twice).size() == 1);

        const std::string late = d.order();
        d.fault("receipt_late", 1, R"(,"with":{"delay_s":"7200"})");
        d.settle();
        CHECK(d.declaration(late).state == DeclarationState::AtCustoms);
        d.advance(std::chrono::minutes(31));
        d.settle(6);
        CHECK(d.get(late).declaration_state == "accepted");
        const auto before = d.declaration(late);
        // Something else is awaited, so the mailbox is asked when the late receipt comes in.
        d.clock.advance(std::chrono::hours(3));
        d.order();
        d.settle(6);
        const auto after = d.declaration(late);
        CHECK(after.state == DeclarationState::Accepted);
        CHECK(after.part_no == before.part_no);
        CHECK(after.decided_at == before.decided_at);
        CHECK(d.events(late).size() == 1);
        CHECK(d.work_items().empty());
    });
}

TEST_CASE("a receipt hours late decides where nothing else did, before the next part goes") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on);
        const std::string id = d.order();
        d.fault("receipt_late", 1, R"(,"with":{"delay_s":"1200"})");
        d.settle();
        CHECK(d.declaration(id).state == DeclarationState::AtCustoms);
        d.advance(std::chrono::minutes(20));
        d.settle();
        CHECK(d.get(id).declaration_state == "accepted");
        CHECK(d.declaration(id).part_no == 1);
    });
}

TEST_CASE("CST-02: of two decisions of customs the later one stands, and a person is told") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on);
        const std::string id = d.order();
        d.settle();
        const auto accepted = d.declaration(id);
        REQUIRE(accepted.state == DeclarationState::Accepted);
        d.gateway.told.push_back(receipt(accepted, 100, accepted.decided_at - std::chrono::seconds(1)));
        d.gateway.told.push_back(receipt(accepted, 3, accepted.decided_at + std::chrono::seconds(1)));
        d.order();
        d.settle();
        CHECK(d.declaration(id).state == DeclarationState::Accepted);
        CHECK(count(d.work_items(), "declaration_contradiction") == 1);
        d.gateway.told.push_back(receipt(accepted, 100, accepted.decided_at + std::chrono::seconds(5)));
        d.order();
        d.settle();
        CHECK(d.declaration(id).state == DeclarationState::Rejected);
        CHECK(d.get(id).declaration_state == "rejected");
        CHECK(d.events(id) == std::vector<std::string>{"order.declared", "order.declaration_rejected"});
    });
}

TEST_CASE("a receipt for a serial that is not ours is kept and told, and stops nothing") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on);
        const std::string id = d.order();
        d.run();
        auto foreign = d.declaration(id);
        foreign.serial = "PDFOREIGN";
        d.gateway.told.push_back(receipt(foreign, 120, d.clock.now()));
        d.gateway.told.push_back("<not xml");
        d.settle();
        CHECK(d.get(id).declaration_state == "accepted");
        CHECK(count(d.work_items(), "customs_receipt_unmatched") == 1);
        CHECK(count(d.work_items(), "customs_mail_unreadable") == 1);
    });
}

TEST_CASE("a receipt with a wrong signature is not believed, and the document is sent again") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on);
        const std::string id = d.order();
        d.fault("bad_receipt_signature", -1);
        d.settle();
        CHECK(d.declaration(id).state == DeclarationState::Sent);
        CHECK(d.receipts(d.declaration(id).id) == 0);
        CHECK(count(d.work_items(), "customs_mail_unreadable") >= 1);
        d.forget_faults();
        d.advance(std::chrono::minutes(31));
        d.settle(6);
        CHECK(d.get(id).declaration_state == "accepted");
    });
}

TEST_CASE("CST-04: two days without customs lose nothing, and the backlog drains") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on);
        d.fault("outage", -1);
        std::vector<std::string> ids;
        for (int hour = 0; hour < 48; hour += 6) {
            ids.push_back(d.order());
            for (int i = 0; i < 6; ++i) d.advance(std::chrono::hours(1));
        }
        for (const std::string& id : ids) CHECK(d.declaration(id).part_no == 1);
        CHECK(d.in_books("\"serial\"") == 0);
        d.forget_faults();
        for (int i = 0; i < 3; ++i) d.advance(std::chrono::minutes(31));
        d.settle();
        for (const std::string& id : ids) CHECK(d.get(id).declaration_state == "accepted");
        CHECK(d.in_books("\"versions\":1") == ids.size());
        CHECK(d.escalations.told.empty());
    });
}

TEST_CASE("what customs could not take is sent again after a pause, and given to a person when it stays so") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on);
        const std::string passes = d.order();
        d.fault("error", 2, R"(,"with":{"code":"-401011"})");
        for (int i = 0; i < 30; ++i) d.advance(std::chrono::seconds(16));
        CHECK(d.get(passes).declaration_state == "accepted");
        CHECK(d.declaration(passes).part_no == 3);

        const std::string stays = d.order();
        d.fault("error", -1, R"(,"with":{"code":"-401011"})");
        for (int i = 0; i < 60; ++i) d.advance(std::chrono::minutes(5));
        CHECK(d.get(stays).declaration_state == "rejected");
        CHECK(d.declaration(stays).part_no == 7);
        CHECK(count(d.work_items(), "declaration_rejected") == 1);
    });
}

TEST_CASE("customs' error numbers choose the form of the next part") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on);
        const std::string older = d.order();
        d.fault("error", 1, R"(,"with":{"code":"-401012"})");
        d.settle(6);
        CHECK(d.declaration(older).part_no == 2);
        CHECK(d.get(older).declaration_state == "accepted");

        const std::string exists = d.order();
        d.fault("error", 1, R"(,"with":{"code":"-401007"})");
        d.settle(6);
        // Told that it exists, it goes as a change; customs finds nothing to change, so it goes as new.
        CHECK(d.declaration(exists).part_no == 3);
        CHECK(d.declaration(exists).app_type == AppType::New);
        CHECK(d.get(exists).declaration_state == "accepted");

        const std::string unknown = d.order();
        d.fault("error", 1, R"(,"with":{"code":"-777"})");
        d.settle();
        CHECK(d.get(unknown).declaration_state == "rejected");
        CHECK(d.declaration(unknown).return_code == "-777");
    });
}

TEST_CASE("a message that customs cannot read rejects all that stood in it") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on, {.known_code = "9999999999"});
        const std::string one = d.order();
        const std::string two = d.order();
        d.settle();
        CHECK(d.get(one).declaration_state == "rejected");
        CHECK(d.get(two).declaration_state == "rejected");
        CHECK(count(d.work_items(), "declaration_rejected") == 2);
        CHECK(d.in_books("\"serial\"") == 0);
    });
}

TEST_CASE("a message whose seal the carrier refuses is rejected at once") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on, {.profile = xml::kSm2Sm3});
        const crypto::SigningKey stolen = sm2_key(99);
        const crypto::Certificate certificate = certificate_of(stolen);
        const huiqiao::customs::Seal wrong(xml::kSm2Sm3, stolen, certificate);
        flow::Declare other(d.database, *d.queue, d.ids, d.call_rows, d.sealer, d.parties, d.gateway, wrong,
                            DeclareDesk::settings());
        const std::string id = d.order();
        (void)other.step(d.clock.now());
        d.run();
        CHECK(d.get(id).declaration_state == "rejected");
        CHECK(d.in_books("\"serial\"") == 0);
    });
}

TEST_CASE("a payer whose stored data does not open holds its own declaration alone") {
    each_engine([](TestDatabase& on) {
        DeclareDesk d(on);
        const std::string broken = d.order();
        const std::string good = d.order();
        const std::string payer = d.get(broken).payer_id;
        d.write([&](db::Group& group) {
            group.tx.execute({"UPDATE person SET sealed = 'spoiled' WHERE id = :p1"}, {payer});
        });
        d.settle();
        CHECK(d.get(good).declaration_state == "accepted");
        CHECK(d.declaration(broken).state == DeclarationState::Held);
        CHECK(count(d.work_items(), "declaration_held") == 1);
    });
}
