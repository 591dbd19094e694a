#pragma once
// What flow teaches the calls room about one operation: how to query it, how to read its answers, and what they do to
// the business rows and the books. One handler an operation; it lives as long as the program and has no state of a
// call.

#include <any>
#include <chrono>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "src/calls/external_call.h"
#include "src/db/write_queue.h"

namespace huiqiao::calls {

/// An answer, read. Details are the handler's own, from read() to apply().
struct Reading {
    std::vector<InstructionAnswer> answers;  // by instruction reference; one that is missing stays as it is
    std::any details;
};

/// One instruction whose outcome moves, or stays (a repeat of Accepted, new details).
struct Moved {
    const Instruction* instruction;
    InstructionOutcome from;
    InstructionOutcome to;
    const InstructionAnswer* answer;
};

/// A call and what its answer was read as.
struct Answered {
    const Call* call;
    const Reading* reading;
};

class AnswerHandler {
 public:
    virtual ~AnswerHandler() = default;
    [[nodiscard]] virtual std::string_view operation() const = 0;

    /// The query for a call that is unsure or has accepted instructions; nullopt where the counterparty has no query
    /// (the call is then resent if resendable, else escalated).
    [[nodiscard]] virtual std::optional<WireRequest> query(const Call& call) const = 0;

    /// Each time a request of this operation leaves, the stored one or a query: what must be fresh in it, a signature
    /// with a time in it. Stored bytes are without it, and may leave a day after they were made.
    virtual void sign(const Call&, WireRequest&) const {}

    /// Pure; outside any transaction. Not called for NotSent. Never throws for hostile bytes: they are Unknown.
    [[nodiscard]] virtual Reading read(const Call& call, const WireAnswer& answer, bool of_query) const = 0;

    /// True for the answer to a read from which no row comes (an empty statement, a board whose prices stand as
    /// quotes): it is kept for a while only. What moves or binds anything is kept for ever, which is what is said here.
    [[nodiscard]] virtual bool is_passing(const Reading&) const { return false; }

    /// Steps 1, 3, 4 of the group that records the answer: rows that apply() will touch. find_set() is asked once a
    /// group for all its answers to this operation; who reads them with one statement says so there.
    virtual void find(db::Reader&, const Call&, const Reading&) {}
    virtual void find_set(db::Reader& reader, std::span<const Answered> answered) {
        for (const Answered& each : answered) find(reader, *each.call, *each.reading);
    }
    virtual void claim(db::Claims& claims, const Call& call, const Reading& reading) = 0;
    virtual void lock(db::Locks& locks, const Call& call, const Reading& reading) = 0;
    /// In the COMMIT that moves the instructions: books, states, events, next calls.
    virtual void apply(db::Group& group, const Call& call, const Reading& reading, std::span<const Moved> moved) = 0;

    /// Around all apply() of one group, for handlers that gather and write as a set. start() forgets an earlier run.
    virtual void start(db::Group&) {}
    virtual void finish(db::Group&) {}

    /// After how long to query next, by how often it was queried (0 first); nullopt: escalate to a person.
    [[nodiscard]] virtual std::optional<std::chrono::seconds> next_query(int queries) const = 0;
};

}  // namespace huiqiao::calls
