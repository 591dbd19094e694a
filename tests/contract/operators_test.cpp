#include "src/operators/approval.h"
#include "src/operators/change_operator.h"
#include "tests/contract/calls_desk.h"

using namespace calls_desk;
using namespace huiqiao::operators;

namespace {

Operator person(std::string id, Role role) {
    Operator who;
    who.id = std::move(id);
    who.name = "Name " + who.id;
    who.person_id = "person_of_" + who.id;
    who.role = role;
    who.public_key = "key";
    return who;
}

}  // namespace

TEST_CASE("a matter is one work item while it is open, and may be opened again after it was closed") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        const WorkItems work_items;
        const NewWorkItem matter{"payment_late", "payment", "pay_1", "late", "迟到"};
        REQUIRE(process
                    .write([&](db::Group& group) {
                        work_items.open(group, matter);
                        work_items.open(group, matter);
                    })
                    .ok());
        REQUIRE(process.write([&](db::Group& group) { work_items.open(group, matter); }).ok());
        std::vector<WorkItem> waiting;
        process.database.read([&](db::Reader& reader) { waiting = work_items.waiting(reader, "", 10); });
        REQUIRE(waiting.size() == 1);
        CHECK(waiting[0].text_zh == "迟到");

        const auto lock = [&](db::Locks& locks) { work_items.lock(locks, waiting[0].id); };
        std::vector<Status> done;
        REQUIRE(process
                    .write(
                        [&](db::Group& group) {
                            done.push_back(work_items.take(group, waiting[0].id, "opr_1"));
                            done.push_back(work_items.take(group, waiting[0].id, "opr_2"));
                            done.push_back(work_items.close_by(group, waiting[0].id, "opr_1", "done"));
                            done.push_back(work_items.take(group, waiting[0].id, "opr_1"));
                        },
                        lock)
                    .ok());
        CHECK(done[0].ok());
        CHECK(done[1].error().code == &operators_error::kWorkItemTaken);
        CHECK(done[2].ok());
        CHECK(done[3].error().code == &operators_error::kWorkItemGone);
        REQUIRE(process.write([&](db::Group& group) { work_items.open(group, matter); }).ok());
        process.database.read([&](db::Reader& reader) { CHECK(work_items.count_waiting(reader) == 1); });
        CHECK(process.number("SELECT COUNT(*) FROM work_item") == 2);
    });
}

TEST_CASE("what one person asks another releases, for exactly the content that was asked, and once (PAY-08)") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        const Operator maker = person("opr_1", Role::Dealer);
        Operator both = person("opr_1", Role::Confirmer);
        const Operator checker = person("opr_2", Role::Confirmer);
        REQUIRE(process
                    .write([&](db::Group& group) {
                        OperatorStore::insert(group.tx, maker);
                        OperatorStore::insert(group.tx, checker);
                    })
                    .ok());
        std::string id;
        std::string hash;
        REQUIRE(process
                    .write([&](db::Group& group) {
                        CHECK(Approvals::ask(group, checker, "release", "rem_1", "a").error().code ==
                              &operators_error::kMayNotMake);
                        const auto asked = Approvals::ask(group, maker, "release", "rem_1", "pay 5 to A");
                        id = asked->id;
                        hash = asked->content_hash;
                        CHECK(Approvals::ask(group, maker, "release", "rem_1", "other").error().code ==
                              &operators_error::kAlreadyAsked);
                    })
                    .ok());
        const auto lock = [&](db::Locks& locks) { Approvals::lock(locks, id); };
        REQUIRE(process
                    .write(
                        [&](db::Group& group) {
                            CHECK(Approvals::use(group, id, "release", "pay 5 to A").error().code ==
                                  &operators_error::kNotReleased);
                            CHECK(Approvals::release(group, id, maker, hash).error().code ==
                                  &operators_error::kMayNotCheck);
                            CHECK(Approvals::release(group, id, both, hash).error().code ==
                                  &operators_error::kSamePerson);
                            CHECK(Approvals::release(group, id, checker, std::string(64, '0')).error().code ==
                                  &operators_error::kContentDiffers);
                            CHECK(Approvals::release(group, id, checker, hash).ok());
                        },
                        lock)
                    .ok());
        REQUIRE(process
                    .write(
                        [&](db::Group& group) {
                            CHECK(Approvals::use(group, id, "release", "pay 9 to A").error().code ==
                                  &operators_error::kContentDiffers);
                            CHECK(Approvals::use(group, id, "release", "pay 5 to A").ok());
                            CHECK(Approvals::use(group, id, "release", "pay 5 to A").error().code ==
                                  &operators_error::kNotReleased);
                        },
                        lock)
                    .ok());
        process.database.read([&](db::Reader& reader) { CHECK(OperatorStore::all(reader).size() == 2); });
    });
}

