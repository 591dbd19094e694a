// What a bank says of a lock's end. Its cost is kept with the time until which it stands, and a second person is asked.
// The end itself is booked as the bank says it did it, though it be another cost than the one that was confirmed, and
// the lock is over in the same COMMIT; refused, the lock is what it was; unknown, it stays frozen and is only queried.

#include <algorithm>
#include <array>

#include "fx/roll_done_store.h"
#include "fx/word_of_bank.h"
#include "src/flow/decision.h"
#include "src/flow/lock_end_parts.h"
#include "src/flow/note_overdrawn.h"
#include "src/flow/postings.h"

namespace huiqiao::flow {

namespace {

using calls::InstructionOutcome;
using fx::LockEndEvent;
using ledger::AccountKind;

std::string words_of(const InstructionAnswer& answer) {
    return answer.reason_code.empty() ? answer.reason : answer.reason_code;
}

/// What both handlers do alike: rows by the call's one instruction.
class EndAnswers : public calls::AnswerHandler {
 public:
    explicit EndAnswers(const ConvertParts& parts) : parts_(parts) {}

    void find(db::Reader& reader, const calls::Call& call, const calls::Reading&) override {
        std::optional<fx::LockEnd> end = fx::LockEndStore::find(reader, call.instructions.at(0).subject_id);
        if (!end) throw LogicError("no end of a lock for call " + call.id);
        found_.insert_or_assign(call.id, *std::move(end));
    }
    void finish(db::Group&) override { found_.clear(); }

 protected:
    /// Of a bank that is not dealt with so any more nothing can be asked: persons find out, and the lock stays frozen.
    [[nodiscard]] std::optional<WireRequest> written(const calls::Call& call, const fx::LockEndMessage& message) const {
        const fx::LockEndBank* bank = end_bank(parts_, call.counterparty);
        return bank == nullptr ? std::nullopt : std::optional(bank->write(message));
    }
    static InstructionAnswer unreadable(const calls::Call& call) {
        InstructionAnswer answer;
        answer.reference = call.reference;
        answer.reason = "by its configuration '" + call.counterparty + "' ends no locks any more";
        return answer;
    }
    static fx::LockEnd load(db::Reader& reader, const calls::Call& call) {
        return fx::LockEndStore::find(reader, call.instructions.at(0).subject_id).value();
    }

    const ConvertParts& parts_;
    std::map<std::string, fx::LockEnd> found_;  // by call; only what never changes is read of it
};

class CostHandler final : public EndAnswers {
 public:
    using EndAnswers::EndAnswers;
    [[nodiscard]] std::string_view operation() const override { return kEndCostCall; }
    [[nodiscard]] std::optional<WireRequest> query(const calls::Call& call) const override {
        return written(call, fx::QueryEndCost{call.reference});
    }
    [[nodiscard]] calls::Reading read(const calls::Call& call, const WireAnswer& answer, bool) const override {
        const fx::LockEndBank* bank = end_bank(parts_, call.counterparty);
        if (bank == nullptr) return calls::Reading{{unreadable(call)}, {}};
        fx::EndCostReading reading = bank->read_cost(call.reference, answer);
        InstructionAnswer told = reading.answer;
        return calls::Reading{{std::move(told)}, std::move(reading)};
    }
    void claim(db::Claims&, const calls::Call&, const calls::Reading&) override {}
    void lock(db::Locks& locks, const calls::Call& call, const calls::Reading&) override {
        locks.add(fx::kLockLock, found_.at(call.id).lock_id);
    }
    void apply(db::Group& group, const calls::Call& call, const calls::Reading& reading,
               std::span<const calls::Moved> moved) override {
        for (const calls::Moved& one : moved) {
            fx::LockEnd end = load(group.tx, call);
            if (one.to == InstructionOutcome::Confirmed) {
                if (const auto* told = std::any_cast<fx::EndCostReading>(&reading.details)) priced(group, end, *told);
            } else if (one.to == InstructionOutcome::Rejected && move(end, LockEndEvent::NotOffered)) {
                end.why = one.answer == nullptr ? "" : words_of(*one.answer);
                end.over_at = group.now;
                fx::LockEndStore::save(group.tx, end, std::nullopt);
            }
        }
    }
    /// Until it is not waited for any more (kCostAwaited), which ends the asking.
    [[nodiscard]] std::optional<std::chrono::seconds> next_query(int queries) const override {
        constexpr std::array kAfter{2, 3, 5, 10, 20};
        return std::chrono::seconds(kAfter.at(std::min<std::size_t>(static_cast<std::size_t>(queries), 4)));
    }

