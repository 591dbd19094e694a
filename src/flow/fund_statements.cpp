// Asking for statements and storing what came: a read that failed is over, and the next one is asked for in its turn.

#include <algorithm>
#include <charconv>
#include <map>

#include "src/base/planted.h"
#include "src/flow/closed_days.h"
#include "src/flow/fund_again.h"
#include "src/flow/fund_parts.h"
#include "src/flow/unread_statements.h"

namespace huiqiao::flow {
namespace {

using reconciliation::DoubtfulDay;
using reconciliation::ReadingPlace;
using reconciliation::Statement;
using reconciliation::StatementRequest;
using reconciliation::StatementStore;

constexpr std::string_view kOperation = "bank.statement";
// Where no answer comes at all (the calls room still tries to deliver), the account is not forgotten.
constexpr int kSafetyPolls = 10;
constexpr int kDoubtsAtOnce = 20;
constexpr std::string_view kAgain = "|again";

/// "sb-usd|20261120|17|<ms>": what was asked for, in the instruction's subject; the time makes each reading one of its
/// own. A day that is read again says so behind that.
std::string subject_of(const StatementRequest& request, Instant now) {
    return request.account + "|" + std::to_string(request.day.number()) + "|" + std::to_string(request.after_sequence) +
           "|" + std::to_string(to_us(now) / 1000);
}

/// As it goes out.
StatementRequest asked_of_the_bank(StatementRequest request) {
    if (is_planted(Bug::LineSkipped)) ++request.after_sequence;
    return request;
}

ReadStatement* read_of(const calls::Reading& reading) {
    const auto* shared = std::any_cast<std::shared_ptr<ReadStatement>>(&reading.details);
    return shared == nullptr ? nullptr : shared->get();
}

class RequestWork final : public db::Work {
 public:
    RequestWork(const FundParts& parts, std::vector<RequestItem*> items) : parts_(parts), items_(std::move(items)) {}

    void claim(db::Claims& claims) override {
        for (const ProvisionAccount& account : parts_.settings.accounts) {
            StatementStore::claim_account(claims, account.name, account.currency, parts_.settings.first_day);
        }
    }
    void lock(db::Locks& locks) override {
        for (const ProvisionAccount& account : parts_.settings.accounts) {
            locks.add(reconciliation::kStatementAccountLock, account.name);
        }
    }
    void run(db::Group& group) override {
        std::vector<std::string> names;
        for (const ProvisionAccount& account : parts_.settings.accounts) names.push_back(account.name);
        std::map<std::string, ReadingPlace> places = StatementStore::places(group.tx, names);
        std::vector<ReadingPlace> changed;
        std::vector<calls::NewCall> calls;
        for (const ProvisionAccount& account : parts_.settings.accounts) {
            ReadingPlace& place = places.at(account.name);
            const bool due = place.due_at && *place.due_at <= group.now && place.day <= Date::in_shanghai(group.now);
            if (!due) continue;
            calls.push_back(
                call_for(group, account, {place.account, place.currency, place.day, place.seen_sequence}, ""));
            place.due_at = group.now + parts_.settings.poll_every * kSafetyPolls;
            changed.push_back(place);
        }
        const std::vector<DoubtfulDay> doubts = ask_again(group, calls);
        StatementStore::save_doubts(group.tx, doubts);
        if (calls.empty()) return;
        parts_.calls.prepare(group, calls);
        StatementStore::save_places(group.tx, changed);
        items_.front()->prepared = static_cast<int>(calls.size());
    }

 private:
    std::vector<DoubtfulDay> ask_again(db::Group& group, std::vector<calls::NewCall>& calls) const {
        std::vector<DoubtfulDay> asked;
        for (DoubtfulDay& doubt : StatementStore::doubts_due(group.tx, group.now, kDoubtsAtOnce)) {
            const auto& accounts = parts_.settings.accounts;
            const auto account = std::find_if(accounts.begin(), accounts.end(),
                                              [&](const ProvisionAccount& each) { return each.name == doubt.account; });
            // An account that is configured no more has nobody who could be asked; its break stays.
            doubt.due_at.reset();
            if (account != accounts.end()) {
                calls.push_back(call_for(group, *account,
                                         {account->name, account->currency, doubt.day, doubt.seen_sequence}, kAgain));
                doubt.due_at = group.now + parts_.settings.poll_every * kSafetyPolls;
            }
            asked.push_back(doubt);
        }
        return asked;
    }

