// The channel's settlement files: asked for, and stored payment by payment. A payment belongs to the first batch that
// names it, and counts once in it; whatever names it again is a work item.

#include <algorithm>
#include <set>

#include "src/base/planted.h"
#include "src/flow/fund_channel_parts.h"
#include "src/operators/work_item.h"
#include "src/reconciliation/settlement_store.h"

namespace huiqiao::flow {
namespace {

using orders::ChannelSettlement;
using reconciliation::SettlementBatch;
using reconciliation::SettlementDay;
using reconciliation::SettlementPayment;
using reconciliation::SettlementStore;

constexpr std::string_view kOperation = "channel.settlement";
constexpr int kSafetyAsks = 10;  // see fund_statements.cpp

class AskWork final : public db::Work {
 public:
    AskWork(const ChannelParts& parts, std::vector<AskFilesItem*> items) : parts_(parts), items_(std::move(items)) {}

    void claim(db::Claims& claims) override {
        for (const AskFilesItem* item : items_) {
            for (const Date day : item->new_days) SettlementStore::claim_day(claims, parts_.settings.channel, day);
        }
    }
    void lock(db::Locks& locks) override {
        for (const AskFilesItem* item : items_) {
            for (const Date day : item->new_days)
                ids_.push_back(SettlementDay{parts_.settings.channel, day, 0, {}}.id());
            ids_.insert(ids_.end(), item->due.begin(), item->due.end());
        }
        for (const std::string& id : ids_) locks.add(reconciliation::kSettlementDayLock, id);
    }
    void run(db::Group& group) override {
        std::vector<SettlementDay> changed;
        std::vector<calls::NewCall> calls;
        std::vector<operators::NewWorkItem> missing;
        const Date today = Date::in_shanghai(group.now);
        for (SettlementDay day : SettlementStore::days(group.tx, ids_)) {
            if (!day.due_at || *day.due_at > group.now) continue;
            if (parts_.settings.gives_up(day.day, today)) {
                day.due_at.reset();
                if (is_owed(day)) missing.push_back(missing_day(day));
            } else {
                calls.push_back(call_for(group, day));
                ++day.asked;
                day.due_at = group.now + parts_.settings.ask_every * kSafetyAsks;
            }
            changed.push_back(std::move(day));
        }
        if (!calls.empty()) parts_.calls.prepare(group, calls);
        SettlementStore::save_days(group.tx, changed);
        operators::WorkItems().open(group, missing);
        items_.front()->prepared = static_cast<int>(calls.size());
    }

 private:
    [[nodiscard]] bool is_owed(const SettlementDay& day) const {
        return std::any_of(items_.begin(), items_.end(),
                           [&](const AskFilesItem* item) { return item->owed.contains(day.id()); });
    }

    /// A day without payments has no file, and nobody is told of it.
    [[nodiscard]] operators::NewWorkItem missing_day(const SettlementDay& day) const {
        const std::string days = std::to_string(parts_.settings.ask_days);
        return {"settlement_day_missing", "settlement_day", day.id(),
                day.channel + " gave no usable settlement file of " + day.day.text() + " in " + days +
                    " days, though payments of that day are in no batch. It is not asked any more; the channel must "
                    "say where "
                    "they are.",
                day.channel + " 在 " + days + " 天内未提供 " + day.day.text() +
                    " 的可用结算文件，而该日有付款尚未结算。已停止索取，请向渠道查明。"};
    }

    calls::NewCall call_for(db::Group& group, const SettlementDay& day) const {
        const std::string reference = group.ids.random_reference("SF", 20);
        return calls::NewCall{
            .operation = std::string(kOperation),
            .counterparty = day.channel,
            .recovery = calls::Recovery::Resendable,
            .reference = reference,
            .request = parts_.channel.settlement_file(day.day),
            .instructions = {{"settlement_day", day.id() + "|" + std::to_string(to_us(group.now) / 1000), 1, reference,
                              std::nullopt}},
            .not_before = std::nullopt};
    }

    const ChannelParts& parts_;
    std::vector<AskFilesItem*> items_;
    std::vector<std::string> ids_;
};

/// What an answer was: a file, "not yet", or something that a person must see.
struct ReadFile {
    std::optional<ChannelSettlement> settlement;
    std::string unusable;
};

class SettlementHandler final : public calls::AnswerHandler {
 public:
    explicit SettlementHandler(const ChannelParts& parts) : parts_(parts) {}

    [[nodiscard]] std::string_view operation() const override { return kOperation; }
    [[nodiscard]] std::optional<WireRequest> query(const calls::Call&) const override { return std::nullopt; }
    [[nodiscard]] std::optional<std::chrono::seconds> next_query(int) const override { return std::nullopt; }

    void sign(const calls::Call&, WireRequest& request) const override { parts_.channel.sign(request); }

