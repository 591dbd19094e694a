// What stood in a database before the verbs of two persons came, and must be seen by them.

#include "src/db/migration_text.h"
#include "src/db/migrations.h"
#include "tests/contract/two_persons_desk.h"

using namespace two_persons_desk;

namespace {

void migrate_to(db::Database& database, int number) {
    std::vector<db::Migration> some = db::built_in_migrations();
    std::erase_if(some, [&](const db::Migration& one) { return one.number > number; });
    REQUIRE(db::migrate(database, some).ok());
}

/// Orders on hold as they were kept then: one of two remittances, one that came back, one without a usable payee, one
/// whose matter nobody knows any more; and one that is free.
void insert_orders(db::Tx& tx) {
    const auto order = [&](const char* id, const char* reason) {
        tx.execute({"INSERT INTO orders (id, payee_id, hold_reason, created_at) VALUES (:p1, 'pye_1', :p2, 111)"},
                   {id, reason});
    };
    const auto remittance = [&](const char* id, const char* of_order, const char* state, int returned) {
        tx.execute({"INSERT INTO remittance (id, state, returned_minor) VALUES (:p1, :p2, :p3)"},
                   {id, state, returned});
        tx.execute({"INSERT INTO remittance_allocation (id, order_id, remittance_id) VALUES (:p1, :p2, :p3)"},
                   {std::string(of_order) + "|" + id, of_order, id});
    };
    order("ord_1", "remittance_rejected");
    remittance("rem_1a", "ord_1", "rejected", 0);
    remittance("rem_1b", "ord_1", "rejected", 0);
    remittance("rem_1c", "ord_1", "confirmed", 0);
    order("ord_2", "remittance_returned");
    remittance("rem_2a", "ord_2", "confirmed", 500);
    order("ord_3", "payee_not_usable");
    order("ord_4", "remittance_rejected");
    order("ord_5", "");
    tx.execute(
        {"INSERT INTO work_item (id, open_key, kind, subject_kind, subject_id, state, opened_at) VALUES "
         "('wki_1', 'remittance_rejected|rem_1b', 'remittance_rejected', 'remittance', 'rem_1b', 'open', 222)"});
}

}  // namespace

TEST_CASE("orders that were on hold before held orders were listed are listed with what holds them and since when") {
    each_engine([](TestDatabase& on) {
        ManualClock clock(from_us(0));
        db::Database database(on.settings(), clock);
        migrate_to(database, 109);
        database.write(insert_orders);
        REQUIRE(db::migrate(database).ok());
        std::vector<flow::HeldOrder> held;
        database.read([&](db::Reader& reader) { held = flow::HeldOrders::list(reader, "", "", 10); });
        REQUIRE(held.size() == 4);
        const auto check = [&](std::size_t at, const char* order, const char* subject, std::int64_t since) {
            CAPTURE(order);
            CHECK(held[at].order_id == order);
            CHECK(held[at].subject_id == subject);
            CHECK(to_us(held[at].held_at) == since);
        };
        check(0, "ord_1", "rem_1b", 222);
        check(1, "ord_2", "rem_2a", 111);
        check(2, "ord_3", "pye_1", 111);
        check(3, "ord_4", "", 111);
        CHECK(held[0].reason == "remittance_rejected");
        CHECK(held[2].reason == "payee_not_usable");
    });
}

TEST_CASE("orders that were listed as held before the older ones were added stand as they were") {
    each_engine([](TestDatabase& on) {
        ManualClock clock(from_us(0));
        db::Database database(on.settings(), clock);
        migrate_to(database, 149);
        database.write([](db::Tx& tx) {
            insert_orders(tx);
            tx.execute(
                {"INSERT INTO held_order (order_id, reason, subject_id, held_at) VALUES "
                 "('ord_1', 'kept_by_operators', 'rem_1a', 333)"});
        });
        REQUIRE(db::migrate(database).ok());
        std::vector<flow::HeldOrder> held;
        database.read([&](db::Reader& reader) { held = flow::HeldOrders::list(reader, "", "", 10); });
        REQUIRE(held.size() == 4);
        CHECK(held[0].reason == "kept_by_operators");
        CHECK(held[0].subject_id == "rem_1a");
        CHECK(to_us(held[0].held_at) == 333);
    });
}

