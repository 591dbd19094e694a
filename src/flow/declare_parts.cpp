#include "src/flow/declare_parts.h"

#include <algorithm>

#include "src/base/planted.h"
#include "src/calls/call_store.h"
#include "src/calls/states.h"
#include "src/flow/undelivered.h"

namespace huiqiao::flow {

using customs::Declaration;
using customs::DeclarationEvent;
using customs::DeclarationPart;
using customs::DeclarationState;
using customs::Meaning;

const customs::Declarant& DeclareParts::declarant_of(const std::string& port) const {
    const auto at = settings.by_port.find(port);
    return at == settings.by_port.end() ? settings.declarant : at->second;
}

std::set<std::string> DeclareParts::mailboxes() const {
    std::set<std::string> numbers{settings.declarant.dxp_id};
    for (const auto& [port, declarant] : settings.by_port) numbers.insert(declarant.dxp_id);
    return numbers;
}

Money declared_amount(const orders::Order& order) {
    if (order.payout == orders::PayoutKind::None) return order.amounts.due;
    return order.amounts.paid - order.amounts.refunding - order.amounts.refunded;
}

bool may_correct(const Declaration& declaration, const orders::Order& order) {
    if (declaration.state == DeclarationState::Accepted && declared_amount(order) == declaration.amount) return false;
    return customs::next(declaration.state, DeclarationEvent::Correct).has_value();
}

customs::AppType corrected_app_type(const Declaration& declaration, const DeclareSettings& settings) {
    if (declaration.stands) return customs::AppType::Change;
    if (declaration.state == DeclarationState::Rejected) return settings.after_rejection;
    return customs::AppType::New;
}

DeclarationRows DeclarationRows::find(db::Reader& reader, std::span<const std::string> ids, bool with_calls) {
    DeclarationRows rows;
    for (const Declaration& declaration : customs::DeclarationStore::load(reader, ids)) {
        rows.declaration_ids.push_back(declaration.id);
        rows.order_ids.push_back(declaration.order_id);
    }
    if (!with_calls || rows.declaration_ids.empty()) return rows;
    for (const calls::InstructionRow& row :
         calls::Calls::instructions(reader, "customs.declare", "declaration", rows.declaration_ids)) {
        rows.call_ids.insert(row.call_id);
    }
    return rows;
}

void DeclarationRows::lock(db::Locks& locks) const {
    for (const std::string& id : call_ids) calls::Calls::lock(locks, id);
    for (const std::string& id : order_ids) locks.add(orders::kOrderLock, id);
    for (const std::string& id : declaration_ids) locks.add(customs::kDeclarationLock, id);
}

DeclarationsInHand::DeclarationsInHand(db::Group& group, const DeclareParts& parts, const DeclarationRows& rows)
    : group_(group), parts_(parts) {
    if (rows.declaration_ids.empty()) return;
    for (Declaration& declaration : customs::DeclarationStore::load(group.tx, rows.declaration_ids)) {
        const std::string id = declaration.id;
        in_hand_.emplace(id, InHand{std::move(declaration), {}, {}, false, ""});
    }
    for (auto& [id, sent] : customs::DeclarationStore::parts(group.tx, rows.declaration_ids))
        in_hand_.at(id).parts = std::move(sent);
    for (calls::InstructionRow& row :
         calls::Calls::instructions(group.tx, "customs.declare", "declaration", rows.declaration_ids)) {
        // Another writer has sent the next part since step 1.
        if (!rows.call_ids.contains(row.call_id)) throw db::NeedLock{&calls::kCallLock, row.call_id};
        InHand& in_hand = in_hand_.at(row.instruction.subject_id);
        in_hand.instructions.push_back(std::move(row));
    }
    for (orders::Order& order : orders::OrderStore::load(group.tx, rows.order_ids)) {
        const std::string id = order.id;
        orders_.emplace(id, std::move(order));
    }
}

const Declaration* DeclarationsInHand::find(const std::string& declaration_id) const {
    const auto at = in_hand_.find(declaration_id);
    return at == in_hand_.end() ? nullptr : &at->second.declaration;
}

const DeclarationPart* DeclarationsInHand::part_of(const InHand& in_hand, int part_no) {
    for (const DeclarationPart& part : in_hand.parts) {
        if (part.part_no == part_no) return &part;
    }
    return nullptr;
}

bool DeclarationsInHand::move(InHand& in_hand, DeclarationEvent event) {
    const auto to = customs::next(in_hand.declaration.state, event);
    if (!to) return false;
    in_hand.declaration.state = *to;
    in_hand.changed = true;
    return true;
}

void DeclarationsInHand::tell(const InHand& in_hand, std::string_view kind, const std::string& english,
                              const std::string& chinese) {
    const Declaration& d = in_hand.declaration;
    work_items_.push_back({std::string(kind), "declaration", d.id, "Order " + d.order_id + ": " + english,
                           "订单 " + d.order_id + "：" + chinese});
}

void DeclarationsInHand::settle(const InHand& in_hand, int part_no, Outcome outcome) {
    for (const calls::InstructionRow& row : in_hand.instructions) {
        if (row.instruction.part_no != part_no || !calls::may_move(row.instruction.outcome, outcome)) continue;
        facts_.push_back({row.instruction.id, outcome, ""});
    }
}

void DeclarationsInHand::apply(const std::string& declaration_id, int part_no, const customs::ReturnCode& code,
                               Instant returned_at) {
    const auto at = in_hand_.find(declaration_id);
    if (at == in_hand_.end()) return;
    InHand& in_hand = at->second;
    const DeclarationPart* part = part_of(in_hand, part_no);
    if (part == nullptr) return;
    const bool is_current = part_no == in_hand.declaration.part_no;
    switch (code.meaning) {
        case Meaning::AtPort:
            if (is_current) forward(in_hand, DeclarationEvent::ReachPort);
            break;
        case Meaning::AtCustoms:
            if (is_current) forward(in_hand, DeclarationEvent::ReachCustoms);
            break;
        case Meaning::Accepted: accept(in_hand, *part, code, returned_at); break;
        case Meaning::Stands:
            // Customs keeps what it has; where that is not what this part says, a person must know.
            if (!is_current || !customs::is_open(in_hand.declaration.state)) break;
            if (part->app_type == customs::AppType::Change)
                tell(in_hand, "declaration_change_refused", std::string(code.english), std::string(code.chinese));
            accept(in_hand, *part, code, returned_at);
            break;
        case Meaning::Rejected:
            // What is said of an earlier part is overtaken by the next one.
            if (is_current) reject(in_hand, code, returned_at);
            break;
        case Meaning::AgainLater:
        case Meaning::AgainAsChange:
        case Meaning::AgainAsNew:
        case Meaning::AgainNewer:
            if (is_current && customs::is_open(in_hand.declaration.state)) again(in_hand, code);
            break;
        case Meaning::Information: break;
    }
}

void DeclarationsInHand::forward(InHand& in_hand, DeclarationEvent event) {
    if (move(in_hand, event)) in_hand.declaration.due_at = group_.now + parts_.settings.receipt_wait;
}

void DeclarationsInHand::contradiction(const InHand& in_hand, const customs::ReturnCode& code) {
    tell(in_hand, "declaration_contradiction",
         "customs has decided twice, the last receipt says " + std::to_string(code.number) + ". " +
             std::string(code.english),
         "海关先后给出相互矛盾的回执，最近一次为 " + std::to_string(code.number) + "：" + std::string(code.chinese));
}

void DeclarationsInHand::accept(InHand& in_hand, const DeclarationPart& part, const customs::ReturnCode& code,
                                Instant returned_at) {
    Declaration& d = in_hand.declaration;
    const DeclarationPart* current = part_of(in_hand, d.part_no);
    in_hand.changed = in_hand.changed || !d.stands;
    d.stands = true;
    // An older version was taken in: a changed one is still awaited.
    if (current == nullptr || current->content_hash != part.content_hash) return;
    if (d.state == DeclarationState::Accepted) return;
    if (d.state == DeclarationState::Rejected) {
        contradiction(in_hand, code);
        if (returned_at < d.decided_at) return;
    }
    if (!move(in_hand, DeclarationEvent::Accept)) return;
    d.decided_at = returned_at;
    d.return_code = std::to_string(code.number);
    d.due_at.reset();
    d.tries = 0;
    in_hand.event_type = "order.declared";
    for (const DeclarationPart& sent : in_hand.parts) {
        settle(in_hand, sent.part_no, sent.content_hash == part.content_hash ? Outcome::Confirmed : Outcome::Rejected);
    }
    parts_.work_items.close(group_, "declaration_rejected", d.id, "accepted by customs");
    parts_.work_items.close(group_, "declaration_no_receipt", d.id, "accepted by customs");
}

void DeclarationsInHand::reject(InHand& in_hand, const customs::ReturnCode& code, Instant returned_at) {
    Declaration& d = in_hand.declaration;
    if (d.state == DeclarationState::Accepted) {
        // An error number speaks of a message; only a rejection speaks of the document.
        if (code.number < 0) return;
        contradiction(in_hand, code);
        if (returned_at <= d.decided_at) return;
    }
    if (!move(in_hand, DeclarationEvent::Reject)) return;
    d.decided_at = returned_at;
    d.return_code = std::to_string(code.number);
    d.due_at.reset();
    in_hand.event_type = "order.declaration_rejected";
    settle(in_hand, d.part_no, Outcome::Rejected);
    tell(in_hand, "declaration_rejected", std::to_string(code.number) + ": " + std::string(code.english),
         std::to_string(code.number) + "：" + std::string(code.chinese));
}

bool DeclarationsInHand::is_said_of_earlier(const InHand& in_hand) {
    const Declaration& d = in_hand.declaration;
    return std::any_of(in_hand.parts.begin(), in_hand.parts.end(), [&](const DeclarationPart& part) {
        return part.part_no < d.part_no && part.app_type != d.app_type;
    });
}

void DeclarationsInHand::again(InHand& in_hand, const customs::ReturnCode& code) {
    Declaration& d = in_hand.declaration;
    const bool as_change = code.meaning == Meaning::AgainAsChange;
    const bool as_new = code.meaning == Meaning::AgainAsNew;
    // Told to take the form that it has already: nothing that can be mended by sending.
    const bool has_form =
        (as_change && d.app_type == customs::AppType::Change) || (as_new && d.app_type == customs::AppType::New);
    if (has_form && is_said_of_earlier(in_hand)) return;
    const bool in_circles = has_form || (as_change && is_planted(Bug::AlreadyThereAsRejected));
    if (in_circles || d.tries >= parts_.settings.automatic_tries) return reject(in_hand, code, group_.now);
    if (!move(in_hand, DeclarationEvent::Again)) return;
    const bool later = code.meaning == Meaning::AgainLater;
    d.due_at =
        group_.now + (later ? parts_.settings.again_pause * (1 << std::min(d.tries, 10)) : std::chrono::seconds(0));
    ++d.tries;
    d.return_code = std::to_string(code.number);
    if (as_change) {
        d.app_type = customs::AppType::Change;
        d.stands = true;
    }
    if (as_new) {
        d.app_type = customs::AppType::New;
        d.stands = false;
    }
    settle(in_hand, d.part_no, Outcome::Rejected);
}

void DeclarationsInHand::look_after(const std::string& declaration_id) {
    const auto at = in_hand_.find(declaration_id);
    if (at == in_hand_.end()) return;
    InHand& in_hand = at->second;
    Declaration& d = in_hand.declaration;
    if (!customs::is_open(d.state) || !d.due_at || *d.due_at > group_.now) return;
    const bool carried =
        std::any_of(in_hand.instructions.begin(), in_hand.instructions.end(), [&](const calls::InstructionRow& row) {
            return row.instruction.part_no == d.part_no && row.instruction.outcome == Outcome::Accepted;
        });
    in_hand.changed = true;
    if (!carried) {
        // The carrier is still being asked to take it, by the same bytes: nothing new until it has.
        d.due_at = group_.now + parts_.settings.receipt_wait;
        return;
    }
    if (d.tries >= parts_.settings.automatic_tries) {
        d.due_at = group_.now + std::chrono::hours(24);
        tell(in_hand, "declaration_no_receipt",
             "customs has not decided after " + std::to_string(d.tries + 1) + " sendings.",
             "已发送 " + std::to_string(d.tries + 1) + " 次，仍未收到海关最终回执。");
        return;
    }
    if (!move(in_hand, DeclarationEvent::Again)) return;
    ++d.tries;
    d.due_at = group_.now;
}

bool DeclarationsInHand::correct(const std::string& declaration_id, Instant paid_at) {
    InHand& in_hand = in_hand_.at(declaration_id);
    Declaration& d = in_hand.declaration;
    const orders::Order& order = orders_.at(d.order_id);
    if (!may_correct(d, order)) return false;
    d.app_type = corrected_app_type(d, parts_.settings);
    move(in_hand, DeclarationEvent::Correct);
    d.amount = declared_amount(order);
    d.paid_at = paid_at;
    d.tries = 0;
    d.due_at = group_.now;
    return true;
}

void DeclarationsInHand::save() {
    std::vector<const Declaration*> rows;
    std::vector<OrderChange> changes;
    for (auto& [id, in_hand] : in_hand_) {
        if (!in_hand.changed) continue;
        rows.push_back(&in_hand.declaration);
        orders::Order& order = orders_.at(in_hand.declaration.order_id);
        const std::string_view shown = customs::order_text(in_hand.declaration.state);
        if (order.declaration_state == shown && in_hand.event_type.empty()) continue;
        order.declaration_state = shown;
        changes.push_back({&order, in_hand.event_type});
    }
    customs::DeclarationStore::save(group_.tx, rows);
    save_orders(group_, changes);
    settle_calls(group_, facts_);
    parts_.work_items.open(group_, work_items_);
}

}  // namespace huiqiao::flow
