#include "src/flow/lock_ends.h"

#include <algorithm>

#include "src/flow/decision.h"
#include "src/flow/lock_end_parts.h"

namespace huiqiao::flow {

namespace {

constexpr int kLookedAt = 50;  // ends of one lock

using fx::EndWay;

Error with_lock(const ErrorCode& code, const fx::Lock& lock, std::vector<std::pair<std::string, std::string>> more) {
    more.emplace_back("lock", lock.id);
    more.emplace_back("bank", lock.bank);
    return Error(code, std::move(more));
}

}  // namespace

const fx::LockEndBank* end_bank(const ConvertParts& parts, const std::string& bank) {
    const auto found = parts.settings.banks.find(bank);
    return found == parts.settings.banks.end() ? nullptr : found->second.ends;
}

Status may_end(db::Reader& reader, const ConvertParts& parts, const HeldLockInHand& in_hand, Instant now) {
    const fx::Lock& lock = in_hand.lock;
    if (fx::is_live(lock.state) && fx::is_spent(lock, in_hand.held))
        return with_lock(lock_end_error::kNothingLeft, lock, {});
    if (!fx::is_usable(lock, now, parts.settings.lock_needs))
        return with_lock(lock_end_error::kLockOver, lock, {{"state", std::string(to_text(lock.state))}});
    const std::vector<std::string> drawing = fx::PurchaseStore::open_by_lock(reader, lock.id);
    if (!drawing.empty()) return with_lock(lock_end_error::kDrawnOn, lock, {{"purchase", drawing.front()}});
    return Done{};
}

std::optional<fx::LockEnd> open_end(db::Reader& reader, const std::string& lock_id) {
    const HeldLockInHand in_hand = HeldLockInHand::load(reader, lock_id);
    for (fx::LockEnd& end : fx::LockEndStore::of_lock(reader, lock_id, kLookedAt))
        if (!end.is_look && (fx::is_open(end.state) || is_held_back(end, in_hand))) return std::move(end);
    return std::nullopt;
}

std::string cost_in_words(const fx::EndCost& cost) {
    if (cost.we_pay.is_positive()) return amount_with_currency(cost.we_pay) + " to pay";
    return cost.we_get.is_positive() ? amount_with_currency(cost.we_get) + " to get" : "nothing to pay";
}
std::string cost_in_words_zh(const fx::EndCost& cost) {
    if (cost.we_pay.is_positive()) return "须支付 " + amount_with_currency(cost.we_pay);
    return cost.we_get.is_positive() ? "可收取 " + amount_with_currency(cost.we_get) : "无须支付";
}

std::string terms_in_words(const fx::LockEnd& end) {
    if (!end.to) return "";
    return ", at " + end.to->rate.per_one() + " (now " + end.from->rate.per_one() + ") until " +
           rfc3339(end.to->expires_at) + " for " + end.to->value_date.text();
}
std::string terms_in_words_zh(const fx::LockEnd& end) {
    if (!end.to) return "";
    return "，新汇率 " + end.to->rate.per_one() + "（原为 " + end.from->rate.per_one() + "），有效至 " +
           rfc3339(end.to->expires_at) + "，起息日 " + end.to->value_date.text();
}

std::string terms_in_words(const fx::LockTerms& terms) {
    return terms.rate.per_one() + " until " + rfc3339(terms.expires_at) + " for " + terms.value_date.text();
}
std::string terms_in_words_zh(const fx::LockTerms& terms) {
    return "汇率 " + terms.rate.per_one() + "，有效至 " + rfc3339(terms.expires_at) + "，起息日 " +
           terms.value_date.text();
}

bool move(fx::LockEnd& end, fx::LockEndEvent event) {
    const std::optional<fx::LockEndState> to = fx::next(end.state, event);
    if (to) end.state = *to;
    return to.has_value();
}

void unfreeze(db::Group& group, const ConvertParts& parts, HeldLockInHand& in_hand) {
    in_hand.held.end_id.clear();
    hold_for_left(group, parts, in_hand, Money::zero(in_hand.held.cny.currency()));
    fx::QuoteStore::save_lock(group.tx, in_hand.lock, look_at_lock(parts, in_hand.lock, group.now));
}

std::vector<std::string> calls_of_end(db::Reader& reader, std::string_view operation, const std::string& end_id) {
    std::vector<std::string> ids;
    for (const calls::InstructionRow& row :
         calls::Calls::instructions(reader, operation, kEndSubject, std::span(&end_id, 1)))
        ids.push_back(row.call_id);
    return ids;
}

class LockEnds::Impl {
 public:
    Impl(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger, const calls::Calls& calls,
         const fx::ValueDates& value_dates, ConvertSettings settings)
        : parts_{database, queue, ledger, calls, value_dates, std::move(settings), {}},
          ask_(make_ask_lock_end(parts_)),
          decide_(make_decide_lock_end(parts_)),
          cost_(make_end_cost_handler(parts_)),
          end_(make_end_handler(parts_)),
          lapse_(make_lapse_lock_end(parts_)) {}

