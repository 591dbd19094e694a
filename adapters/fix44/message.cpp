#include "adapters/fix44/message.h"

#include <algorithm>
#include <charconv>

namespace huiqiao::fix44 {

namespace {

constexpr std::size_t kMostBytes = std::size_t{64} * 1024;
constexpr int kMsgType = 35;

bool is_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<int> tag_from_text(std::string_view text) {
    int tag = 0;
    if (text.size() > 6 || !is_digits(text) || text.front() == '0') return std::nullopt;
    std::from_chars(text.data(), text.data() + text.size(), tag);
    return tag;
}

void append(std::string& text, int tag, std::string_view value, char separator) {
    text.append(std::to_string(tag)).append("=").append(value).append(1, separator);
}

}  // namespace

Message& Message::add(int tag, std::string_view value) {
    fields_.emplace_back(tag, std::string(value));
    return *this;
}

std::string_view Message::only(int tag) const {
    const std::string* found = nullptr;
    for (const auto& [number, value] : fields_) {
        if (number != tag) continue;
        if (found != nullptr) return "";
        found = &value;
    }
    return found == nullptr ? std::string_view{} : *found;
}

std::string Message::text(char separator) const {
    std::string text;
    append(text, kMsgType, type_, separator);
    for (const auto& [tag, value] : fields_) append(text, tag, value, separator);
    return text;
}

std::optional<std::vector<Message>> parse_messages(std::string_view text) {
    if (text.size() > kMostBytes) return std::nullopt;
    const char separator = text.find(kSoh) == std::string_view::npos ? '|' : kSoh;
    std::vector<Message> messages;
    while (!text.empty()) {
        const std::size_t end = text.find(separator);
        if (end == std::string_view::npos) return std::nullopt;  // cut short
        const std::string_view field = text.substr(0, end);
        text.remove_prefix(end + 1);
        const std::size_t equals = field.find('=');
        if (equals == std::string_view::npos || equals + 1 == field.size()) return std::nullopt;
        const std::optional<int> tag = tag_from_text(field.substr(0, equals));
        if (!tag) return std::nullopt;
        const std::string_view value = field.substr(equals + 1);
        if (*tag == kMsgType) {
            messages.emplace_back(std::string(value));
        } else if (messages.empty()) {
            return std::nullopt;
        } else {
            messages.back().add(*tag, value);
        }
    }
    return messages;
}

std::string text_of(const std::vector<Message>& messages, char separator) {
    std::string text;
    for (const Message& message : messages) text += message.text(separator);
    return text;
}

std::string utc_timestamp(Instant instant) {
    std::string text = rfc3339(instant);  // "2026-11-20T06:12:01.123Z"
    text.pop_back();
    text[10] = '-';
    text.erase(7, 1);
    return text.erase(4, 1);
}

std::optional<Instant> parse_utc_timestamp(std::string_view text) {
    if (text.size() < 17 || text[8] != '-' || !is_digits(text.substr(0, 8))) return std::nullopt;
    const std::string day(text.substr(0, 8));
    const Result<Instant> instant = parse_rfc3339(day.substr(0, 4) + "-" + day.substr(4, 2) + "-" + day.substr(6, 2) +
                                                  "T" + std::string(text.substr(9)) + "Z");
    return instant ? std::optional(*instant) : std::nullopt;
}

std::string market_date(Date date) {
    return std::to_string(date.number());
}

std::optional<Date> parse_market_date(std::string_view text) {
    if (text.size() != 8 || !is_digits(text)) return std::nullopt;
    const std::string day(text);
    const Result<Date> date = Date::parse(day.substr(0, 4) + "-" + day.substr(4, 2) + "-" + day.substr(6, 2));
    return date ? std::optional(*date) : std::nullopt;
}

std::string_view without_trailing_zeros(std::string_view decimal) {
    const std::size_t point = decimal.find('.');
    if (point == std::string_view::npos || point + 1 == decimal.size()) return decimal;
    while (decimal.back() == '0') decimal.remove_suffix(1);
    if (decimal.back() == '.') decimal.remove_suffix(1);
    return decimal;
}

}  // namespace huiqiao::fix44
