#pragma once
// `huiqiao sandbox bank|channel|customs`: one simulated counterparty as a process of its own, with its books in a file
// of its own and its keys in the institution's key directory (only in a sandbox do both sides share one). Runs until it
// is told to stop.

#include <filesystem>
#include <string>
#include <vector>

#include "src/app/config.h"

namespace huiqiao::app {

struct SandboxCommand {
    std::string role;  // "bank", "channel", "customs"
    std::filesystem::path config_file;
    std::filesystem::path directory;   // of its books
    std::filesystem::path rates_file;  // the bank's prices
    int port = 0;
    std::vector<std::string> overrides;  // section.key=value
};

/// The process's exit code: 0 after a stop, 2 where it could not start (it then says why).
int run_sandbox(const SandboxCommand& command);

}  // namespace huiqiao::app