    int step(Instant now) {
        std::vector<std::shared_ptr<db::Item>> items;
        parts_.database.look([&](db::Reader& reader) {
            items.clear();
            for (std::string& id : fx::LockEndStore::due(reader, now, 100)) {
                items.push_back(std::make_shared<LapseLockEnd>());
                static_cast<LapseLockEnd&>(*items.back()).end_id = std::move(id);
            }
        });
        if (items.empty()) return 0;
        int done = 0;
        const std::vector<Status> written = parts_.queue.run(*lapse_, items);
        for (std::size_t i = 0; i < items.size(); ++i)
            done += written[i].ok() && static_cast<const LapseLockEnd&>(*items[i]).lapsed ? 1 : 0;
        return done;
    }

    std::vector<EndChoice> choices(db::Reader& reader, const std::string& lock_id, Instant now) const {
        const std::optional<fx::HeldLockStore::Row> row = fx::HeldLockStore::find(reader, lock_id);
        if (!row) return {};
        const HeldLockInHand in_hand{row->lock, row->held};
        const Status may = may_end(reader, parts_, in_hand, now);
        const std::optional<fx::LockEnd> open = open_end(reader, lock_id);
        const std::vector<fx::LockEnd> ends = fx::LockEndStore::of_lock(reader, lock_id, kLookedAt);
        const fx::LockEndBank* bank = end_bank(parts_, row->lock.bank);
        std::vector<EndChoice> all{EndChoice{}};
        for (const EndWay way : {EndWay::Cancel, EndWay::CloseOut, EndWay::Roll}) {
            EndChoice& choice = all.emplace_back(EndChoice{.way = way, .why_not = {}, .latest = {}});
            if (bank == nullptr || !bank->traits().can(way)) {
                choice.why_not =
                    with_lock(lock_end_error::kCannot, row->lock, {{"way", std::string(fx::to_text(way))}});
            } else if (!may) {
                choice.why_not = may.error();
            } else if (open) {
                choice.why_not = with_lock(lock_end_error::kAlready, row->lock,
                                           {{"end", open->id}, {"state", std::string(fx::to_text(open->state))}});
            }
            const auto latest =
                std::find_if(ends.begin(), ends.end(), [&](const fx::LockEnd& end) { return end.way == way; });
            if (latest != ends.end()) choice.latest = *latest;
        }
        return all;
    }

    ConvertParts parts_;
    std::unique_ptr<db::Operation> ask_;
    std::unique_ptr<db::Operation> decide_;
    std::unique_ptr<calls::AnswerHandler> cost_;
    std::unique_ptr<calls::AnswerHandler> end_;

 private:
    std::unique_ptr<db::Operation> lapse_;
};

LockEnds::LockEnds(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger,
                   const calls::Calls& calls, const fx::ValueDates& value_dates, ConvertSettings settings)
    : impl_(std::make_unique<Impl>(database, queue, ledger, calls, value_dates, std::move(settings))) {}
LockEnds::~LockEnds() = default;

db::Operation& LockEnds::ask() {
    return *impl_->ask_;
}
db::Operation& LockEnds::decide() {
    return *impl_->decide_;
}
int LockEnds::step(Instant now) {
    return impl_->step(now);
}
calls::AnswerHandler& LockEnds::cost_handler() {
    return *impl_->cost_;
}
calls::AnswerHandler& LockEnds::end_handler() {
    return *impl_->end_;
}
std::vector<EndChoice> LockEnds::choices(db::Reader& reader, const std::string& lock_id, Instant now) const {
    return impl_->choices(reader, lock_id, now);
}

}  // namespace huiqiao::flow
