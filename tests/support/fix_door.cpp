#include "tests/support/fix_door.h"

#include "adapters/fix44/dialogue.h"
#include "adapters/fix44/tags.h"
#include "adapters/sandbox/bank/fix_desk.h"

namespace huiqiao::testing {

http::Response answer_over_fix(sandbox::Counterparty& bank, const http::Request& request, Instant now) {
    if (request.body.empty()) return http::Response::text(200, "");  // asks nobody
    auto asked = fix44::parse_messages(request.body).value();
    fix44::Dialogue dialogue;
    dialogue.expect(1, asked, Monotonic{0});
    for (fix44::Message& message : asked) {
        if (message.type() == "D") message.add(fix44::tag::kTransactTime, fix44::utc_timestamp(now));
        http::Request arrived;
        arrived.method = http::Method::Post;
        arrived.path = arrived.target = sandbox::bank::kFixPath;
        arrived.peer = sandbox::bank::kFixPeer;
        arrived.body = message.text();
        const http::Response response = bank.answer(arrived, now);
        if (response.status != 200) continue;
        const auto answers = fix44::parse_messages(response.body).value();
        for (const fix44::Message& answer : answers) (void)dialogue.take(answer);
    }
    http::Outcome outcome = dialogue.take_completed(Monotonic{0}).at(0).outcome;
    if (outcome.kind != http::OutcomeKind::Answered) return http::Response::text(sandbox::kNoAnswer, "");
    return std::move(outcome.answer);
}

}  // namespace huiqiao::testing
