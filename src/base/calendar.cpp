#include "src/base/calendar.h"

#include <charconv>

#include "src/base/lines.h"

namespace huiqiao {

Result<Calendar> Calendar::parse(std::string_view csv, const std::string& file) {
    const auto bad_line = [&file](int line, std::string why) {
        return Error(base_error::kBadCalendar,
                     {{"file", file}, {"line", std::to_string(line)}, {"why", std::move(why)}});
    };
    Calendar calendar;
    calendar.file_ = file;
    for (Lines lines(csv); lines.next();) {
        const std::string_view line = lines.line();
        const int line_no = lines.number();
        if (line.empty() || line.front() == '#' || line == "date,kind,name") continue;
        const std::size_t comma = line.find(',');
        if (comma == std::string_view::npos) return bad_line(line_no, "a comma is missing");
        const std::string_view first = line.substr(0, comma);
        const std::string_view rest = line.substr(comma + 1);
        if (first == "year") {
            int year = 0;
            const auto [stop, error] = std::from_chars(rest.data(), rest.data() + rest.size(), year);
            if (error != std::errc{} || stop != rest.data() + rest.size()) return bad_line(line_no, "no year");
            calendar.years_.insert(year);
            continue;
        }
        const Result<Date> date = Date::parse(first);
        if (!date) return bad_line(line_no, date.error().english());
        const std::string_view kind = rest.substr(0, rest.find(','));
        if (kind != "holiday" && kind != "working") return bad_line(line_no, "the kind must be holiday or working");
        if (!calendar.exceptions_.emplace(*date, kind == "working").second)
            return bad_line(line_no, "the date stands twice");
    }
    return calendar;
}

Result<bool> Calendar::is_working_day(Date date) const {
    if (!years_.contains(date.year())) {
        return Error(base_error::kCalendarMissing, {{"file", file_}, {"year", std::to_string(date.year())}});
    }
    const auto exception = exceptions_.find(date);
    return exception != exceptions_.end() ? exception->second : !date.is_weekend();
}

Result<Date> Calendar::on_or_after(Date date) const {
    for (;; date = date.plus_days(1)) {
        const Result<bool> works = is_working_day(date);
        if (!works) return works.error();
        if (*works) return date;
    }
}

Result<Date> Calendar::after(Date date, int count) const {
    for (; count > 0; --count) {
        const Result<Date> next = on_or_after(date.plus_days(1));
        if (!next) return next.error();
        date = *next;
    }
    return date;
}

}  // namespace huiqiao
