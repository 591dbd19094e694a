#pragma once
// What the demo leaves for its viewer: summary.json, the messages to customs and to the bank, the journal, and one page.
// All of it is read from the database, the sandbox's own books and the platforms' view; nothing is remembered.

#include <map>
#include <string>
#include <vector>

#include "src/app/demo_platform.h"
#include "src/app/house.h"

namespace huiqiao::app {

/// A fault as it was injected and how it ended, by what can be seen afterwards.
struct DemoFault {
    std::string name;      // "notice_lost"
    std::string what;      // one sentence: what was done
    std::string ending;    // one sentence: how it ended, with figures
    bool as_it_must = false;
};

struct BankBalance {
    std::string account;
    Money at_bank;
};

struct DemoResult {
    std::vector<SeenOrder> orders;
    std::vector<DemoFault> faults;
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

    House& house_;
    std::filesystem::path directory_;
};

}  // namespace huiqiao::app
