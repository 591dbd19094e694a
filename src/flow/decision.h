#pragma once
// A verb that two persons carry out. A maker asks for it with his reason and the hash of his evidence; what it would do
// is planned and kept with what he asked, so that the checker sees every entry and change before he releases it. When
// it is carried out the same plan is made again under lock: where it is not what was released, the world has moved on
// and nothing happens. Entries that are shown are posted as shown, by this file and not by the verbs.
// Who the two persons are, and that an approval is used once, is src/operators' and src/api's.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/flow/postings.h"
#include "src/http/json.h"
#include "src/http/json_writer.h"
#include "src/ledger/ledger.h"

namespace huiqiao::flow {

/// What a maker asks for: one canonical JSON object of his fields and the preview, which is hashed as it stands.
struct Proposal {
    std::string subject_id;
    std::string content;
};

/// What was released, and by whom.
struct Released {
    std::string approval_id;
    std::string content;
    std::string maker;
    std::string checker;
    std::string request_id;  // of the checker's call
};

/// One release at work in a write group; the steps are db::Work's.
class DecisionWork {
 public:
    virtual ~DecisionWork() = default;
    virtual void find(db::Reader& reader) = 0;
    virtual void claim(db::Claims& claims) = 0;
    virtual void lock(db::Locks& locks) = 0;
    /// All of it, or an error and nothing.
    virtual Status run(db::Group& group) = 0;
};

class Decision {
 public:
    virtual ~Decision() = default;
    [[nodiscard]] virtual std::string_view action() const = 0;
    /// The maker's fields as canonical JSON; faults are noted in the reader.
    [[nodiscard]] virtual std::string read(http::JsonObject& json) const = 0;
    /// Of what read() gave. An error where it could not be carried out as things stand.
    [[nodiscard]] virtual Result<Proposal> propose(db::Reader& reader, const std::string& wish) const = 0;
    [[nodiscard]] virtual std::unique_ptr<DecisionWork> begin(Released released) const = 0;
};

/// Rows and accounts that a plan may touch, from columns that never change.
struct Touched {
    std::vector<ledger::Account> accounts;
    std::vector<std::pair<const db::LockTable*, std::string>> rows;
    std::vector<std::string> call_ids;
    std::vector<std::string> work_item_ids;  // closed only where nothing of their matter is left

    void row(const db::LockTable& table, std::string id) { rows.emplace_back(&table, std::move(id)); }
};

/// A change that is no entry: "ord_1", "held: remittance_rejected", "to be paid: USD 30.00".
struct PreviewChange {
    std::string subject_id;
    std::string from;
    std::string to;
};

struct Plan {
    virtual ~Plan() = default;
    std::string subject_id;
    std::vector<PreviewChange> changes;
    std::vector<ledger::Draft> entries;
    std::vector<ledger::Draft> later;  // shown, and booked when the bank's word comes
};

/// The one way in which the verbs below are asked for and carried out.
class PlannedDecision : public Decision {
 public:
    explicit PlannedDecision(const ledger::Ledger& ledger) : ledger_(ledger) {}
    [[nodiscard]] Result<Proposal> propose(db::Reader& reader, const std::string& wish) const final;
    [[nodiscard]] std::unique_ptr<DecisionWork> begin(Released released) const final;

 protected:
    friend class PlannedWork;
    [[nodiscard]] virtual Touched touched(db::Reader& reader, const std::string& wish) const = 0;
    /// From the rows as they stand; changes nothing. The event is the approval's, for its entries.
    [[nodiscard]] virtual Result<std::unique_ptr<Plan>> plan(db::Reader& reader, const std::string& wish,
                                                             const postings::Event& event) const = 0;
    /// The plan's entries are posted; this does the rest.
    virtual void carry_out(db::Group& group, const Released& released, Plan& plan) const = 0;

    [[nodiscard]] const ledger::Ledger& ledger() const { return ledger_; }

 private:
    const ledger::Ledger& ledger_;
};

/// Why, and the SHA-256 of the document that shows it (OPS-01).
struct Grounds {
    std::string reason;
    std::string evidence_sha256;
};
Grounds read_grounds(http::JsonObject& json);
void write_grounds(http::JsonWriter& json, const Grounds& grounds);

/// "approved: apr_…", for what is closed by a decision.
std::string closing_note(const Released& released);
std::string amount_with_currency(const Money& money);

/// A wish read back from what read() wrote.
template <class T>
T read_back(const std::string& wish, T (*read)(http::JsonObject&)) {
    const auto json = http::Json::parse(wish);
    if (!json) throw LogicError("what was asked is no JSON");
    std::vector<Error> errors;
    http::JsonObject object(json->root(), errors);
    T asked = read(object);
    object.finish();
    if (!errors.empty()) throw LogicError("what was asked cannot be read back: " + errors.front().english());
    return asked;
}

namespace decision_error {
inline constexpr ErrorCode kPlanChanged{"plan_changed", ErrorGroup::Conflict,
                                        "What this would do is not what was asked for any more. Ask again.",
                                        "执行结果与申请时的预览不一致，请重新发起。"};
inline constexpr ErrorCode kBadHash{"bad_evidence_hash", ErrorGroup::Syntax,
                                    "'{field}' must be 64 hexadecimal digits in lower case.",
                                    "“{field}”应为 64 位小写十六进制。"};
}  // namespace decision_error

}  // namespace huiqiao::flow
