#pragma once
// What the demo leaves for its viewer: summary.json, the messages to customs and to the bank, the journal, and one
// page. All of it is read from the database, the sandbox's own books and the platforms' view; nothing is remembered.

#include <map>
#include <string>
#include <vector>

#include "src/app/demo_platform.h"
#include "src/app/house.h"

namespace huiqiao::app {

/// One time that a fault took place, in the words of the sandbox: reference, order_no, account …
struct DemoTook {
    std::map<std::string, std::string> about;
};

/// A fault that was asked for, and the times that it took place.
struct DemoInjected {
    std::string counterparty;
    std::string fault;
    std::string what;  // one sentence for the viewer
    int wanted = 0;
    std::vector<DemoTook> took;
};

/// How it ended, as the database tells.
struct DemoFault {
    std::string name;
    std::string what;
    std::string ending;
    bool as_it_must = false;
};

struct BankBalance {
    std::string account;
    Money at_bank;
};

struct DemoResult {
    std::vector<SeenOrder> orders;
    std::vector<DemoInjected> injected;
    int kills = 0;
    bool replay_was_equal = false;
    std::vector<BankBalance> bank;
    std::int64_t webhooks_received = 0;
    std::int64_t webhooks_forged = 0;
    Instant began{}, ended{};
    std::chrono::seconds took{0};  // of the machine's time
};

class DemoReport {
 public:
    DemoReport(House& house, std::filesystem::path directory) : house_(house), directory_(std::move(directory)) {}

    /// Writes all files and prints the page. True where the books are proved, every provision account stands as the
    /// bank says, and every fault ended as it must.
    bool write(const DemoResult& result);

 private:
    struct Books;
    Books read_books(const DemoResult& result);
    std::pair<int, int> write_messages();
    void write_summary(const DemoResult& result, const Books& books);
    void print_page(const DemoResult& result, const Books& books, std::pair<int, int> messages);

    std::vector<DemoFault> faults_;

    House& house_;
    std::filesystem::path directory_;
};

}  // namespace huiqiao::app
