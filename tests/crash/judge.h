#pragma once
// What became of it all, once the faults have stopped and the world has lived on: by what the platforms were told, by
// the sandbox's own books (read from its files), and by the proof of ours. Every fault is a sentence with its numbers.

#include <map>
#include <string>
#include <vector>

#include "tests/crash/crash_stage.h"

namespace huiqiao::crash {

struct Verdict {
    std::size_t submitted = 0;     // orders
    std::size_t acknowledged = 0;  // orders whose answer arrived
    std::size_t lost = 0;          // acknowledged and not there
    std::size_t doubled = 0;       // there twice, collected, paid or declared twice, or told to the bank twice
    std::size_t payments = 0;      // executed by the bank
    std::size_t declared = 0;      // documents at customs
    std::size_t entries = 0;
    std::size_t notices = 0;        // of payments, by the channel's books
    std::size_t notices_again = 0;  // sent again, since it sends all twice and asks again where it got no answer
    WebhookEar::Tally webhooks;
    int work_items = 0;
    std::map<std::string, int> states;  // of orders
    std::vector<std::string> faults;    // empty: all is as it must be
};

/// Stops every process first; the stage cannot go on afterwards.
Verdict judge(CrashStage& stage);
/// Only what needs no days to pass: everything acknowledged is there once, and the books are proved. Stops them too.
Verdict judge_acknowledged(CrashStage& stage);

}  // namespace huiqiao::crash