    calls::NewCall call_for(db::Group& group, const ProvisionAccount& account, const StatementRequest& request,
                            std::string_view mark) const {
        const std::string reference = group.ids.random_reference("ST", 20);
        const std::string subject = subject_of(request, group.now) + std::string(mark);
        return calls::NewCall{.operation = std::string(kOperation),
                              .counterparty = account.bank,
                              .recovery = calls::Recovery::Resendable,
                              .reference = reference,
                              .request = parts_.banks.at(account.bank).statement(asked_of_the_bank(request)),
                              .instructions = {{"statement", subject, 1, reference, std::nullopt}},
                              .not_before = std::nullopt};
    }

    const FundParts& parts_;
    std::vector<RequestItem*> items_;
};

class StatementHandler final : public calls::AnswerHandler {
 public:
    explicit StatementHandler(const FundParts& parts) : parts_(parts) {}

    [[nodiscard]] std::string_view operation() const override { return kOperation; }
    [[nodiscard]] std::optional<WireRequest> query(const calls::Call&) const override { return std::nullopt; }
    [[nodiscard]] std::optional<std::chrono::seconds> next_query(int) const override { return std::nullopt; }

    [[nodiscard]] calls::Reading read(const calls::Call& call, const WireAnswer& answer, bool) const override {
        const calls::Instruction& instruction = call.instructions.at(0);
        const std::optional<StatementRequest> request = asked(instruction.subject_id);
        InstructionAnswer said{.reference = instruction.reference,
                               .outcome = Outcome::RejectedFinal,
                               .their_reference = "",
                               .amount = std::nullopt,
                               .reason_code = "",
                               .reason = "its account is not configured any more"};
        if (!request) return {{std::move(said)}, {}};
        Result<Statement> statement = parts_.banks.at(call.counterparty).read_statement(answer, *request);
        if (!statement) {
            // A read binds nobody: it has failed, and the next one starts from the same place.
            said.reason = statement.error().english();
            return {{std::move(said)}, {}};
        }
        said.outcome = Outcome::Confirmed;
        said.reason.clear();
        const reconciliation::DaySum nothing(request->currency);
        return {{std::move(said)},
                std::make_shared<ReadStatement>(ReadStatement{std::move(statement).value(), nothing})};
    }

    [[nodiscard]] bool is_passing(const calls::Reading& reading) const override {
        const ReadStatement* came = read_of(reading);
        return came != nullptr && came->statement.lines.empty() && !came->statement.is_closed;
    }

    void find(db::Reader& reader, const calls::Call& call, const calls::Reading& reading) override {
        ReadStatement* came = read_of(reading);
        const auto request = asked(call.instructions.at(0).subject_id);
        if (came == nullptr || !request || !came->statement.is_last_page) return;
        if (!came->statement.is_closed && !is_again(call)) return;
        came->before = reconciliation::DaySum(request->currency);
        StatementStore::add_lines(reader, request->account, request->day,
                                  {.behind = 0, .up_to = request->after_sequence}, parts_.settings.lines_a_page,
                                  came->before);
    }
    void claim(db::Claims& claims, const calls::Call& call, const calls::Reading& reading) override {
        const ReadStatement* came = read_of(reading);
        if (came == nullptr) return;
        int place = 0;
        for (reconciliation::StatementLine line : came->statement.lines) {
            line.narrative = kept_words_of(line.narrative);
            if (is_planted(Bug::LineKeyNotUnique)) line.bank_reference += "/" + std::to_string(++place);
            StatementStore::claim_line(claims, line, call.id);
        }
    }
    [[nodiscard]] std::string kept_words_of(const std::string& narrative) const {
        std::string kept;
        const auto keep = [&](std::string_view word) {
            if (narrative.find(word) != std::string::npos) kept.append(kept.empty() ? "" : " ").append(word);
        };
        for (const std::string& word : parts_.settings.kept_words) keep(word);
        keep(reconciliation::kReturnMark);
        return kept;
    }
    void lock(db::Locks& locks, const calls::Call& call, const calls::Reading&) override {
        if (const auto request = asked(call.instructions.at(0).subject_id)) {
            locks.add(reconciliation::kStatementAccountLock, request->account);
            if (is_again(call)) lock_breaks_of_day(locks, request->account, request->day);
        }
    }

