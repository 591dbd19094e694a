#pragma once
// What the steps of declaring share: the rooms they work with, rows found before a group begins, and what a receipt
// does to a declaration. Only for src/flow/declare*.cpp.

#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <unordered_map>

#include "customs/declaration_store.h"
#include "customs/return_code.h"
#include "src/flow/declare.h"
#include "src/flow/operation_of.h"
#include "src/flow/save_orders.h"
#include "src/operators/work_item.h"
#include "src/orders/order_store.h"

namespace huiqiao::flow {

struct DeclareParts {
    db::Database& database;
    db::WriteQueue& queue;
    IdSource& ids;
    const calls::Calls& calls;
    const crypto::Sealer& sealer;
    const parties::PartyStore& parties;
    const customs::CustomsGateway& gateway;
    const customs::Seal& seal;
    DeclareSettings settings;
    operators::WorkItems work_items;

    [[nodiscard]] const customs::Declarant& declarant_of(const std::string& port) const;
    /// Every DXP number that we have a mailbox of.
    [[nodiscard]] std::set<std::string> mailboxes() const;
};

/// What is declared as paid: what has come and not gone back; the whole order where others collected.
Money declared_amount(const orders::Order& order);

/// When the payment that completed each order was made, by the channel's word; whole seconds.
std::map<std::string, Instant> paid_at_of(db::Reader& reader, std::span<const std::string> order_ids);

/// CST-05: held, rejected, or accepted with another amount than the order now has.
bool may_correct(const customs::Declaration& declaration, const orders::Order& order);

/// As what a corrected one is sent: a change where customs has it, else as the settings say after a rejection, else
/// new.
customs::AppType corrected_app_type(const customs::Declaration& declaration, const DeclareSettings& settings);

/// Declarations with all that a receipt or an answer may touch. Ids of orders and calls never change, so they are found
/// before the group and locked in it.
struct DeclarationRows {
    std::vector<std::string> declaration_ids;
    std::vector<std::string> order_ids;
    std::set<std::string> call_ids;

    static DeclarationRows find(db::Reader& reader, std::span<const std::string> declaration_ids, bool with_calls);
    void lock(db::Locks& locks) const;
};

/// Those declarations under lock, changed in memory and written once.
class DeclarationsInHand {
 public:
    DeclarationsInHand(db::Group& group, const DeclareParts& parts, const DeclarationRows& rows);

    /// What customs says of one part. Late, repeated and contradicting receipts change nothing wrong (CST-02).
    void apply(const std::string& declaration_id, int part_no, const customs::ReturnCode& code, Instant returned_at);
    /// Nothing was heard of a document that was carried: the next part says the same.
    void look_after(const std::string& declaration_id);
    /// By a person. False where the state lets nothing be corrected.
    bool correct(const std::string& declaration_id, Instant paid_at);

    [[nodiscard]] const customs::Declaration* find(const std::string& declaration_id) const;
    /// Rows, orders with their events, instructions, work items.
    void save();

 private:
    struct InHand {
        customs::Declaration declaration;
        std::vector<customs::DeclarationPart> parts;
        std::vector<calls::InstructionRow> instructions;  // of every part
        bool changed = false;
        std::string event_type;  // of its order
    };
    using Outcome = calls::InstructionOutcome;

    bool move(InHand& in_hand, customs::DeclarationEvent event);
    void accept(InHand& in_hand, const customs::DeclarationPart& part, const customs::ReturnCode& code,
                Instant returned_at);
    void reject(InHand& in_hand, const customs::ReturnCode& code, Instant returned_at);
    void again(InHand& in_hand, const customs::ReturnCode& code);
    /// Whether an error that names the form of the current part can be late word of an earlier part, of the other form:
    /// a receipt names the serial and an hour, not the part.
    static bool is_said_of_earlier(const InHand& in_hand);
    void forward(InHand& in_hand, customs::DeclarationEvent event);
    void contradiction(const InHand& in_hand, const customs::ReturnCode& code);
    void tell(const InHand& in_hand, std::string_view kind, const std::string& english, const std::string& chinese);
    void settle(const InHand& in_hand, int part_no, Outcome outcome);
    [[nodiscard]] static const customs::DeclarationPart* part_of(const InHand& in_hand, int part_no);

    db::Group& group_;
    const DeclareParts& parts_;
    std::map<std::string, InHand> in_hand_;
    std::map<std::string, orders::Order> orders_;
    std::vector<calls::OutsideFact> facts_;
    std::vector<operators::NewWorkItem> work_items_;
};

/// Rows found in step 1 of a call's answer, kept until its effect. Several queues may share a handler in tests.
template <class T>
class FoundByCall {
 public:
    void put(const std::string& call_id, T found) {
        const std::lock_guard lock(mutex_);
        by_call_.insert_or_assign(call_id, std::make_shared<T>(std::move(found)));
    }
    [[nodiscard]] std::shared_ptr<const T> get(const std::string& call_id) const {
        const std::lock_guard lock(mutex_);
        const auto at = by_call_.find(call_id);
        if (at == by_call_.end()) throw LogicError("nothing was found for call " + call_id);
        return at->second;
    }
    void forget(const std::string& call_id) {
        const std::lock_guard lock(mutex_);
        by_call_.erase(call_id);
    }

 private:
    mutable std::mutex mutex_;
    std::unordered_map<std::string, std::shared_ptr<const T>> by_call_;  // shared: read while another call's is put
};

/// Operations; one item each.
struct OpenDeclarations : db::Item {
    std::vector<std::string> order_ids;  // candidates
    int opened = 0;                      // answer
};
struct SendDeclarations : db::Item {
    std::vector<std::string> declaration_ids;  // candidates of one declarant, at most a message full
    int sent = 0;                              // answers
    int held = 0;
};
struct LookAfterDeclarations : db::Item {
    std::vector<std::string> declaration_ids;
    int sent_again = 0;  // answer
};
std::unique_ptr<db::Operation> make_open_declarations(const DeclareParts& parts);
std::unique_ptr<db::Operation> make_send_declarations(const DeclareParts& parts);
std::unique_ptr<db::Operation> make_look_after_declarations(const DeclareParts& parts);
std::unique_ptr<db::Operation> make_ask_receipts(const DeclareParts& parts);
std::unique_ptr<Decision> make_declare_again(const DeclareParts& parts, const ledger::Ledger& ledger);

std::unique_ptr<calls::AnswerHandler> make_declare_handler(const DeclareParts& parts);
std::unique_ptr<calls::AnswerHandler> make_receipts_handler(const DeclareParts& parts);

}  // namespace huiqiao::flow