 private:
    static void unusable(db::Group& group, fx::LockEnd& end, std::string why) {
        if (!move(end, LockEndEvent::NotOffered)) return;
        end.why = std::move(why);
        end.over_at = group.now;
        fx::LockEndStore::save(group.tx, end, std::nullopt);
    }

    /// A roll is at the lock's own price or at the market's; of a market that fell since, neither is past belief.
    [[nodiscard]] bool is_beyond_market(db::Reader& reader, const std::string& bank, const Rate& offered,
                                        const Rate& locked) const {
        const int guard = guard_bp(parts_);
        if (!fx::is_too_good(offered, locked, guard)) return false;
        const std::string id = fx::board_id(bank, locked.base());
        const std::vector<fx::Board> boards = fx::QuoteStore::boards(reader, std::span(&id, 1));
        return boards.empty() || !boards[0].good_mid || fx::is_too_good(offered, *boards[0].good_mid, guard);
    }

    void priced(db::Group& group, fx::LockEnd& end, const fx::EndCostReading& told) const {
        // A roll without its terms is no offer of one, and terms are no part of any other end.
        const fx::LockTerms now = fx::LockTerms::of(HeldLockInHand::load(group.tx, end.lock_id).lock);
        const bool is_roll = end.way == fx::EndWay::Roll;
        if (is_roll != told.to.has_value() || (is_roll && told.to->rate.base() != now.rate.base()))
            return unusable(group, end, "the offer's terms are missing or of another currency");
        if (is_roll && told.to->expires_at <= now.expires_at)
            return unusable(group, end, "the offer is no longer than the lock");
        if (is_roll && is_beyond_market(group.tx, end.bank, told.to->rate, now.rate))
            return unusable(group, end, "the offer's rate is far better than the lock's");
        const auto from = is_roll ? drawn_from(parts_, end.bank, *told.to, group.now) : std::nullopt;
        if (is_roll && !from)
            return unusable(group, end, "within its time the bank never deals for the offer's value date");
        if (!move(end, LockEndEvent::Priced)) return;  // too late: nobody waits for it
        if (is_roll) end.from = now;
        end.to = told.to;
        end.cost = told.cost;
        end.offer_reference = told.answer.their_reference;
        end.stands_until = told.stands_until;
        fx::LockEndStore::save(group.tx, end, told.stands_until);
        if (!end.is_look) tell_waits(group, end, from);
    }

