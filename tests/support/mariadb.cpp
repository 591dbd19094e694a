#include "tests/support/mariadb.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <mysql.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace huiqiao::testing {

namespace {

namespace fs = std::filesystem;

constexpr const char* kPrefix = "huiqiao-test-";
constexpr std::size_t kMarkEnding = 6;  // of mkostemp

fs::path base_directory() {
    return fs::exists("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
}

/// A file that this process holds locked while it lives; its directories carry the file's name. A lock also tells the
/// living from the dead where process numbers do not: in a container that shares the memory disk.
class Mark {
 public:
    Mark() {
        int file = -1;
        do {
            path_ = (base_directory() / (kPrefix + std::string("XXXXXX"))).string();
            file = ::mkostemp(path_.data(), O_CLOEXEC);
            if (file < 0) throw std::runtime_error("no mark for the tests' directories: " + path_);
        } while (::flock(file, LOCK_EX | LOCK_NB) != 0 || is_gone(file));  // swept before it was held: another one
    }
    ~Mark() { ::unlink(path_.c_str()); }
    Mark(const Mark&) = delete;
    Mark& operator=(const Mark&) = delete;

    static const std::string& path() {
        static const Mark mark;
        return mark.path_;
    }

 private:
    static bool is_gone(int file) {
        struct stat standing {};
        return ::fstat(file, &standing) != 0 || standing.st_nlink == 0;
    }

    std::string path_;
};

/// Directories whose maker was killed.
void sweep_left_overs() {
    std::error_code ignored;
    // Held until they are gone: who made one of them just now and comes to lock it then sees that it was swept.
    std::map<std::string, int, std::less<>> dead;
    for (const auto& entry : fs::directory_iterator(base_directory(), ignored)) {
        const std::string path = entry.path().string();
        if (entry.path().filename().string().rfind(kPrefix, 0) != 0 || !entry.is_regular_file(ignored)) continue;
        const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
        if (file < 0) continue;
        if (::flock(file, LOCK_EX | LOCK_NB) == 0)
            dead.emplace(path, file);
        else
            ::close(file);
    }
    for (const auto& entry : fs::directory_iterator(base_directory(), ignored)) {
        // "<mark>-<what for>-XXXXXX"; the mark's own name ends in six characters.
        const std::string path = entry.path().string();
        const std::size_t end = (base_directory() / kPrefix).string().size() + kMarkEnding;
        if (path.size() > end && path[end] == '-' && dead.contains(std::string_view(path).substr(0, end)))
            fs::remove_all(entry.path(), ignored);
    }
    for (const auto& [mark, file] : dead) {
        ::unlink(mark.c_str());
        ::close(file);
    }
}

pid_t spawn(const std::vector<std::string>& words, const std::string& log, bool dies_with_us) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("fork failed");
    if (child > 0) return child;
    if (dies_with_us) ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(out, 1);
    ::dup2(out, 2);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
}

class Server {
 public:
    Server() {
        sweep_left_overs();
        directory_ = fresh_directory("mariadb");
        const std::string data = directory_ + "/data";
        const std::string log = directory_ + "/log";
        int status = 0;
        const pid_t install =
            spawn({"mariadb-install-db", "--no-defaults", "--user=" + user(), "--datadir=" + data,
                   "--auth-root-authentication-method=normal", "--skip-test-db", "--innodb-log-file-size=16M"},
                  log, true);
        if (::waitpid(install, &status, 0) != install || status != 0) {
            throw std::runtime_error("mariadb-install-db failed, see " + log);
        }
        process_ =
            spawn({daemon(), "--no-defaults", "--user=" + user(), "--datadir=" + data, "--socket=" + socket(),
                   "--skip-networking", "--pid-file=" + directory_ + "/pid", "--innodb-log-file-size=16M",
                   "--innodb-buffer-pool-size=64M", "--innodb-flush-log-at-trx-commit=1", "--max-connections=100",
                   "--skip-name-resolve", "--performance-schema=OFF", "--skip-log-bin", "--tmpdir=" + directory_},
                  log, true);
        connect(log);
    }
    ~Server() {
        if (admin_ != nullptr) mysql_close(admin_);
        ::kill(process_, SIGKILL);  // nothing of it is kept
        ::waitpid(process_, nullptr, 0);
        std::error_code ignored;
        fs::remove_all(directory_, ignored);
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    static Server& shared() {
        static Server server;
        return server;
    }

    std::string socket() const { return directory_ + "/s"; }
    std::string fresh_database() {
        const std::lock_guard lock(mutex_);
        const std::string name = "test_" + std::to_string(++databases_);
        run("CREATE DATABASE " + name + " CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin");
        return name;
    }
    void drop(const std::string& name) {
        const std::lock_guard lock(mutex_);
        run("DROP DATABASE IF EXISTS " + name);
    }

 private:
    static std::string user() { return ::getuid() == 0 ? "root" : std::string(::getlogin() ? ::getlogin() : "mysql"); }
    static std::string daemon() { return fs::exists("/usr/sbin/mariadbd") ? "/usr/sbin/mariadbd" : "mariadbd"; }

    void connect(const std::string& log) {
        constexpr int kTries = 3000;
        for (int tries = 0; tries < kTries; ++tries) {
            int status = 0;
            if (::waitpid(process_, &status, WNOHANG) == process_) break;
            admin_ = mysql_init(nullptr);
            if (mysql_real_connect(admin_, nullptr, "root", "", nullptr, 0, socket().c_str(), 0) != nullptr) return;
            mysql_close(admin_);
            admin_ = nullptr;
            ::poll(nullptr, 0, 10);  // until the server listens
        }
        throw std::runtime_error("mariadbd does not come up, see " + log);
    }
    void run(const std::string& statement) {
        if (mysql_query(admin_, statement.c_str()) != 0) {
            throw std::runtime_error(statement + ": " + mysql_error(admin_));
        }
    }

    std::string directory_;
    pid_t process_ = -1;
    MYSQL* admin_ = nullptr;
    std::mutex mutex_;
    int databases_ = 0;
};

}  // namespace

std::string fresh_directory(const std::string& name) {
    const std::string pattern = Mark::path() + "-" + name + "-XXXXXX";
    std::vector<char> made(pattern.begin(), pattern.end());
    made.push_back('\0');
    if (::mkdtemp(made.data()) == nullptr) throw std::runtime_error("no directory for the test: " + pattern);
    return made.data();
}

TestDatabase TestDatabase::fresh(db::Engine engine) {
    TestDatabase made(engine);
    if (engine == db::Engine::Sqlite) {
        made.path_ = fresh_directory("sqlite") + "/books.db";
    } else {
        made.socket_ = Server::shared().socket();
        made.name_ = Server::shared().fresh_database();
    }
    return made;
}

TestDatabase::~TestDatabase() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(fs::path(path_).parent_path(), ignored);
    if (name_.empty()) return;
    try {
        Server::shared().drop(name_);
    } catch (const std::exception&) {
        // The whole server goes with the binary.
        return;
    }
}

db::DatabaseSettings TestDatabase::settings() const {
    db::DatabaseSettings settings;
    settings.engine = engine_;
    settings.path = path_;
    settings.socket = socket_;
    settings.name = name_;
    settings.user = "root";
    settings.time_from_server = false;
    return settings;
}

void each_engine(const std::function<void(TestDatabase&)>& test) {
    for (const db::Engine engine : {db::Engine::Sqlite, db::Engine::MariaDb}) {
        INFO("engine: ", engine == db::Engine::Sqlite ? "SQLite" : "MariaDB");
        TestDatabase database = TestDatabase::fresh(engine);
        test(database);
    }
}

}  // namespace huiqiao::testing
