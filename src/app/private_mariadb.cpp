#include "src/app/private_mariadb.h"

#include <poll.h>
#include <pwd.h>
#include <unistd.h>

#include <stdexcept>

namespace huiqiao::app {

namespace {

namespace fs = std::filesystem;

constexpr int kTries = 600;
constexpr int kPause_ms = 50;

std::string own_user() {
    const passwd* entry = ::getpwuid(::getuid());
    return entry == nullptr ? "root" : entry->pw_name;
}

std::string daemon() {
    return fs::exists("/usr/sbin/mariadbd") ? "/usr/sbin/mariadbd" : "mariadbd";
}

bool run(const std::vector<std::string>& command, const fs::path& log) {
    ChildProcess child(command, log);
    return child.wait_for_end() == 0;
}

ChildProcess start_server(const fs::path& directory, const std::string& socket, const fs::path& log) {
    const fs::path data = directory / "data";
    if (!fs::exists(data)) {
        fs::create_directories(directory);
        if (!run({"mariadb-install-db", "--no-defaults", "--user=" + own_user(), "--datadir=" + data.string(),
                  "--auth-root-authentication-method=normal", "--skip-test-db"},
                 log)) {
            throw std::runtime_error("The private MariaDB could not be set up; see " + log.string());
        }
    }
    return ChildProcess(
        {daemon(), "--no-defaults", "--user=" + own_user(), "--datadir=" + data.string(), "--socket=" + socket,
         "--skip-networking", "--pid-file=" + (directory / "pid").string(), "--innodb-flush-log-at-trx-commit=1",
         "--innodb-buffer-pool-size=256M", "--skip-name-resolve", "--skip-log-bin"},
        log);
}

}  // namespace

PrivateMariaDb::PrivateMariaDb(const fs::path& directory)
    : directory_(fs::absolute(directory)),
      socket_(socket_of_this_process()),
      server_(start_server(directory_, socket_, directory_ / "mariadb.log")) {
    await();
}

// A socket's path has at most 107 bytes, and the directory may be deep.
std::string PrivateMariaDb::socket_of_this_process() {
    return "/tmp/huiqiao-" + std::to_string(::getpid()) + ".sock";
}

void PrivateMariaDb::restart() {
    server_ = start_server(directory_, socket_, directory_ / "mariadb.log");
    await();
}

void PrivateMariaDb::run(const std::string& statement) {
    const fs::path log = directory_ / "client.log";
    if (!app::run({"mariadb", "--no-defaults", "--socket=" + socket_, "--user=root", "--execute", statement}, log))
        throw std::runtime_error("MariaDB refused '" + statement + "'; see " + log.string());
}

void PrivateMariaDb::await() {
    const fs::path log = directory_ / "mariadb.log";
    for (int tries = 0; tries < kTries; ++tries) {
        if (!server_.is_running()) break;
        if (app::run({"mariadb", "--no-defaults", "--socket=" + socket_, "--user=root", "--execute",
                      "CREATE DATABASE IF NOT EXISTS huiqiao CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin"},
                     directory_ / "client.log")) {
            return;
        }
        ::poll(nullptr, 0, kPause_ms);
    }
    throw std::runtime_error("The private MariaDB does not answer; see " + log.string());
}

PrivateMariaDb::~PrivateMariaDb() {
    server_.terminate();
    std::error_code ignored;
    fs::remove(socket_, ignored);
}

std::string PrivateMariaDb::user() const {
    return "root";
}

}  // namespace huiqiao::app