    [[nodiscard]] calls::Reading read(const calls::Call& call, const WireAnswer& answer, bool) const override {
        const calls::Instruction& instruction = call.instructions.at(0);
        InstructionAnswer said{.reference = instruction.reference,
                               .outcome = Outcome::RejectedFinal,
                               .their_reference = "",
                               .amount = std::nullopt,
                               .reason_code = "",
                               .reason = ""};
        ReadFile read;
        Result<ChannelSettlement> file = parts_.channel.read_settlement_file(day_of(call), answer);
        if (file) {
            said.outcome = Outcome::Confirmed;
            said.their_reference = file->deposit_reference;
            read.settlement = std::move(file).value();
        } else {
            // A read that failed is over; the day is asked for again in its turn.
            said.reason = file.error().english();
            if (file.error().code == &orders::channel_error::kBadSettlementFile) read.unusable = said.reason;
        }
        return {{std::move(said)}, std::move(read)};
    }

    /// "Not yet". A file that cannot be used is what a person will ask the channel about.
    [[nodiscard]] bool is_passing(const calls::Reading& reading) const override {
        const auto* read = std::any_cast<ReadFile>(&reading.details);
        return read != nullptr && !read->settlement && read->unusable.empty();
    }

    void claim(db::Claims& claims, const calls::Call& call, const calls::Reading& reading) override {
        const auto* read = std::any_cast<ReadFile>(&reading.details);
        if (read == nullptr || !read->settlement || read->settlement->lines.empty()) return;
        SettlementStore::claim_batch(claims, batch_of(*read->settlement), call.id);
        for (const SettlementPayment& payment : payments_of(*read->settlement))
            SettlementStore::claim_payment(claims, payment);
    }
    void lock(db::Locks& locks, const calls::Call& call, const calls::Reading&) override {
        locks.add(reconciliation::kSettlementDayLock, day_id(call));
    }

    void apply(db::Group& group, const calls::Call& call, const calls::Reading& reading,
               std::span<const calls::Moved>) override {
        const std::string id = day_id(call);
        std::vector<SettlementDay> days = SettlementStore::days(group.tx, std::span(&id, 1));
        if (days.empty() || !days.front().due_at) return;
        const auto* read = std::any_cast<ReadFile>(&reading.details);
        days.front().due_at =
            group.now + parts_.settings.ask_again_after(days.front().day, Date::in_shanghai(group.now));
        if (read != nullptr && read->settlement) {
            days.front().due_at.reset();
            note_doubles(group, *read->settlement);
            if (is_planted(Bug::FeeFromUnfunded))
                SettlementStore::release_payments(group.tx, batch_of(*read->settlement).id(), group.now);
        } else if (read != nullptr && !read->unusable.empty()) {
            operators::WorkItems().open(group, operators::NewWorkItem{"settlement_file_unusable", "settlement_day", id,
                                                                      read->unusable, "渠道结算文件不可用，请核查。"});
        }
        SettlementStore::save_days(group.tx, days);
    }

 private:
    /// "<channel>|<yyyymmdd>|<ms>" without the time.
    static std::string day_id(const calls::Call& call) {
        const std::string& subject = call.instructions.at(0).subject_id;
        return subject.substr(0, subject.rfind('|'));
    }
    static Date day_of(const calls::Call& call) {
        const std::string id = day_id(call);
        return Date::of_number(std::stoll(id.substr(id.rfind('|') + 1)));
    }

    [[nodiscard]] SettlementBatch batch_of(const ChannelSettlement& file) const {
        return {parts_.settings.channel,
                file.deposit_reference,
                file.date,
                file.gross,
                file.cost,
                static_cast<int>(file.lines.size()),
                ""};
    }
    [[nodiscard]] std::vector<SettlementPayment> payments_of(const ChannelSettlement& file) const {
        std::vector<SettlementPayment> payments;
        const std::string batch = batch_of(file).id();
        for (const orders::SettlementLine& line : file.lines) {
            payments.push_back({parts_.settings.channel, batch, line.reference, line.channel_number, line.gross,
                                line.cost, std::nullopt});
        }
        return payments;
    }

    void note_doubles(db::Group& group, const ChannelSettlement& file) const {
        std::vector<operators::NewWorkItem> items;
        std::set<std::string> seen;
        const std::string batch = batch_of(file).id();
        for (const SettlementPayment& payment : payments_of(file)) {
            // Both lines of one batch claim the same key, so the key alone does not tell them apart.
            const bool again = !seen.insert(payment.reference).second;
            if (!again && SettlementStore::owner_of(group.claims, payment) == batch) continue;
            items.push_back({"settled_twice", "payment_reference", payment.reference,
                             "Payment " + payment.reference + " stands in batch " + batch +
                                 (again ? " twice." : " and in an earlier one."),
                             "支付 " + payment.reference +
                                 (again ? " 在同一结算批次中出现两次。" : " 同时出现在两个结算批次中。")});
        }
        if (!items.empty()) operators::WorkItems().open(group, items);
    }

    const ChannelParts& parts_;
};

}  // namespace

std::unique_ptr<db::Operation> make_ask_files(const ChannelParts& parts) {
    return std::make_unique<OperationOf<AskWork, AskFilesItem, ChannelParts>>(parts, "ask_settlement_files");
}
std::unique_ptr<calls::AnswerHandler> make_settlement_handler(const ChannelParts& parts) {
    return std::make_unique<SettlementHandler>(parts);
}

}  // namespace huiqiao::flow
