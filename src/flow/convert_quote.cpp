// Boards: asked when orders wait and no quote can be used, their lines checked (FX-09) and kept as quotes. A rate query
// moves no money (FX-01).

#include <algorithm>

#include "fx/rates_book.h"
#include "fx/reference_rate_store.h"
#include "src/flow/ask.h"
#include "src/flow/convert_parts.h"

#include "src/base/sometimes.h"
#include "src/calls/open_calls.h"
#include "src/operators/approval.h"

namespace huiqiao::flow {

namespace {

/// How long a refused quote may be accepted: two persons need some minutes, while boards come every few seconds.
constexpr std::chrono::hours kAcceptable{1};

std::string pair_text(const fx::BoardLine& line) {
    return std::string(line.mid.base().code()) + "/" + std::string(line.mid.quote().code());
}

std::optional<calls::NewCall> question(const ConvertParts& parts, db::Group& group, const std::string& bank) {
    std::vector<fx::Board> boards = fx::QuoteStore::boards(group.tx, std::span(&bank, 1));
    fx::Board& board = boards.at(0);
    if (group.now < board.asked_at + parts.settings.ask_again) return std::nullopt;
    board.asked_at = group.now;
    if (board.unanswered_since == Instant{}) board.unanswered_since = group.now;
    fx::QuoteStore::save_boards(group.tx, boards);
    // Nobody reached the bank with the last one: it is tried on, and its answer is as good. Else a long outage would
    // leave hundreds of them, which go out before the payments.
    if (calls::is_open(group.tx, bank, "fx.rates")) return std::nullopt;
    const std::string reference = group.ids.random_reference("FR");
    return calls::NewCall{.operation = "fx.rates",
                          .counterparty = bank,
                          .recovery = calls::Recovery::Resendable,
                          .reference = reference,
                          .request = parts.bank(bank).write(fx::AskRates{reference}),
                          .instructions = {{.subject_kind = "rate_board",
                                            .subject_id = reference,
                                            .part_no = 1,
                                            .reference = reference,
                                            .amount = std::nullopt}},
                          .not_before = std::nullopt};
}

class AcceptWork final : public db::Work {
 public:
    AcceptWork(const ConvertParts& parts, std::vector<AcceptRate*> items) : parts_(parts), items_(std::move(items)) {}

    void claim(db::Claims& claims) override {
        for (const AcceptRate* item : items_) claims.add(fx::kBoardClaim, board_of(*item), "");
    }
    void lock(db::Locks& locks) override {
        for (const AcceptRate* item : items_) {
            locks.add(fx::kBoardLock, board_of(*item));
            if (!item->rate.approval_id.empty()) operators::Approvals::lock(locks, item->rate.approval_id);
        }
    }
    void run(db::Group& group) override {
        for (AcceptRate* wish : items_) {
            const std::string id = board_of(*wish);
            wish->accepted = Convert::may_accept(group.tx, wish->rate, group.now);
            if (wish->accepted) wish->accepted = use(group, wish->rate.approval_id);
            if (!wish->accepted) continue;
            std::vector<fx::Board> boards = fx::QuoteStore::boards(group.tx, std::span(&id, 1));
            boards.at(0).good_mid = fx::QuoteStore::quotes(group.tx, std::span(&wish->rate.quote_id, 1)).at(0).mid;
            boards.at(0).is_by_persons = true;
            fx::QuoteStore::save_boards(group.tx, boards);
            parts_.work_items.close(group, "rate_refused", id, "accepted by " + wish->rate.operator_id);
        }
    }

 private:
    /// Refused or withdrawn since its release, it is not accepted.
    static Status use(db::Group& group, const std::string& approval_id) {
        if (approval_id.empty()) return Done{};
        const auto approval = operators::Approvals::find(group.tx, approval_id);
        if (!approval) throw LogicError("approval " + approval_id + " is gone");
        const auto used = operators::Approvals::use(group, approval_id, approval->action, approval->content);
        if (!used) return used.error();
        return Done{};
    }
    static std::string board_of(const AcceptRate& wish) { return fx::board_id(wish.rate.bank, wish.rate.currency); }

