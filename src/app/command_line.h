#pragma once
// The program's arguments. Each job adds its subcommand and declares its options beside itself; the one that was named
// runs. Exit codes of all: 0 done, 1 done and something is wrong (it says what), 2 could not begin.

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/error.h"

namespace CLI {
class App;
}

namespace huiqiao::app {

/// Where the settings come from.
struct ConfigSource {
    std::filesystem::path file;
    std::vector<std::string> overrides;  // section.key=value, wins over the file
};

/// What is wrong, in both languages, on the error stream.
void complain(const Error& error);
/// One sentence in both languages, a line each.
void say(std::ostream& out, std::string_view english, std::string_view chinese);

class CommandLine {
 public:
    CommandLine();
    ~CommandLine();

    /// A subcommand; the caller adds its options to what is returned, and keeps what they fill in `run`.
    CLI::App& add(const std::string& name, const std::string& description, std::function<int()> run);
    /// --config and --set, as every job has them that works on the institution's database.
    static void add_source(CLI::App& subcommand, ConfigSource& source);

    /// The exit code of the subcommand that was named, or of the help or complaint that was printed instead.
    int run(int argc, char** argv);

 private:
    [[nodiscard]] std::vector<std::string> names() const;
    /// Names the word and the command that is nearest to it.
    [[nodiscard]] int unknown(const std::string& word) const;

    std::unique_ptr<CLI::App> program_;
    int exit_code_ = 0;
};

}  // namespace huiqiao::app