TEST_CASE("an order that was held for one matter alone is held for the far-off deal of its purchase as well") {
    each_engine([](TestDatabase& on) {
        ManualClock clock(from_us(0));
        db::Database database(on.settings(), clock);
        migrate_to(database, 283);
        database.write([](db::Tx& tx) {
            insert_orders(tx);
            tx.execute(
                {"INSERT INTO held_order (order_id, reason, subject_id, held_at) VALUES "
                 "('ord_1', 'remittance_rejected', 'rem_1b', 333), ('ord_3', 'deal_far_off', 'pur_1', 444)"});
            for (const char* order : {"ord_1", "ord_3", "ord_5"}) {
                tx.execute({"INSERT INTO purchase_allocation (id, purchase_id, order_id) VALUES (:p1, 'pur_1', :p2)"},
                           {std::string("pur_1|") + order, order});
            }
            tx.execute(
                {"UPDATE orders SET hold_reason = 'deal_far_off', declaration_state = 'due', declare_at = NULL WHERE "
                 "id = 'ord_3'"});
            tx.execute(
                {"INSERT INTO work_item (id, open_key, kind, subject_kind, subject_id, state, opened_at) VALUES "
                 "('wki_2', 'deal_far_off|pur_1', 'deal_far_off', 'purchase', 'pur_1', 'open', 444)"});
        });
        REQUIRE(db::migrate(database).ok());
        std::vector<flow::HeldOrder> held;
        std::vector<flow::HeldOrder> of_deal;
        std::int64_t declared = 0;
        database.read([&](db::Reader& reader) {
            held = flow::HeldOrders::list(reader, "", "", 10);
            of_deal = flow::HeldOrders::list(reader, "pur_1", "", 10);
            declared = reader.select({"SELECT COUNT(*) FROM orders WHERE declare_at = 111", "i"}).integer(0, 0);
        });
        REQUIRE(held.size() == 3);
        CHECK(held[0].subject_id == "pur_1");
        CHECK(held[1].subject_id == "rem_1b");
        CHECK(to_us(held[1].held_at) == 333);
        REQUIRE(of_deal.size() == 2);
        CHECK(of_deal[0].order_id == "ord_1");
        CHECK(of_deal[0].reason == "deal_far_off");
        CHECK(to_us(of_deal[0].held_at) == 444);
        CHECK(of_deal[1].order_id == "ord_3");
        CHECK(declared == 1);
        database.read([&](db::Reader& reader) {
            const auto first = flow::HeldOrders::list(reader, "", "", 1);
            held = flow::HeldOrders::list(reader, "", flow::HeldOrders::place_of(first.at(0)), 10);
        });
        CHECK(held.size() == 2);
    });
}

TEST_CASE("SEC-06 operators who were registered without a person are persons of their own") {
    each_engine([](TestDatabase& on) {
        ManualClock clock(from_us(0));
        db::Database database(on.settings(), clock);
        migrate_to(database, 149);
        database.write([](db::Tx& tx) {
            tx.execute(
                {"INSERT INTO operator (id, role, algorithm, state) VALUES "
                 "('opr_1', 'maker', 'ed25519', 'active'), ('opr_2', 'checker', 'ed25519', 'active')"});
        });
        REQUIRE(db::migrate(database).ok());
        database.read([](db::Reader& reader) {
            CHECK(operators::OperatorStore::find(reader, "opr_1")->person_id == "opr_1");
            CHECK(operators::OperatorStore::find(reader, "opr_2")->person_id == "opr_2");
            // And each has the role of before by its own word.
            CHECK(operators::OperatorStore::find(reader, "opr_1")->role == operators::Role::Dealer);
            CHECK(operators::OperatorStore::find(reader, "opr_2")->role == operators::Role::Confirmer);
        });
    });
}

TEST_CASE("whose CNY was still to be bought with before its day was kept is told by its money, whatever its state") {
    each_engine([](TestDatabase& on) {
        ManualClock clock(from_us(0));
        db::Database database(on.settings(), clock);
        migrate_to(database, 284);
        database.write([](db::Tx& tx) {
            const auto order = [&](const char* id, const char* payout, const char* state, int funded, int converting,
                                   int converted) {
                tx.execute({"INSERT INTO orders (id, payout, payout_currency, state, due_minor, paid_minor, "
                            "funded_minor, converting_minor, converted_minor) VALUES (:p1, :p2, 'USD', :p3, 100, 100, "
                            ":p4, :p5, :p6)"},
                           {id, payout, state, funded, converting, converted});
            };
            order("ord_1_funded", "fx", "funded", 100, 0, 0);
            order("ord_2_remitting", "fx", "remitting", 100, 0, 60);
            order("ord_3_paid", "fx", "paid", 40, 40, 0);
            order("ord_4_all", "fx", "converted", 100, 0, 100);
            order("ord_5_unfunded", "fx", "paid", 0, 0, 0);
            order("ord_6_cny", "cny", "funded", 100, 0, 0);
        });
        REQUIRE(db::migrate(database).ok());
        std::string marked;
        database.read([&](db::Reader& reader) {
            const db::Found found =
                reader.select({"SELECT id, to_buy FROM orders WHERE to_buy IS NOT NULL ORDER BY id", "tt"});
            for (std::size_t row = 0; row < found.size(); ++row)
                marked += found.text(row, 0) + " " + found.text(row, 1) + "\n";
        });
        CHECK(marked == "ord_1_funded 19700101|USD\nord_2_remitting 19700101|USD\nord_3_paid 19700101|USD\n");
    });
}
