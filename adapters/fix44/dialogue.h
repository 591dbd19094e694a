#pragma once
// Which answers belong to which request of one FIX session: by QuoteReqID, ClOrdID, or the number of a message that the
// session refused. A request is complete when each of its messages has its last word; what has come by its deadline is
// its answer then, and nothing is Unknown. Pure: no socket and no clock; one thread at a time.

#include <map>
#include <string>
#include <vector>

#include "adapters/fix44/message.h"
#include "src/http/client.h"

namespace huiqiao::fix44 {

class Dialogue {
 public:
    /// The request is about to be sent.
    void expect(http::CallHandle handle, std::vector<Message> asked, Monotonic deadline);
    /// That message of the request left under this number of the session.
    void sent_as(int number, http::CallHandle handle);
    /// It did not leave, or nobody awaits its answer any more.
    void forget(http::CallHandle handle);
    /// A message came. False: nobody awaits it.
    bool take(const Message& message);

    /// Requests that are complete or past their deadline, in order of completion, each once.
    std::vector<http::Completion> take_completed(Monotonic now);
    [[nodiscard]] bool has_completed() const { return !complete_.empty(); }
    [[nodiscard]] std::size_t awaited() const { return awaited_.size(); }

 private:
    struct Awaited {
        std::vector<Message> asked;
        std::vector<bool> answered;
        std::vector<Message> answers;
        Monotonic deadline{0};
    };
    static http::Outcome outcome_of(const Awaited& awaited);

    std::map<http::CallHandle, Awaited> awaited_;
    std::map<std::string, http::CallHandle> by_id_;
    std::map<int, http::CallHandle> by_number_;
    std::vector<http::CallHandle> complete_;
};

}  // namespace huiqiao::fix44