    const ConvertParts& parts_;
    std::vector<AcceptRate*> items_;
};

class RatesHandler final : public calls::AnswerHandler {
 public:
    explicit RatesHandler(const ConvertParts& parts) : parts_(parts) {}
    [[nodiscard]] std::string_view operation() const override { return "fx.rates"; }
    [[nodiscard]] std::optional<WireRequest> query(const calls::Call&) const override { return std::nullopt; }

    [[nodiscard]] calls::Reading read(const calls::Call& call, const WireAnswer& answer, bool) const override {
        fx::RatesReading reading = parts_.bank(call.counterparty).read_rates(call.reference, answer);
        InstructionAnswer told = reading.answer;
        // A board binds nobody: one that did not come is over, and the next asking is a call of its own.
        if (told.outcome == Outcome::Unknown) told.outcome = Outcome::RejectedFinal;
        return calls::Reading{{std::move(told)}, std::move(reading.lines)};
    }
    /// Its prices stand as quotes, with the bank's own words; what a deal is made at is in the lock's answer.
    /// Bytes that came and could not be taken for a board are evidence: the bank's code for it says so.
    [[nodiscard]] bool is_passing(const calls::Reading& reading) const override {
        return std::all_of(reading.answers.begin(), reading.answers.end(),
                           [](const InstructionAnswer& each) { return each.reason_code.empty(); });
    }

    void claim(db::Claims& claims, const calls::Call& call, const calls::Reading& reading) override {
        claims.add(fx::kBoardClaim, call.counterparty, "");
        for (const fx::BoardLine& line : lines_of(reading)) {
            claims.add(fx::kBoardClaim, fx::board_id(call.counterparty, line.mid.base()), "");
        }
    }
    void lock(db::Locks& locks, const calls::Call& call, const calls::Reading& reading) override {
        locks.add(fx::kBoardLock, call.counterparty);
        for (const fx::BoardLine& line : lines_of(reading)) {
            locks.add(fx::kBoardLock, fx::board_id(call.counterparty, line.mid.base()));
        }
    }

    void apply(db::Group& group, const calls::Call& call, const calls::Reading& reading,
               std::span<const calls::Moved> moved) override {
        const bool confirmed = std::any_of(moved.begin(), moved.end(), [](const calls::Moved& one) {
            return one.to == calls::InstructionOutcome::Confirmed && one.from != one.to;
        });
        if (!confirmed) return;
        Kept kept;
        keep(group, call.counterparty, lines_of(reading), kept);
        std::vector<fx::Board> own = fx::QuoteStore::boards(group.tx, std::span(&call.counterparty, 1));
        own.at(0).answered_at = group.now;
        own.at(0).unanswered_since = {};
        kept.boards.push_back(own[0]);
        fx::QuoteStore::insert_quotes(group.tx, kept.quotes, kept.refused_why);
        fx::QuoteStore::save_boards(group.tx, kept.boards);
        parts_.work_items.open(group, kept.work_items);
    }

    [[nodiscard]] std::optional<std::chrono::seconds> next_query(int) const override { return std::nullopt; }

 private:
    struct Kept {
        std::vector<fx::Quote> quotes;
        std::vector<std::string> refused_why;
        std::vector<fx::Board> boards;
        std::vector<operators::NewWorkItem> work_items;
    };

    static const std::vector<fx::BoardLine>& lines_of(const calls::Reading& reading) {
        static const std::vector<fx::BoardLine> kNone;
        const auto* lines = std::any_cast<std::vector<fx::BoardLine>>(&reading.details);
        return lines == nullptr ? kNone : *lines;
    }

    /// A bank whose rates say no end is not believed for longer than it says in general, whatever time it writes.
    [[nodiscard]] Instant valid_until(const std::string& bank, const fx::BoardLine& line, Instant now) const {
        const std::chrono::seconds last = parts_.bank(bank).traits().rates_last;
        return last.count() == 0 ? line.valid_until : std::min(line.valid_until, now + last);
    }

    /// What the lines are measured against: the bank's last good mids, and the central parity where it is known.
    void open_book(db::Group& group, const std::string& bank, std::span<const fx::Board> boards,
                   fx::RatesBook& book) const {
        std::vector<Currency> currencies;
        for (const fx::Board& board : boards) {
            currencies.push_back(fx::currency_of_board(board.id));
            if (board.good_mid) book.know_mid(bank, *board.good_mid, board.is_by_persons);
        }
        for (const fx::ReferenceRate& parity : fx::ReferenceRates::parities(group.tx, currencies, group.now))
            book.know_parity(parity.price);
    }

