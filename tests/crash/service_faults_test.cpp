// T13: the machine and the database at fault under the real service. It says so in words, keeps what it acknowledged,
// refuses politely, tries about once a second, and goes on by itself.

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/crash/commit_proxy.h"
#include "tests/crash/faulty_machine.h"
#include "tests/crash/judge.h"
#include "tests/support/mariadb.h"

using namespace huiqiao;
using namespace huiqiao::crash;
using namespace std::chrono_literals;

namespace {

constexpr int kLook_ms = 20;
constexpr int kMostLooks = 3000;

app::DemoStage stage_at(const std::filesystem::path& directory) {
    return {.directory = directory / "stage",
            .start = Date::of_number(kFirstDay).at_shanghai(9),
            .program = HUIQIAO_PROGRAM};
}

bool is_refused_without_effect(const http::Outcome& outcome) {
    return outcome.kind == http::OutcomeKind::Answered && outcome.answer.status == 503 &&
           outcome.answer.headers.only("Retry-After") != nullptr &&
           outcome.answer.body.find("\"effect\":\"none\"") != std::string::npos;
}

int answered(const http::Outcome& outcome) {
    return outcome.kind == http::OutcomeKind::Answered ? outcome.answer.status : 0;
}

/// Asked for and held; they say nothing.
std::vector<int> connections(int port, int count) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    std::vector<int> held;
    for (int i = 0; i < count; ++i) {
        held.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        ::connect(held.back(), reinterpret_cast<sockaddr*>(&address), sizeof address);  // EINPROGRESS is as good
    }
    return held;
}

/// While it is in trouble: the writer and the workers try a few times a second at most. The time is measured, not
/// assumed, so a slow machine only lowers the rate.
void check_that_it_rests(CrashStage& stage) {
    const Clock& clock = stage.world().clock();
    const std::int64_t before = metric(stage, "huiqiao_database_failures_total");
    const Monotonic from = clock.monotonic();
    while (clock.monotonic() < from + 2s) {
        stage.world().clock().advance(1s);  // so that workers always have something due
        ::poll(nullptr, 0, 20);
    }
    const std::int64_t tries = metric(stage, "huiqiao_database_failures_total") - before;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(clock.monotonic() - from).count() + 1;
    CAPTURE(seconds);
    CHECK(tries <= 3 * seconds);
}

/// Ready again by itself; what was refused is taken now, what was taken before is there once, and the books are proved.
void check_that_it_goes_on(CrashStage& stage, const std::string& refused_number) {
    stage.world().await("operators");
    CHECK(metric(stage, "huiqiao_database_failures_total") >= 0);
    CHECK(answered(submit_one(stage, refused_number)) == 201);
    CHECK(answered(submit_one(stage, "BEFORE-1")) == 201);  // by its key: the first answer again
    stage.world().advance(30s);
    const std::vector<app::SeenOrder> orders = stage.senders().front()->platform().orders();
    CHECK(orders.size() == 2);
    for (const std::string& fault : judge_acknowledged(stage).faults) FAIL_CHECK(fault);
}

}  // namespace

TEST_CASE("DB-02 T13 a full disk: writes get 503 with effect none, reads go on, and space brings it back by itself") {
    const std::filesystem::path directory = testing::fresh_directory("full");
    {
        SmallDisk disk(directory / "disk", 24);
        if (!disk.mounted()) {
            MESSAGE("left out: this process may not mount a small file system");
            return;
        }
        app::DemoStage laid_out = stage_at(directory);
        laid_out.sqlite_file = directory / "disk" / "huiqiao.db";
        CrashStage stage(laid_out, 1);
        REQUIRE(answered(submit_one(stage, "BEFORE-1")) == 201);
        disk.fill();
        CHECK(comes_to_name(stage, {"disk_full"}).status == 503);
        CHECK(is_refused_without_effect(submit_one(stage, "FULL-1")));
        CHECK(stage.senders().front()->platform().orders().size() == 1);
        CHECK(metric(stage, "huiqiao_database_trouble{cause=\"disk_full\"}") == 1);
        check_that_it_rests(stage);
        disk.clear();
        check_that_it_goes_on(stage, "FULL-1");
    }
    std::filesystem::remove_all(directory);
}

TEST_CASE(
    "DB-03 T13 a database that is read only: writes get 503, reads go on, workers rest, and it goes on by itself") {
    const std::filesystem::path directory = testing::fresh_directory("readonly");
    {
        app::DemoStage laid_out = stage_at(directory);
        laid_out.on_mariadb = true;
        laid_out.mariadb_user = "service";  // root may write while read_only
        CrashStage stage(laid_out, 1);
        REQUIRE(answered(submit_one(stage, "BEFORE-1")) == 201);
        stage.world().mariadb().run("SET GLOBAL read_only = 1");
        CHECK(comes_to_name(stage, {"read_only"}).status == 503);
        CHECK(is_refused_without_effect(submit_one(stage, "READONLY-1")));
        CHECK(stage.senders().front()->platform().orders().size() == 1);
        CHECK(metric(stage, "huiqiao_database_trouble{cause=\"read_only\"}") == 1);
        check_that_it_rests(stage);
        stage.world().mariadb().run("SET GLOBAL read_only = 0");
        check_that_it_goes_on(stage, "READONLY-1");
    }
    std::filesystem::remove_all(directory);
}

