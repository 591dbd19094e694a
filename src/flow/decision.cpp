#include "src/flow/decision.h"

#include "src/calls/calls.h"
#include "src/flow/note_overdrawn.h"
#include "src/operators/work_item.h"

namespace huiqiao::flow {

namespace {

constexpr http::TextRule kReason{10, 250, false, false};
constexpr http::TextRule kHash{64, 64, false, true};

void write_entry(http::JsonWriter& json, const ledger::Draft& entry) {
    json.open_object().field("kind", entry.fact.kind);
    if (!entry.reverses.empty()) json.field("reverses", entry.reverses);
    json.key("postings").open_array();
    for (const ledger::Posting& posting : entry.postings) {
        json.open_object()
            .field("account", posting.account.id())
            .field("direction", ledger::to_text(posting.direction))
            .field("amount", posting.amount)
            .close_object();
    }
    json.close_array().close_object();
}

/// What was asked, and what it would do.
std::string content_of(std::string wish, const Plan& plan) {
    http::JsonWriter json;
    json.open_object().key("changes").open_array();
    for (const PreviewChange& change : plan.changes) {
        json.open_object()
            .field("subject_id", change.subject_id)
            .field("from", change.from)
            .field("to", change.to)
            .close_object();
    }
    json.close_array().key("entries").open_array();
    for (const ledger::Draft& entry : plan.entries) write_entry(json, entry);
    json.close_array();
    if (!plan.later.empty()) {
        json.key("later").open_array();
        for (const ledger::Draft& entry : plan.later) write_entry(json, entry);
        json.close_array();
    }
    json.close_object();
    wish.pop_back();  // the object's bracket
    return wish + ",\"preview\":" + json.take() + "}";
}

/// The fields without the preview, as read() wrote them.
std::string wish_in(const Decision& decision, const std::string& content) {
    const auto json = http::Json::parse(content);
    if (!json) throw LogicError("an approval's content is no JSON");
    std::vector<Error> errors;
    http::JsonObject object(json->root(), errors);
    std::string wish = decision.read(object);
    if (!errors.empty()) throw LogicError("an approval's content cannot be read back: " + errors.front().english());
    return wish;
}

}  // namespace

class PlannedWork final : public DecisionWork {
 public:
    PlannedWork(const PlannedDecision& decision, Released released)
        : decision_(decision), released_(std::move(released)), wish_(wish_in(decision, released_.content)) {}

    void find(db::Reader& reader) override { touched_ = decision_.touched(reader, wish_); }
    void claim(db::Claims& claims) override {
        for (const ledger::Account& account : touched_.accounts) decision_.ledger().claim(claims, account);
    }
    void lock(db::Locks& locks) override {
        for (const std::string& id : touched_.call_ids) calls::Calls::lock(locks, id);
        for (const std::string& id : touched_.work_item_ids) operators::WorkItems().lock(locks, id);
        for (const auto& [table, id] : touched_.rows) locks.add(*table, id);
        for (const ledger::Account& account : touched_.accounts) decision_.ledger().lock(locks, account);
    }
    Status run(db::Group& group) override {
        const postings::Event event{.source_type = "approval",
                                    .source_id = released_.approval_id,
                                    .occurred_at = group.now,
                                    .value_date = group.business_date,
                                    .actor = released_.maker + "+" + released_.checker,
                                    .request_id = released_.request_id};
        Result<std::unique_ptr<Plan>> made = decision_.plan(group.tx, wish_, event);
        if (!made) return made.error();
        Plan& plan = **made;
        if (content_of(wish_, plan) != released_.content) return Error(decision_error::kPlanChanged);
        if (!plan.entries.empty()) note_overdrawn(group, decision_.ledger().post(group, plan.entries));
        decision_.carry_out(group, released_, plan);
        return Done{};
    }

 private:
    const PlannedDecision& decision_;
    const Released released_;
    const std::string wish_;
    Touched touched_;
};

Result<Proposal> PlannedDecision::propose(db::Reader& reader, const std::string& wish) const {
    // The approval has no id yet; nothing of its event is shown.
    const Result<std::unique_ptr<Plan>> made =
        plan(reader, wish, {.source_type = "approval", .source_id = "asked", .value_date = {}});
    if (!made) return made.error();
    return Proposal{(*made)->subject_id, content_of(wish, **made)};
}

std::unique_ptr<DecisionWork> PlannedDecision::begin(Released released) const {
    return std::make_unique<PlannedWork>(*this, std::move(released));
}

Grounds read_grounds(http::JsonObject& json) {
    Grounds grounds{json.text("reason", kReason), json.text("evidence_sha256", kHash)};
    if (grounds.evidence_sha256.find_first_not_of("0123456789abcdef") != std::string::npos) {
        json.fault("evidence_sha256", decision_error::kBadHash, {{"field", "evidence_sha256"}});
    }
    return grounds;
}

void write_grounds(http::JsonWriter& json, const Grounds& grounds) {
    json.field("reason", grounds.reason).field("evidence_sha256", grounds.evidence_sha256);
}

std::string closing_note(const Released& released) {
    return "by approval " + released.approval_id;
}

std::string amount_with_currency(const Money& money) {
    return std::string(money.currency().code()) + " " + money.text();
}

}  // namespace huiqiao::flow
