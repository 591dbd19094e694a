#pragma once
// The subcommands that do one thing and end: each opens the same database as the service, as a reader or short writer.
// Exit codes: 0 done, 1 done and something is wrong (it says what), 2 could not begin.

#include <filesystem>
#include <string>
#include <vector>

namespace huiqiao::app {

struct JobCommand {
    std::filesystem::path config_file;
    std::vector<std::string> overrides;
    std::filesystem::path input;
    std::filesystem::path output;
    std::string webhook_base;  // of register: put before each platform's webhook_path
    bool make_keys = false;    // of register: a key for each platform, keys/<platform>.key, to try the API with
};

int run_migrate(const JobCommand& command);
int run_verify(const JobCommand& command);
int run_declare(const JobCommand& command);
int run_reconcile(const JobCommand& command);
int run_close_day(const JobCommand& command);
int run_journal(const JobCommand& command);
int run_register(const JobCommand& command);

}  // namespace huiqiao::app