TEST_CASE("SEC-06 two operators of one person do not make and check one matter") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        const Operator maker = person("opr_1", Role::Dealer);
        Operator second = person("opr_2", Role::Confirmer);
        second.person_id = maker.person_id;
        const Operator other = person("opr_3", Role::Confirmer);
        Operator nobody = person("opr_4", Role::Confirmer);
        nobody.person_id.clear();
        std::string id;
        std::string hash;
        REQUIRE(process
                    .write([&](db::Group& group) {
                        for (const Operator& who : {maker, second, other}) OperatorStore::insert(group.tx, who);
                        CHECK_THROWS_AS(OperatorStore::insert(group.tx, nobody), LogicError);
                        const auto asked = Approvals::ask(group, maker, "release", "rem_1", "pay 5 to A");
                        id = asked->id;
                        hash = asked->content_hash;
                    })
                    .ok());
        const auto lock = [&](db::Locks& locks) { Approvals::lock(locks, id); };
        REQUIRE(process
                    .write(
                        [&](db::Group& group) {
                            CHECK(OperatorStore::find(group.tx, "opr_2")->person_id == "person_of_opr_1");
                            CHECK(Approvals::release(group, id, second, hash).error().code ==
                                  &operators_error::kSamePerson);
                            CHECK(Approvals::refuse(group, id, second, "mine").error().code ==
                                  &operators_error::kSamePerson);
                            CHECK(Approvals::find(group.tx, id)->state == ApprovalState::Waiting);
                            CHECK(Approvals::release(group, id, other, hash).ok());
                            // Not by way of trying it again either.
                            CHECK(Approvals::release(group, id, second, hash).error().code ==
                                  &operators_error::kSamePerson);
                        },
                        lock)
                    .ok());
    });
}

namespace {

OperatorChange change(Process& process, const std::string& id, std::optional<OperatorState> state,
                      const std::string& person = "") {
    ChangeOperator changing;
    auto item = std::make_shared<OperatorChange>();
    item->id = id;
    item->state = state;
    item->person_id = person;
    REQUIRE(process.queue->run(changing, item).ok());
    return *item;
}

}  // namespace

TEST_CASE("SEC-07 an operator is suspended and resumed, and what waits in its name is refused by others") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        const Operator maker = person("opr_1", Role::Dealer);
        const Operator checker = person("opr_2", Role::Confirmer);
        std::string id;
        std::string hash;
        REQUIRE(process
                    .write([&](db::Group& group) {
                        for (const Operator& who : {maker, checker}) OperatorStore::insert(group.tx, who);
                        const auto asked = Approvals::ask(group, maker, "release", "rem_1", "pay 5 to A");
                        id = asked->id;
                        hash = asked->content_hash;
                    })
                    .ok());
        CHECK(change(process, "opr_9", OperatorState::Suspended).error->code == &operators_error::kNoOperator);
        CHECK(change(process, "opr_1", OperatorState::Suspended).is_new);
        CHECK_FALSE(change(process, "opr_1", OperatorState::Suspended).is_new);
        CHECK(change(process, "opr_2", OperatorState::Suspended).is_new);
        const auto lock = [&](db::Locks& locks) { Approvals::lock(locks, id); };
        const auto now = [](db::Group& group, const char* who) { return *OperatorStore::find(group.tx, who); };
        REQUIRE(process
                    .write(
                        [&](db::Group& group) {
                            CHECK(Approvals::ask(group, now(group, "opr_1"), "release", "rem_2", "a").error().code ==
                                  &operators_error::kMayNotMake);
                            CHECK(Approvals::release(group, id, now(group, "opr_2"), hash).error().code ==
                                  &operators_error::kMayNotCheck);
                            CHECK(Approvals::find(group.tx, id)->maker == "opr_1");
                        },
                        lock)
                    .ok());
        CHECK(change(process, "opr_2", OperatorState::Active).is_new);
        REQUIRE(process
                    .write(
                        [&](db::Group& group) {
                            CHECK(Approvals::refuse(group, id, now(group, "opr_2"), "its maker left").ok());
                            CHECK(Approvals::find(group.tx, id)->state == ApprovalState::Refused);
                        },
                        lock)
                    .ok());
    });
}

