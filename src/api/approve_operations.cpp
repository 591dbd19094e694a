#include "src/api/approve_operations.h"

#include "src/api/approval_content.h"
#include "src/api/platform_api.h"

namespace huiqiao::api {

namespace {

/// Read in the group that acts: a suspension between the signature's check and now counts.
Result<operators::Operator> active(db::Group& group, const std::string& id) {
    const auto who = operators::OperatorStore::find(group.tx, id);
    if (!who || who->state != operators::OperatorState::Active) return Error(api_error::kOperatorGone);
    return *who;
}

class AskWork final : public db::Work {
 public:
    explicit AskWork(std::span<const std::shared_ptr<db::Item>> items) {
        for (const auto& item : items) items_.push_back(static_cast<AskItem*>(item.get()));
    }

    /// What waits for the same may have to give way.
    void find(db::Reader& reader) override {
        for (const AskItem* item : items_)
            standing_.push_back(operators::Approvals::waiting_for(reader, item->action, item->subject_id));
    }
    void lock(db::Locks& locks) override {
        for (const std::string& id : standing_)
            if (!id.empty()) operators::Approvals::lock(locks, id);
    }

    void run(db::Group& group) override {
        for (std::size_t at = 0; at < items_.size(); ++at) {
            AskItem* const item = items_[at];
            item->error.reset();
            item->approval.reset();
            if (item->skipped) continue;
            const auto who = active(group, item->operator_id);
            if (!who) {
                item->error = who.error();
                continue;
            }
            const auto asked =
                operators::Approvals::ask(group, *who, item->action, item->subject_id, item->content, standing_.at(at));
            if (asked) item->approval = *asked;
            if (!asked) item->error = asked.error();
        }
    }

 private:
    std::vector<AskItem*> items_;
    std::vector<std::string> standing_;  // beside items_: ids, empty where nothing waits
};

class DecideWork final : public db::Work {
 public:
    DecideWork(calls::Resolve& resolve, const ledger::Ledger& ledger, const Decisions& decisions,
               std::span<const std::shared_ptr<db::Item>> items)
        : resolve_(resolve), ledger_(ledger), decisions_(decisions) {
        for (const auto& item : items)
            cases_.push_back({static_cast<DecideItem*>(item.get()), nullptr, nullptr, nullptr});
    }

    void find(db::Reader& reader) override {
        for (Case& each : cases_) {
            // What is asked never changes, so it may be read before the lock.
            const auto approval = operators::Approvals::find(reader, each.item->approval_id);
            if (!approval || each.item->verdict != Verdict::Release) continue;
            if (const flow::Decision* decision = find_decision(decisions_, approval->action)) {
                each.decision = decision->begin(
                    {approval->id, approval->content, approval->maker, each.item->operator_id, each.item->request_id});
                each.decision->find(reader);
            }
            if (approval->action != kResolveInstruction) continue;
            each.resolution = resolution_of(approval->content);
            each.resolution->maker = approval->maker;
            each.resolution->checker = each.item->operator_id;
            const std::shared_ptr<db::Item> item = each.resolution;
            each.work = resolve_.begin(std::span(&item, 1));
            each.work->find(reader);
        }
    }

    void claim(db::Claims& claims) override {
        for (Case& each : cases_) {
            if (each.work) each.work->claim(claims);
            if (each.decision) each.decision->claim(claims);
        }
    }

    void lock(db::Locks& locks) override {
        for (Case& each : cases_) {
            operators::Approvals::lock(locks, each.item->approval_id);
            if (each.work) each.work->lock(locks);
            if (each.decision) each.decision->lock(locks);
        }
    }

    void run(db::Group& group) override {
        for (Case& each : cases_) {
            each.item->error.reset();
            each.item->approval.reset();
            if (each.item->skipped) continue;
            const Status done = decide(group, each);
            if (!done) each.item->error = done.error();
            each.item->approval = operators::Approvals::find(group.tx, each.item->approval_id);
        }
    }

    void committed() override {
        for (Case& each : cases_)
            if (each.work && !each.item->skipped) each.work->committed();
    }

 private:
    struct Case {
        DecideItem* item;
        std::shared_ptr<calls::ResolveItem> resolution;
        std::unique_ptr<db::Work> work;
        std::unique_ptr<flow::DecisionWork> decision;
    };

    Status decide(db::Group& group, Case& each) const {
        const DecideItem& item = *each.item;
        const auto who = active(group, item.operator_id);
        if (!who) return who.error();
        const auto approval = operators::Approvals::find(group.tx, item.approval_id);
        if (!approval) return not_found("approval", "审批");
        if (item.verdict == Verdict::Refuse)
            return operators::Approvals::refuse(group, item.approval_id, *who, item.reason);
        if (item.verdict == Verdict::Withdraw)
            return operators::Approvals::withdraw(group, item.approval_id, *who, item.reason);
        if (approval->is_over(group.now)) return Error(api_error::kApprovalExpired);
        // What was released and could not be carried out may be tried again, by a checker who could release it.
        const Status released = operators::Approvals::release(group, item.approval_id, *who, item.content_hash);
        if (!released) return released;
        if (approval->action == kResumePayouts) {
            if (const Status resumed = resume(group, resume_of(approval->content)); !resumed) return resumed;
        } else if (each.work) {
            each.work->run(group);
            if (!each.resolution->done) return each.resolution->done;
        } else if (each.decision) {
            if (const Status done = each.decision->run(group); !done) return done;
        } else {
            return Done{};
        }
        const auto used = operators::Approvals::use(group, approval->id, approval->action, approval->content);
        if (!used) throw LogicError("approval " + approval->id + " was released and cannot be used");
        return Done{};
    }

    [[nodiscard]] Status resume(db::Group& group, const ResumeAsked& asked) const {
        if (!ledger_.stopped_payouts(group.tx).contains(asked.currency))
            return Error(api_error::kPayoutsNotStopped, {{"currency", asked.currency}});
        ledger_.resume_payouts(group, Currency::known(asked.currency));
        return Done{};
    }

    calls::Resolve& resolve_;
    const ledger::Ledger& ledger_;
    const Decisions& decisions_;
    std::vector<Case> cases_;
};

}  // namespace

const flow::Decision* find_decision(const Decisions& decisions, std::string_view action) {
    for (const flow::Decision* decision : decisions) {
        if (decision->action() == action) return decision;
    }
    return nullptr;
}

std::unique_ptr<db::Work> AskOperation::begin(std::span<const std::shared_ptr<db::Item>> items) {
    return std::make_unique<AskWork>(items);
}

std::unique_ptr<db::Work> DecideOperation::begin(std::span<const std::shared_ptr<db::Item>> items) {
    return std::make_unique<DecideWork>(resolve_, ledger_, decisions_, items);
}

}  // namespace huiqiao::api