TEST_CASE(
    "DB-03 T13 a SQLite file that turns read-only under the service: it says so, keeps all, and goes on by itself") {
    // On a disk, since in memory the attribute stops nobody.
    const std::filesystem::path disk =
        std::filesystem::temp_directory_path() / ("huiqiao-read-only-" + std::to_string(::getpid()));
    std::filesystem::create_directories(disk);
    if (!ReadOnlyFiles::work_in(disk)) {
        std::filesystem::remove_all(disk);
        MESSAGE("left out: this file system does not stop who has a file open (it takes root, and ext4 or its like)");
        return;
    }
    const std::filesystem::path directory = testing::fresh_directory("immutable");
    {
        app::DemoStage laid_out = stage_at(directory);
        laid_out.sqlite_file = disk / "huiqiao.db";
        CrashStage stage(laid_out, 1);
        REQUIRE(answered(submit_one(stage, "BEFORE-1")) == 201);
        ReadOnlyFiles files({laid_out.sqlite_file, laid_out.sqlite_file.string() + "-wal"});
        CHECK(comes_to_name(stage, {"read_only"}).status == 503);
        CHECK(is_refused_without_effect(submit_one(stage, "READONLY-1")));
        CHECK(stage.senders().front()->platform().orders().size() == 1);
        CHECK(metric(stage, "huiqiao_database_trouble{cause=\"read_only\"}") == 1);
        check_that_it_rests(stage);
        files.lift();
        check_that_it_goes_on(stage, "READONLY-1");
    }
    std::filesystem::remove_all(disk);
    std::filesystem::remove_all(directory);
}

TEST_CASE("RSC-09 T13 a log that takes no byte more, then a full disk beside it: orders are taken as ever") {
    const std::filesystem::path directory = testing::fresh_directory("log");
    {
        SmallDisk disk(directory / "disk", 24);
        app::DemoStage laid_out = stage_at(directory);
        if (disk.mounted()) laid_out.sqlite_file = directory / "disk" / "huiqiao.db";
        CrashStage stage(laid_out, 1);
        stage.world().kill("operators");
        const std::filesystem::path log = directory / "stage" / "logs" / "service.log";
        std::filesystem::remove(log);
        std::filesystem::create_symlink("/dev/full", log);
        stage.world().start_service();
        REQUIRE(std::filesystem::read_symlink("/proc/" + std::to_string(stage.world().process("operators").pid()) +
                                              "/fd/2") == "/dev/full");
        REQUIRE(answered(submit_one(stage, "BEFORE-1")) == 201);
        if (disk.mounted()) {
            // Now there is much to say, and nowhere to say it.
            disk.fill();
            CHECK(comes_to_name(stage, {"disk_full"}).status == 503);
            check_that_it_rests(stage);
            disk.clear();
        }
        check_that_it_goes_on(stage, "LOGFULL-1");
    }
    std::filesystem::remove_all(directory);
}

TEST_CASE("DB-05 T13 a database that stalls, then is gone: both are said, and it connects again by itself") {
    const std::filesystem::path directory = testing::fresh_directory("gone");
    {
        CommitProxy proxy(app::PrivateMariaDb::socket_of_this_process(), every(1));
        app::DemoStage laid_out = stage_at(directory);
        laid_out.on_mariadb = true;
        laid_out.mariadb_port = proxy.port();
        CrashStage stage(laid_out, 1);
        REQUIRE(answered(submit_one(stage, "BEFORE-1")) == 201);

        proxy.stall(true);
        CHECK(comes_to_name(stage, {"database_slow", "database_unreachable"}).status == 503);
        proxy.stall(false);
        stage.world().await("operators");

        stage.world().mariadb().kill();
        CHECK(comes_to_name(stage, {"database_unreachable"}).status == 503);
        CHECK(is_refused_without_effect(submit_one(stage, "GONE-1")));
        CHECK(metric(stage, "huiqiao_database_trouble{cause=\"database_unreachable\"}") == 1);
        check_that_it_rests(stage);
        stage.world().mariadb().restart();
        check_that_it_goes_on(stage, "GONE-1");
    }
    std::filesystem::remove_all(directory);
}

TEST_CASE("T13 a service without descriptors left says so, keeps what it has, and goes on when it gets some") {
    const std::filesystem::path directory = testing::fresh_directory("descriptors");
    {
        CrashStage stage(stage_at(directory), 1);
        REQUIRE(answered(submit_one(stage, "BEFORE-1")) == 201);
        const pid_t service = stage.world().process("operators").pid();
        const std::uint64_t enough = open_descriptors(service) + 8;
        const std::uint64_t before = limit_descriptors(service, enough);
        CHECK(comes_to_name(stage, {"too_few_descriptors"}).status == 200);  // told, and still at work
        {
            // Connections that take the last ones; those beyond wait in the backlog.
            const std::vector<int> held = connections(stage.world().port("platforms"), 40);
            stage.world().clock().advance(10s);
            bool used_up = false;
            for (int look = 0; look < kMostLooks && !used_up; ++look) {
                used_up = open_descriptors(service) + 2 >= enough;
                ::poll(nullptr, 0, kLook_ms);
            }
            CHECK(used_up);
            CHECK(stage.world().process("operators").is_running());
            for (const int each : held) ::close(each);
        }
        limit_descriptors(service, before);
        check_that_it_goes_on(stage, "SCARCE-1");
    }
    std::filesystem::remove_all(directory);
}