TEST_CASE("SEC-06 a person is named once, and what is released meanwhile is not used where both were one person") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        Operator maker = person("opr_1", Role::Dealer);
        Operator checker = person("opr_2", Role::Confirmer);
        maker.person_id = "opr_1";  // as migration 151 left them
        checker.person_id = "opr_2";
        std::vector<Approval> asked;
        const auto lock = [&](db::Locks& locks) {
            for (const Approval& one : asked) Approvals::lock(locks, one.id);
        };
        REQUIRE(process
                    .write([&](db::Group& group) {
                        for (const Operator& who : {maker, checker}) OperatorStore::insert(group.tx, who);
                        for (const char* subject : {"rem_1", "rem_2"})
                            asked.push_back(*Approvals::ask(group, maker, "release", subject, "pay 5 to A"));
                    })
                    .ok());
        REQUIRE(process
                    .write(
                        [&](db::Group& group) {
                            REQUIRE(Approvals::release(group, asked[0].id, checker, asked[0].content_hash).ok());
                        },
                        lock)
                    .ok());
        CHECK(change(process, "opr_1", std::nullopt, "staff_7").is_new);
        CHECK(change(process, "opr_2", std::nullopt, "staff_7").is_new);
        CHECK_FALSE(change(process, "opr_2", std::nullopt, "staff_7").is_new);
        const OperatorChange again = change(process, "opr_2", std::nullopt, "staff_8");
        REQUIRE(again.error.has_value());
        CHECK(again.error->code == &operators_error::kPersonKnown);
        CHECK(again.error->english().find("staff_7") != std::string::npos);
        REQUIRE(process
                    .write(
                        [&](db::Group& group) {
                            const Operator who = *OperatorStore::find(group.tx, "opr_2");
                            CHECK(who.person_id == "staff_7");
                            CHECK(Approvals::use(group, asked[0].id, "release", "pay 5 to A").error().code ==
                                  &operators_error::kSamePerson);
                            CHECK(Approvals::find(group.tx, asked[0].id)->state == ApprovalState::Released);
                            CHECK(Approvals::release(group, asked[1].id, who, asked[1].content_hash).error().code ==
                                  &operators_error::kSamePerson);
                        },
                        lock)
                    .ok());
    });
}

TEST_CASE("SEC-06 naming a person names all the operators of that person, so that nobody becomes two by it") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        std::vector<Operator> of_li{person("opr_li", Role::Dealer), person("opr_li2", Role::Confirmer),
                                    person("opr_li3", Role::Confirmer)};
        for (Operator& who : of_li) who.person_id = "opr_li";  // the first by migration 151, the others by hand
        std::vector<Approval> asked;
        const auto lock = [&](db::Locks& locks) {
            for (const Approval& one : asked) Approvals::lock(locks, one.id);
        };
        REQUIRE(process
                    .write([&](db::Group& group) {
                        for (const Operator& who : of_li) OperatorStore::insert(group.tx, who);
                        OperatorStore::insert(group.tx, person("opr_wang", Role::Confirmer));
                        for (const char* subject : {"rem_1", "rem_2"})
                            asked.push_back(*Approvals::ask(group, of_li[0], "release", subject, "pay 5 to A"));
                    })
                    .ok());
        // Released in the name of two persons, who then turn out to be one.
        REQUIRE(process
                    .write(
                        [&](db::Group& group) {
                            const Operator wang = *OperatorStore::find(group.tx, "opr_wang");
                            REQUIRE(Approvals::release(group, asked[0].id, wang, asked[0].content_hash).ok());
                            group.tx.execute({"UPDATE operator SET person_id = 'opr_wang' WHERE id = 'opr_wang'"});
                        },
                        lock)
                    .ok());
        const OperatorChange no_person = change(process, "opr_li2", std::nullopt, "opr_wang");
        REQUIRE(no_person.error.has_value());
        CHECK(no_person.error->code == &operators_error::kNoPersonId);
        CHECK_FALSE(no_person.is_new);

        const OperatorChange named = change(process, "opr_li2", std::nullopt, "staff_7");
        CHECK(named.is_new);
        CHECK(named.with == std::vector<std::string>{"opr_li", "opr_li3"});
        CHECK(change(process, "opr_li", std::nullopt, "staff_8").error->code == &operators_error::kPersonKnown);
        CHECK(change(process, "opr_wang", std::nullopt, "staff_7").with.empty());
        REQUIRE(process
                    .write(
                        [&](db::Group& group) {
                            for (const Operator& who : of_li) {
                                CAPTURE(who.id);
                                const Operator now = *OperatorStore::find(group.tx, who.id);
                                CHECK(now.person_id == "staff_7");
                                if (now.role != Role::Confirmer) continue;
                                CHECK(Approvals::release(group, asked[1].id, now, asked[1].content_hash).error().code ==
                                      &operators_error::kSamePerson);
                            }
                            CHECK(Approvals::use(group, asked[0].id, "release", "pay 5 to A").error().code ==
                                  &operators_error::kSamePerson);
                        },
                        lock)
                    .ok());
    });
}

