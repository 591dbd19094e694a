#include "src/app/settings.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include "src/base/lines.h"

namespace huiqiao::app {

namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
    return text;
}

Error bad(const std::string& file, int line, std::string_view key, std::string english, std::string chinese) {
    if (line == 0) {
        return Error(app_error::kBadOverride,
                     {{"key", std::string(key)}, {"why", std::move(english)}, {"why_zh", std::move(chinese)}});
    }
    return Error(app_error::kBadSetting, {{"file", file},
                                          {"line", std::to_string(line)},
                                          {"key", std::string(key)},
                                          {"why", std::move(english)},
                                          {"why_zh", std::move(chinese)}});
}

}  // namespace

Result<Settings> Settings::parse(std::string_view text, std::string file_name) {
    Settings settings;
    settings.file_ = std::move(file_name);
    std::string section;
    for (Lines lines(text); lines.next();) {
        const std::string_view line = trimmed(lines.line());
        const int number = lines.number();
        if (line.empty() || line.front() == '#') continue;
        if (line.front() == '[') {
            section = std::string(trimmed(line.substr(1, line.find(']') - 1)));
            if (line.back() != ']' || section.empty() || settings.values_.contains(section))
                return bad(settings.file_, number, line, "is no section, or one that stands twice",
                           "不是节名，或重复出现");
            settings.order_.push_back(section);
            settings.lines_[section] = number;
            settings.values_[section];
            continue;
        }
        const std::size_t equals = line.find('=');
        const std::string key(trimmed(line.substr(0, equals)));
        if (equals == std::string_view::npos || key.empty())
            return bad(settings.file_, number, line, "is no 'key = value'", "应为“键 = 值”");
        if (section.empty())
            return bad(settings.file_, number, key, "stands before the first [section]", "出现在首个 [节] 之前");
        const Value value{std::string(trimmed(line.substr(equals + 1))), number, false};
        if (!settings.values_[section].emplace(key, value).second)
            return bad(settings.file_, number, section + "." + key, "stands twice", "重复出现");
    }
    return settings;
}

Result<Settings> Settings::read(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in) return Error(app_error::kUnreadableFile, {{"file", file.string()}});
    std::stringstream text;
    text << in.rdbuf();
    return parse(text.str(), file.string());
}

Status Settings::override_with(std::string_view assignment) {
    const std::size_t equals = assignment.find('=');
    const std::size_t dot = assignment.substr(0, equals).rfind('.');
    if (equals == std::string_view::npos || dot == std::string_view::npos)
        return bad(file_, 0, assignment, "must be section.key=value", "应为 节.键=值");
    const std::string section(assignment.substr(0, dot));
    if (!values_.contains(section)) order_.push_back(section);
    values_[section][std::string(assignment.substr(dot + 1, equals - dot - 1))] =
        Value{std::string(assignment.substr(equals + 1)), 0, false};
    return Done{};
}

std::vector<std::string> Settings::sections(std::string_view beginning) const {
    std::vector<std::string> found;
    for (const std::string& name : order_) {
        if (name.starts_with(beginning)) found.push_back(name);
    }
    return found;
}

Settings::Value* Settings::ask(const std::string& section, const std::string& key) {
    const auto in = values_.find(section);
    if (in == values_.end()) return nullptr;
    const auto at = in->second.find(key);
    if (at == in->second.end()) return nullptr;
    at->second.asked = true;
    return &at->second;
}

std::string Settings::text(const std::string& section, const std::string& key) {
    const Value* value = ask(section, key);
    if (value != nullptr && !value->text.empty()) return value->text;
    fault(section, key, "is missing", "缺失");
    return "";
}

std::string Settings::text(const std::string& section, const std::string& key, std::string by_default) {
    const Value* value = ask(section, key);
    return value == nullptr ? std::move(by_default) : value->text;
}

std::int64_t Settings::integer(const std::string& section, const std::string& key, std::int64_t by_default,
                               std::int64_t least, std::int64_t most) {
    const Value* value = ask(section, key);
    if (value == nullptr) return by_default;
    std::int64_t number = 0;
    const char* end = value->text.data() + value->text.size();
    const auto [stop, error] = std::from_chars(value->text.data(), end, number);
    if (error == std::errc{} && stop == end && number >= least && number <= most) return number;
    const std::string range = std::to_string(least) + " – " + std::to_string(most);
    fault(section, key, "must be a whole number within " + range, "应为 " + range + " 之间的整数");
    return by_default;
}

bool Settings::boolean(const std::string& section, const std::string& key, bool by_default) {
    return choice(section, key, {"yes", "no"}, by_default ? "yes" : "no") == "yes";
}

std::string Settings::choice(const std::string& section, const std::string& key,
                             const std::vector<std::string>& allowed, std::string by_default) {
    const Value* value = ask(section, key);
    if (value == nullptr) return by_default;
    if (std::find(allowed.begin(), allowed.end(), value->text) != allowed.end()) return value->text;
    std::string choices;
    for (const std::string& each : allowed) choices += (choices.empty() ? "" : ", ") + each;
    fault(section, key, "must be one of: " + choices, "应为以下之一：" + choices);
    return by_default;
}

std::vector<std::string> Settings::list(const std::string& section, const std::string& key) {
    const Value* value = ask(section, key);
    std::vector<std::string> parts;
    if (value == nullptr) return parts;
    std::stringstream in(value->text);
    for (std::string part; std::getline(in, part, ',');) {
        if (const std::string_view clean = trimmed(part); !clean.empty()) parts.emplace_back(clean);
    }
    return parts;
}

void Settings::fault(const std::string& section, const std::string& key, const std::string& english,
                     const std::string& chinese) {
    const Value* value = ask(section, key);
    const std::string name = section + "." + key;
    if (value != nullptr) {
        faults_.push_back(bad(file_, value->line, name, english, chinese));
        return;
    }
    // What is not there is missed where it belongs: at its section, or in the file as a whole.
    const auto line = lines_.find(section);
    const bool is_given = line != lines_.end() || values_.contains(section);
    faults_.push_back(bad(file_, line != lines_.end() ? line->second : (is_given ? 0 : 1), name, english, chinese));
}

std::vector<Error> Settings::finish() {
    for (const auto& [section, keys] : values_) {
        for (const auto& [key, value] : keys) {
            if (!value.asked)
                faults_.push_back(
                    bad(file_, value.line, section + "." + key, "is not a setting that we know", "不是已知的设置项"));
        }
    }
    return std::move(faults_);
}

}  // namespace huiqiao::app