    void tell_waits(db::Group& group, const fx::LockEnd& end, const std::optional<Instant>& from) const {
        parts_.work_items.open(
            group,
            operators::NewWorkItem{
                std::string(kLockEndWaits), std::string(kEndSubject), end.id,
                "End " + end.id + " of lock " + end.lock_id + " at " + end.bank + " by " +
                    std::string(to_text(end.way)) + " of " + amount_with_currency(end.amount) + ": " +
                    cost_in_words(end.cost) + terms_in_words(end) + (from ? ", drawn on from " + rfc3339(*from) : "") +
                    ", ours to bear or to have, by the bank's word until " + rfc3339(end.stands_until) +
                    ". A second person confirms it at this cost, or refuses.",
                end.bank + " 的锁汇 " + end.lock_id + " 的结束申请 " + end.id + "（方式 " +
                    std::string(to_text(end.way)) + "，剩余 " + amount_with_currency(end.amount) + "）：" +
                    cost_in_words_zh(end.cost) + terms_in_words_zh(end) +
                    (from ? "，自 " + rfc3339(*from) + " 起可使用" : "") + "，盈亏归本机构，银行报价有效至 " +
                    rfc3339(end.stands_until) + "。须由第二人按此费用确认或拒绝。"});
    }
};

class EndHandler final : public EndAnswers {
 public:
    using EndAnswers::EndAnswers;
    [[nodiscard]] std::string_view operation() const override { return kEndCall; }
    [[nodiscard]] std::optional<WireRequest> query(const calls::Call& call) const override {
        return written(call, fx::QueryEnd{call.reference});
    }
    [[nodiscard]] calls::Reading read(const calls::Call& call, const WireAnswer& answer, bool) const override {
        const fx::LockEndBank* bank = end_bank(parts_, call.counterparty);
        if (bank == nullptr) return calls::Reading{{unreadable(call)}, {}};
        fx::EndReading reading = bank->read_end(call.reference, answer);
        if (reading.answer.outcome == Outcome::Confirmed && !is_whole(call, reading)) {
            reading.answer.outcome = Outcome::Unknown;
            reading.answer.reason = "rolled, but the terms are missing or of another currency";
        }
        InstructionAnswer told = reading.answer;
        return calls::Reading{{std::move(told)}, std::move(reading)};
    }
    void claim(db::Claims& claims, const calls::Call& call, const calls::Reading&) override {
        for (const ledger::Account& account : accounts(found_.at(call.id))) parts_.ledger.claim(claims, account);
    }
    void lock(db::Locks& locks, const calls::Call& call, const calls::Reading&) override {
        locks.add(fx::kLockLock, found_.at(call.id).lock_id);
        for (const ledger::Account& account : accounts(found_.at(call.id))) parts_.ledger.lock(locks, account);
    }
    void apply(db::Group& group, const calls::Call& call, const calls::Reading& reading,
               std::span<const calls::Moved> moved) override {
        for (const calls::Moved& one : moved) {
            fx::LockEnd end = load(group.tx, call);
            HeldLockInHand in_hand = HeldLockInHand::load(group.tx, end.lock_id);
            switch (one.to) {
                case InstructionOutcome::Confirmed:
                    done(group, end, in_hand, std::any_cast<fx::EndReading>(&reading.details), one);
                    break;
                case InstructionOutcome::Rejected:
                    rejected(group, end, in_hand, one.answer == nullptr ? "" : words_of(*one.answer));
                    break;
                case InstructionOutcome::Unknown:
                    (void)move(end, LockEndEvent::Unsure);
                    fx::LockEndStore::save(group.tx, end, std::nullopt);
                    break;
                case InstructionOutcome::Accepted: fx::LockEndStore::save(group.tx, end, std::nullopt); break;
                case InstructionOutcome::Open:
                case InstructionOutcome::Withdrawn:
                case InstructionOutcome::Escalated: break;
            }
        }
    }
    [[nodiscard]] std::optional<std::chrono::seconds> next_query(int queries) const override {
        constexpr std::array kAfter{2, 5, 10, 30, 60, 300, 900, 3600};
        if (queries >= static_cast<int>(kAfter.size())) return std::nullopt;
        return std::chrono::seconds(kAfter.at(static_cast<std::size_t>(queries)));
    }

 private:
    /// A roll is known only with what the lock promises now; what was offered is no word about what was done.
    [[nodiscard]] bool is_whole(const calls::Call& call, const fx::EndReading& reading) const {
        std::optional<fx::LockEnd> end;
        parts_.database.look([&](db::Reader& reader) { end = load(reader, call); });
        return !end->to || (reading.to && reading.to->rate.base() == end->to->rate.base());
    }

    static std::vector<ledger::Account> accounts(const fx::LockEnd& end) {
        const Currency cny = Currency::known("CNY");
        std::vector<ledger::Account> all{ledger::provision(end.cny_account, cny), ledger::fx_payable(end.bank, cny),
                                         ledger::fx_receivable(end.bank, cny)};
        for (const AccountKind kind : {AccountKind::DueFromOwn, AccountKind::DueToOwn, AccountKind::FxResult,
                                       AccountKind::DueToCustomers, AccountKind::DueFromCustomers})
            all.push_back(ledger::single(kind, cny));
        return all;
    }

    void done(db::Group& group, fx::LockEnd& end, HeldLockInHand& in_hand, const fx::EndReading* told,
              const calls::Moved& moved) const {
        if (!move(end, LockEndEvent::Done)) return;
        // By two persons' word nothing else is known than what was offered.
        end.charged = told != nullptr && told->charged ? *told->charged : end.cost;
        const std::optional<fx::LockTerms> rolled = end.to && told != nullptr && told->to ? told->to : end.to;
        const bool is_other_roll = rolled != end.to;
        const bool is_back = is_other_roll && is_unlike_roll(parts_, *rolled, *end.to);
        if (moved.answer != nullptr) end.bank_reference = moved.answer->their_reference;
        end.over_at = group.now;
        book(group, end);
        if (is_other_roll) fx::RollDoneStore::insert(group.tx, end.id, *rolled);
        if (rolled && !is_back) {
            take_roll(group, parts_, *rolled, in_hand);
        } else if (!rolled) {
            in_hand.held.end_id.clear();
            fx::HeldLockStore::save(group.tx, in_hand.held);
            end_held_lock(group, parts_, in_hand, fx::LockEvent::Ended);
        }
        settle_holds(group, parts_, in_hand, end);
        fx::LockEndStore::save(group.tx, end, next_look(end, group.now));
        if (is_other_roll || end.charged != end.cost) tell_differs(group, end, rolled, is_back);
    }

