#include "src/operators/approval.h"
#include "tests/contract/calls_desk.h"

using namespace calls_desk;
using namespace huiqiao::operators;

namespace {

Operator person(std::string id, Role role) {
    Operator who;
    who.id = std::move(id);
    who.name = "Name " + who.id;
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
        const Operator maker = person("opr_1", Role::Maker);
        Operator both = person("opr_1", Role::Checker);
        const Operator checker = person("opr_2", Role::Checker);
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
                            CHECK(Approvals::refuse(group, id, checker, "late").error().code ==
                                  &operators_error::kNotWaiting);
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
