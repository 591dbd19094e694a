#pragma once
// Statement days that are read again: a line that one answer left out is behind the place where reading goes on, so a
// day that leaves a number out, or does not come to its closing balance, or does not open on the balance of the day
// before, is asked for anew from its first line, and in the last case the day before too. So
// often and no more; after some readings a person is told account and day. The reading of later days does not wait for
// it.

#include <string>

#include "src/flow/fund_parts.h"

namespace huiqiao::flow {

/// What came, and what stood stored of its day up to the number behind which it was asked for: added up without locks
/// and in pages, since lines behind which a reading has moved on do not change any more.
struct ReadStatement {
    reconciliation::Statement statement;
    reconciliation::DaySum before;
};

/// From now on the day is read again. One that is in doubt already stays on its schedule.
void doubt_day(db::Group& group, const FundSettings& settings, const std::string& account, Date day);
/// After an answer's lines are stored. came: null where the reading failed.
void judge_again(db::Group& group, const FundSettings& settings, const reconciliation::StatementRequest& asked,
                 const ReadStatement* came, const std::string& call_id);

}  // namespace huiqiao::flow