    void book(db::Group& group, const fx::LockEnd& end) const {
        const postings::Event event{.source_type = std::string(kEndSubject),
                                    .source_id = end.id,
                                    .occurred_at = group.now,
                                    .value_date = Date::in_shanghai(group.now),
                                    .actor = end.maker + "+" + end.checker};
        std::vector<ledger::Draft> drafts;
        if (end.charged.we_pay.is_positive())
            drafts.push_back(postings::lock_ended_at_cost(event, end.bank, end.charged.we_pay));
        if (end.charged.we_get.is_positive())
            drafts.push_back(postings::lock_ended_at_gain(event, end.bank, end.charged.we_get));
        if (!drafts.empty()) note_overdrawn(group, parts_.ledger.post(group, drafts));
    }

    void rejected(db::Group& group, fx::LockEnd& end, HeldLockInHand& in_hand, const std::string& why) const {
        if (!move(end, LockEndEvent::Rejected)) return;
        end.why = why;
        end.over_at = group.now;
        lower_hold(group, parts_.ledger, end, Money::zero(end.held.currency()));
        fx::LockEndStore::save(group.tx, end, std::nullopt);
        unfreeze(group, parts_, in_hand);
        parts_.work_items.open(
            group, operators::NewWorkItem{std::string(kLockEndRejected), std::string(kEndSubject), end.id,
                                          end.bank + " did not end lock " + end.lock_id + " by " + end.id + " (" + why +
                                              "). Nothing was ended and nothing is owed: the lock is what it was.",
                                          end.bank + " 未按 " + end.id + " 结束锁汇 " + end.lock_id + "（" + why +
                                              "）。未结束任何部分，也不产生费用：锁汇维持原状。"});
    }

    void tell_differs(db::Group& group, const fx::LockEnd& end, const std::optional<fx::LockTerms>& rolled,
                      bool is_back) const {
        const std::string frozen =
            !is_back ? ""
                     : " The lock is frozen until a second person takes the terms as they were done, or refuses them, "
                       "which ends it on our side.";
        const std::string frozen_zh =
            !is_back ? "" : "锁汇已冻结，须由第二人接受银行实际执行的条件，或予以拒绝（本机构即不再使用该锁汇）。";
        parts_.work_items.open(
            group,
            operators::NewWorkItem{
                std::string(kLockEndDiffers), std::string(kEndSubject), end.id,
                end.bank + " ended lock " + end.lock_id + " by " + end.id +
                    " otherwise: " + cost_in_words(end.charged) + (rolled ? ", at " + terms_in_words(*rolled) : "") +
                    ", and " + cost_in_words(end.cost) + (end.to ? ", at " + terms_in_words(*end.to) : "") +
                    " was offered and confirmed. It is booked as the bank did it." + frozen + " Call the bank's desk.",
                end.bank + " 以不同的条件结束锁汇 " + end.lock_id + "（" + end.id + "）：" +
                    cost_in_words_zh(end.charged) + (rolled ? "，" + terms_in_words_zh(*rolled) : "") +
                    "，而报价并经确认的为" + cost_in_words_zh(end.cost) +
                    (end.to ? "，" + terms_in_words_zh(*end.to) : "") + "。已按银行实际处理入账。" + frozen_zh +
                    "请致电银行交易室。"});
    }
};

}  // namespace

std::unique_ptr<calls::AnswerHandler> make_end_cost_handler(const ConvertParts& parts) {
    return std::make_unique<CostHandler>(parts);
}
std::unique_ptr<calls::AnswerHandler> make_end_handler(const ConvertParts& parts) {
    return std::make_unique<EndHandler>(parts);
}

}  // namespace huiqiao::flow