TEST_CASE("what was released and not used is listed, and ends when a checker refuses it or its maker withdraws it") {
    each_engine([](TestDatabase& base) {
        ManualClock clock(start());
        Process process(base, clock, 1, "w1");
        const Operator maker = person("opr_1", Role::Dealer);
        const Operator maker_2 = person("opr_2", Role::Dealer);
        const Operator checker = person("opr_3", Role::Confirmer);
        const Operator checker_2 = person("opr_4", Role::Confirmer);
        std::vector<Approval> asked;
        REQUIRE(process
                    .write([&](db::Group& group) {
                        for (const Operator& who : {maker, maker_2, checker, checker_2})
                            OperatorStore::insert(group.tx, who);
                        for (const char* subject : {"rem_1", "rem_2", "rem_3"})
                            asked.push_back(*Approvals::ask(group, maker, "release", subject, "pay 5 to A"));
                    })
                    .ok());
        const auto lock = [&](db::Locks& locks) {
            for (const Approval& one : asked) Approvals::lock(locks, one.id);
        };
        REQUIRE(process
                    .write(
                        [&](db::Group& group) {
                            for (const Approval& one : {asked[0], asked[1]})
                                REQUIRE(Approvals::release(group, one.id, checker, one.content_hash).ok());
                            CHECK(Approvals::waiting(group.tx, group.now, "", 10).size() == 3);
                            REQUIRE(Approvals::refuse(group, asked[0].id, checker_2, "the bank has paid").ok());
                            CHECK(Approvals::withdraw(group, asked[1].id, maker_2, "not mine").error().code ==
                                  &operators_error::kNotItsMaker);
                            REQUIRE(Approvals::withdraw(group, asked[1].id, maker, "asked in error").ok());
                            REQUIRE(Approvals::withdraw(group, asked[2].id, maker, "asked in error").ok());
                            for (const Approval& one : asked) {
                                CHECK(Approvals::use(group, one.id, "release", "pay 5 to A").error().code ==
                                      &operators_error::kNotReleased);
                                CHECK(Approvals::release(group, one.id, checker, one.content_hash).error().code ==
                                      &operators_error::kNotWaiting);
                                CHECK(Approvals::refuse(group, one.id, checker, "late").error().code ==
                                      &operators_error::kNotWaiting);
                                CHECK(Approvals::withdraw(group, one.id, maker, "late").error().code ==
                                      &operators_error::kNotWaiting);
                            }
                            CHECK(Approvals::waiting(group.tx, group.now, "", 10).empty());
                            // Who released it, and who ended it.
                            const Approval refused = *Approvals::find(group.tx, asked[0].id);
                            CHECK(refused.checker == "opr_3");
                            CHECK(refused.ended_by == "opr_4");
                            CHECK(refused.reason == "the bank has paid");
                            CHECK(refused.ended_at == group.now);
                            CHECK(Approvals::find(group.tx, asked[2].id)->state == ApprovalState::Withdrawn);
                            CHECK(Approvals::ask(group, maker, "release", "rem_3", "pay 6 to A").ok());
                        },
                        lock)
                    .ok());
    });
}

TEST_CASE("approvals move as they say: used only once released, ended until then, and never again") {
    using State = ApprovalState;
    for (const State from : kApprovalStates) {
        for (const State to : kApprovalStates) {
            CAPTURE(to_text(from));
            CAPTURE(to_text(to));
            const bool expected = (from == State::Waiting && to != State::Waiting && to != State::Used) ||
                                  (from == State::Released && to != State::Waiting && to != State::Released);
            CHECK(may_move(from, to) == expected);
        }
    }
}
