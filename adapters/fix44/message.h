#pragma once
// The application part of a FIX message: its type and its fields in order, without the session's (8, 9, 34, 49, 52, 56,
// 10). As text "35=R|131=Q1|…|", each field ended by SOH; in evidence and tests '|' may stand for it. Several messages
// follow each other; each begins with field 35. Says nothing of what a message means.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/date.h"

namespace huiqiao::fix44 {

inline constexpr char kSoh = '\x01';

class Message {
 public:
    explicit Message(std::string type) : type_(std::move(type)) {}

    Message& add(int tag, std::string_view value);
    [[nodiscard]] const std::string& type() const { return type_; }
    [[nodiscard]] const std::vector<std::pair<int, std::string>>& fields() const { return fields_; }
    /// "" where the field is missing or stands there more than once: then it says nothing.
    [[nodiscard]] std::string_view only(int tag) const;
    [[nodiscard]] std::string text(char separator = kSoh) const;

 private:
    std::string type_;
    std::vector<std::pair<int, std::string>> fields_;
};

/// nullopt where it is no sequence of whole messages: a field without a number or a value, bytes before the first 35,
/// more than 64 KB. SOH separates, or '|' where there is no SOH at all.
std::optional<std::vector<Message>> parse_messages(std::string_view text);
std::string text_of(const std::vector<Message>& messages, char separator = kSoh);

/// UTCTIMESTAMP "20261120-02:15:17.300" and LOCALMKTDATE "20261120"; nullopt for anything else.
std::string utc_timestamp(Instant instant);
std::optional<Instant> parse_utc_timestamp(std::string_view text);
std::string market_date(Date date);
std::optional<Date> parse_market_date(std::string_view text);

/// A decimal without the zeros that end its fraction ("250000.000" is "250000"); other text as it is.
std::string_view without_trailing_zeros(std::string_view decimal);

}  // namespace huiqiao::fix44
