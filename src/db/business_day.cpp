#include "src/db/business_day.h"

#include "src/base/error.h"
#include "src/db/business_day_lock.h"

namespace huiqiao::db {

namespace {

constexpr Select kOpenDate{"SELECT open_date FROM business_day WHERE number = 1", "i"};
constexpr Insert kFirstDay{"business_day", "number, open_date, opened_at", "iii"};
constexpr Command kMove{"UPDATE business_day SET open_date = :p1, opened_at = :p2 WHERE number = 1"};

}  // namespace

std::optional<Date> open_business_date(Reader& reader) {
    const Found found = reader.select(kOpenDate);
    if (found.empty()) return std::nullopt;
    return Date::of_number(found.integer(0, 0));
}

void move_business_date(Tx& tx, Date next, Instant now) {
    const std::optional<Date> open = open_business_date(tx);
    if (!open || next <= *open) throw LogicError("the business date may only move on");
    if (tx.execute(kMove, {next, now}) != 1) throw LogicError("there is no open business date");
}

Date lock_business_date(Connection& connection, RowLock lock, Instant now) {
    Found found = connection.select(kOpenDate, {}, {}, lock);
    if (found.empty()) {
        Rows first;
        first.add(1, Date::in_shanghai(now), now);
        connection.insert_absent(kFirstDay, first);
        found = connection.select(kOpenDate, {}, {}, lock);
    }
    return Date::of_number(found.integer(0, 0));
}

}  // namespace huiqiao::db
