#pragma once
// The text of a configuration file: sections, keys, values, each with its line, so that every later complaint names
// file, line and key. What a key means is src/app/config's; a key that nobody asked for is an error, not a default.
//
//   # a comment
//   [database]
//   engine = sqlite

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/result.h"

namespace huiqiao::app {

class Settings {
 public:
    static Result<Settings> parse(std::string_view text, std::string file_name);
    static Result<Settings> read(const std::filesystem::path& file);
    /// "section.key=value" of the command line wins over the file. kBadSetting where it has another shape.
    Status override_with(std::string_view assignment);

    /// Sections whose name begins so, in order of the file: "counterparty single-window".
    [[nodiscard]] std::vector<std::string> sections(std::string_view beginning) const;

    // Each notes a fault and returns the given default (or an empty value) where the value is missing or bad.
    std::string text(const std::string& section, const std::string& key);
    std::string text(const std::string& section, const std::string& key, std::string by_default);
    std::int64_t integer(const std::string& section, const std::string& key, std::int64_t by_default,
                         std::int64_t least, std::int64_t most);
    bool boolean(const std::string& section, const std::string& key, bool by_default);
    std::string choice(const std::string& section, const std::string& key, const std::vector<std::string>& allowed,
                       std::string by_default);
    /// Comma-separated, trimmed, empty parts left out.
    std::vector<std::string> list(const std::string& section, const std::string& key);
    /// A fault that only the reader of the value can see.
    void fault(const std::string& section, const std::string& key, const std::string& english,
               const std::string& chinese);

    /// Every fault, and every key that nobody asked for; to be looked at before anything starts.
    [[nodiscard]] std::vector<Error> finish();

 private:
    struct Value {
        std::string text;
        int line = 0;  // 0: from the command line
        bool asked = false;
    };
    Value* ask(const std::string& section, const std::string& key);

    std::string file_;
    std::vector<std::string> order_;
    std::map<std::string, int> lines_;  // of sections; 0: from the command line
    std::map<std::string, std::map<std::string, Value>> values_;
    std::vector<Error> faults_;
};

namespace app_error {
inline constexpr ErrorCode kUnreadableFile{"unreadable_file", ErrorGroup::Syntax,
                                           "The file {file} cannot be read. Is it there, and may this user read it?",
                                           "无法读取文件 {file}，请确认文件存在且当前用户有读取权限。"};
inline constexpr ErrorCode kBadSetting{"bad_setting", ErrorGroup::Syntax, "{file}, line {line}, {key}: {why}.",
                                       "{file} 第 {line} 行，{key}：{why_zh}。"};
inline constexpr ErrorCode kBadOverride{"bad_override", ErrorGroup::Syntax, "--set {key}: {why}.",
                                        "--set {key}：{why_zh}。"};
inline constexpr ErrorCode kBadSettings{"bad_settings", ErrorGroup::Syntax, "{faults}", "{faults_zh}"};  // all at once
}  // namespace app_error

}  // namespace huiqiao::app
