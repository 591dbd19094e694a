#include "src/base/date.h"

#include <array>
#include <cstdio>

namespace huiqiao {

namespace {

using std::chrono::floor;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::year_month_day;

constexpr hours kShanghaiOffset{8};
constexpr std::size_t kShownText = 40;  // how much of a refused text an error repeats

/// Digits [at, at + count) of the text, or -1 where one is no digit or the text ends before.
int digits(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) return -1;
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

bool make_date(int y, int m, int d, std::chrono::sys_days& out) {
    if (y < 1900 || y > 2200 || m < 0 || d < 0) return false;
    const year_month_day ymd{std::chrono::year{y}, std::chrono::month{static_cast<unsigned>(m)},
                             std::chrono::day{static_cast<unsigned>(d)}};
    if (!ymd.ok()) return false;
    out = std::chrono::sys_days{ymd};
    return true;
}

bool make_time(int h, int m, int s, seconds& out) {
    if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59) return false;
    out = hours{h} + minutes{m} + seconds{s};
    return true;
}

Error bad_date(std::string_view text) {
    return Error(base_error::kBadDate, {{"text", std::string(text.substr(0, kShownText))}});
}

Error bad_instant(std::string_view text) {
    return Error(base_error::kBadInstant, {{"text", std::string(text.substr(0, kShownText))}});
}

}  // namespace

Result<Date> Date::parse(std::string_view iso) {
    std::chrono::sys_days at{};
    if (iso.size() != 10 || iso[4] != '-' || iso[7] != '-' ||
        !make_date(digits(iso, 0, 4), digits(iso, 5, 2), digits(iso, 8, 2), at)) {
        return bad_date(iso);
    }
    return Date(at);
}

Date Date::of_number(std::int64_t yyyymmdd) {
    std::chrono::sys_days at{};
    const bool good = yyyymmdd > 0 && yyyymmdd < 100'000'000 &&
                      make_date(static_cast<int>(yyyymmdd / 10'000), static_cast<int>(yyyymmdd / 100 % 100),
                                static_cast<int>(yyyymmdd % 100), at);
    if (!good) throw LogicError("no date: " + std::to_string(yyyymmdd));
    return Date(at);
}

Date Date::in_shanghai(Instant instant) {
    return Date(floor<std::chrono::days>(instant + kShanghaiOffset));
}

std::string Date::text() const {
    const std::int64_t n = number();
    std::array<char, 16> out{};
    std::snprintf(out.data(), out.size(), "%04d-%02d-%02d", static_cast<int>(n / 10'000 % 10'000),
                  static_cast<int>(n / 100 % 100), static_cast<int>(n % 100));
    return out.data();
}

std::int64_t Date::number() const {
    const year_month_day ymd{days_};
    return static_cast<std::int64_t>(static_cast<int>(ymd.year())) * 10'000 +
           static_cast<std::int64_t>(static_cast<unsigned>(ymd.month())) * 100 +
           static_cast<std::int64_t>(static_cast<unsigned>(ymd.day()));
}

int Date::year() const {
    return static_cast<int>(year_month_day{days_}.year());
}

bool Date::is_weekend() const {
    const std::chrono::weekday day_of_week{days_};
    return day_of_week == std::chrono::Saturday || day_of_week == std::chrono::Sunday;
}

Instant Date::at_shanghai(int hour, int minute, int second) const {
    return Instant(days_) - kShanghaiOffset + hours{hour} + minutes{minute} + seconds{second};
}

std::string rfc3339(Instant instant) {
    const auto at_day = floor<std::chrono::days>(instant);
    const auto in_day = instant - at_day;
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(in_day).count();
    std::array<char, 40> out{};
    std::snprintf(out.data(), out.size(), "%sT%02d:%02d:%02d.%03dZ", Date(at_day).text().c_str(),
                  static_cast<int>(ms / 3'600'000), static_cast<int>(ms / 60'000 % 60),
                  static_cast<int>(ms / 1'000 % 60), static_cast<int>(ms % 1'000));
    return out.data();
}

Result<Instant> parse_rfc3339(std::string_view text) {
    std::chrono::sys_days at{};
    seconds in_day{};
    if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
        !make_date(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2), at) ||
        !make_time(digits(text, 11, 2), digits(text, 14, 2), digits(text, 17, 2), in_day)) {
        return bad_instant(text);
    }
    std::size_t next = 19;
    microseconds fraction{0};
    if (text[next] == '.') {
        microseconds unit{100'000};
        for (++next; next < text.size() && text[next] >= '0' && text[next] <= '9'; ++next, unit /= 10) {
            if (unit.count() == 0) return bad_instant(text);
            fraction += unit * (text[next] - '0');
        }
        if (text[next - 1] == '.') return bad_instant(text);
    }
    const std::string_view zone = text.substr(next);
    if (zone == "Z") return Instant(at) + in_day + fraction;
    seconds offset{};
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':' ||
        !make_time(digits(zone, 1, 2), digits(zone, 4, 2), 0, offset)) {
        return bad_instant(text);
    }
    return Instant(at) + in_day + fraction - (zone[0] == '+' ? offset : -offset);
}

std::string shanghai_14(Instant instant) {
    const auto there = instant + kShanghaiOffset;
    const auto at_day = floor<std::chrono::days>(there);
    const auto s = std::chrono::duration_cast<seconds>(there - at_day).count();
    std::array<char, 24> out{};
    std::snprintf(out.data(), out.size(), "%08lld%02d%02d%02d", static_cast<long long>(Date(at_day).number()),
                  static_cast<int>(s / 3600), static_cast<int>(s / 60 % 60), static_cast<int>(s % 60));
    return out.data();
}

Result<Instant> parse_shanghai_14(std::string_view text) {
    std::chrono::sys_days at{};
    seconds in_day{};
    if (text.size() != 14 || !make_date(digits(text, 0, 4), digits(text, 4, 2), digits(text, 6, 2), at) ||
        !make_time(digits(text, 8, 2), digits(text, 10, 2), digits(text, 12, 2), in_day)) {
        return bad_instant(text);
    }
    return Instant(at) + in_day - kShanghaiOffset;
}

}  // namespace huiqiao