    void keep(db::Group& group, const std::string& bank, std::span<const fx::BoardLine> lines, Kept& kept) const {
        if (lines.empty()) return;
        std::vector<std::string> ids;
        for (const fx::BoardLine& line : lines) ids.push_back(fx::board_id(bank, line.mid.base()));
        const std::vector<fx::Board> stored = fx::QuoteStore::boards(group.tx, ids);
        std::map<std::string, fx::Board> boards;
        for (const fx::Board& board : stored) boards.emplace(board.id, board);
        fx::RatesBook book(
            {parts_.settings.max_move_bp, parts_.settings.max_spread_bp, parts_.settings.max_off_parity_bp});
        open_book(group, bank, stored, book);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const fx::BoardLine& line = lines[i];
            fx::Board& board = boards.at(ids[i]);
            fx::Quote quote = quote_of(group, bank, line);
            const Status good =
                book.take(bank, line, {quote.id, quote.received_at, quote.valid_until, quote.value_date});
            quote.state = good.ok() ? fx::QuoteState::Open : fx::QuoteState::Refused;
            board.quote_id = quote.id;
            if (good.ok()) {
                board.good_mid = line.mid;
                board.is_by_persons = book.is_by_persons(bank, line.mid.base());
            } else {
                tell(board.id, good.error(), kept);
            }
            kept.refused_why.push_back(good.ok() ? std::string()
                                                 : std::string(good.error().code->text) + " " + pair_text(line));
            kept.quotes.push_back(std::move(quote));
        }
        for (auto& [id, board] : boards) kept.boards.push_back(std::move(board));
    }

    [[nodiscard]] fx::Quote quote_of(db::Group& group, const std::string& bank, const fx::BoardLine& line) const {
        return {.id = group.ids.next("quo"),
                .bank = bank,
                .bank_rate = line.selling,
                .client_rate = line.selling,  // passed on unchanged (reference 3.2)
                .mid = line.mid,
                .markup_bp = 0,
                .bank_reference = line.bank_reference,
                .received_at = group.now,
                .valid_until = valid_until(bank, line, group.now),
                .buying = line.buying,
                .tradable = line.tradable,
                .value_date = parts_.value_date(bank, line.mid.base(), group.now)};
    }

    /// A currency that the bank does not trade just now needs nobody; any other refusal does.
    static void tell(const std::string& board_id, const Error& why, Kept& kept) {
        if (why.code == &fx::fx_error::kNotTradable) return;
        sometimes("a rate that is refused");
        kept.work_items.push_back({"rate_refused", "fx_board", board_id, why.english(), why.chinese()});
    }

    const ConvertParts& parts_;
};

}  // namespace

Status Convert::may_accept(db::Reader& reader, const AcceptedRate& rate, Instant now) {
    const std::vector<fx::Quote> quotes = fx::QuoteStore::quotes(reader, std::span(&rate.quote_id, 1));
    const bool acceptable = !quotes.empty() && quotes[0].state == fx::QuoteState::Refused &&
                            quotes[0].bank == rate.bank && quotes[0].currency() == rate.currency &&
                            now - quotes[0].received_at <= kAcceptable;
    if (acceptable) return Done{};
    return Error(convert_error::kNoRefusedQuote,
                 {{"quote", rate.quote_id}, {"bank", rate.bank}, {"currency", std::string(rate.currency.code())}});
}

std::unique_ptr<db::Operation> make_ask_board(const ConvertParts& parts) {
    return make_ask("ask_board",
                    {fx::kBoardClaim, fx::kBoardLock, parts.calls,
                     [&parts](db::Group& group, const std::string& bank) { return question(parts, group, bank); }});
}
std::unique_ptr<db::Operation> make_accept_rate(const ConvertParts& parts) {
    return std::make_unique<OperationOf<AcceptWork, AcceptRate, ConvertParts>>(parts, "accept_rate");
}
std::unique_ptr<calls::AnswerHandler> make_rates_handler(const ConvertParts& parts) {
    return std::make_unique<RatesHandler>(parts);
}

}  // namespace huiqiao::flow