    void apply(db::Group& group, const calls::Call& call, const calls::Reading& reading,
               std::span<const calls::Moved>) override {
        const auto request = asked(call.instructions.at(0).subject_id);
        if (!request) return;
        const ReadStatement* came = read_of(reading);
        if (is_again(call)) return judge_again(group, parts_.settings, *request, came, call.id);
        const auto places = StatementStore::places(group.tx, std::span(&request->account, 1));
        const auto found = places.find(request->account);
        if (found == places.end()) return;
        ReadingPlace place = found->second;
        place.due_at = group.now + parts_.settings.poll_every;
        // An answer to an older question brings its lines (claimed already) but moves nothing.
        const bool current = place.day == request->day && place.seen_sequence == request->after_sequence;
        if (came == nullptr) tell_of_unread(group, place);
        if (came != nullptr && current) {
            close_unread(group, place);
            move_on(group, call, *came, place);
        }
        StatementStore::save_places(group.tx, std::span(&place, 1));
    }

 private:
    static bool is_again(const calls::Call& call) { return call.instructions.at(0).subject_id.ends_with(kAgain); }

    std::optional<StatementRequest> asked(const std::string& subject) const {
        const std::size_t first = subject.find('|');
        const std::size_t second = subject.find('|', first + 1);
        const std::size_t third = subject.find('|', second + 1);
        if (first == std::string::npos || second == std::string::npos || third == std::string::npos)
            return std::nullopt;
        const std::string account = subject.substr(0, first);
        const auto number = [&](std::size_t from, std::size_t to) {
            std::int64_t value = 0;
            std::from_chars(subject.data() + from, subject.data() + to, value);
            return value;
        };
        for (const ProvisionAccount& known : parts_.settings.accounts) {
            if (known.name != account) continue;
            return StatementRequest{account, known.currency, Date::of_number(number(first + 1, second)),
                                    static_cast<int>(number(second + 1, third))};
        }
        return std::nullopt;
    }

    void move_on(db::Group& group, const calls::Call& call, const ReadStatement& came, ReadingPlace& place) const {
        const Statement& statement = came.statement;
        const int seen_before = place.seen_sequence;
        if (reconciliation::first_gap(statement.lines, place.seen_sequence) != 0)
            doubt_day(group, parts_.settings, statement.account, statement.day);
        if (!statement.lines.empty()) place.seen_sequence = statement.lines.back().sequence;
        if (!statement.is_last_page) {
            // Its balance is after lines that are not here yet.
            place.balance.reset();
            place.balance_at = {};
            // A page that brings nothing would be followed by the same question: it waits its turn.
            if (!statement.lines.empty()) place.due_at = group.now;
            return;
        }
        place.balance = statement.balance;
        place.balance_at = group.now;
        if (!statement.is_closed) return;
        close_day(group, call, came, place, seen_before);
        place.closed = reconciliation::ClosedDay{statement.day, statement.number, statement.balance};
        place.day = statement.day.plus_days(1);
        place.seen_sequence = 0;
        place.due_at = group.now;
    }

    /// Under locks only what is behind the lines that were there before is read: this statement's own page.
    void close_day(db::Group& group, const calls::Call& call, const ReadStatement& came, const ReadingPlace& place,
                   int seen_before) const {
        const Statement& statement = came.statement;
        reconciliation::DaySum lines = came.before;
        StatementStore::add_lines(group.tx, statement.account, statement.day, {.behind = seen_before},
                                  parts_.settings.lines_a_page, lines);
        const bool follows = take_first_word(group, statement, lines, place.closed, call.id);
        if (!follows || !reconciliation::adds_up(statement, lines))
            doubt_day(group, parts_.settings, statement.account, statement.day);
        // Which of the two days is wrong is not known here.
        if (!follows) doubt_day(group, parts_.settings, statement.account, place.closed->day);
    }

    const FundParts& parts_;
};

}  // namespace

std::unique_ptr<db::Operation> make_request_statements(const FundParts& parts) {
    return std::make_unique<OperationOf<RequestWork, RequestItem, FundParts>>(parts, "request_statements");
}
std::unique_ptr<calls::AnswerHandler> make_statement_handler(const FundParts& parts) {
    return std::make_unique<StatementHandler>(parts);
}

}  // namespace huiqiao::flow
