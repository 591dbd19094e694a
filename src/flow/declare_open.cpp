// Declarations are opened in bulk from orders whose payment is to be declared. One order, one declaration: its id is
// made from the order's, so that a second opening meets the first. Orders that others collected keep the serial that
// the collecting institution gave.

#include <algorithm>

#include "src/flow/declare_parts.h"
#include "src/orders/payment_store.h"

namespace huiqiao::flow {

namespace {

using customs::Declaration;

Instant whole_second(Instant at) {
    return std::chrono::floor<std::chrono::seconds>(at);
}

std::vector<std::string> unique_ids(const std::vector<OpenDeclarations*>& items) {
    std::vector<std::string> ids;
    for (const OpenDeclarations* item : items) ids.insert(ids.end(), item->order_ids.begin(), item->order_ids.end());
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

class OpenWork final : public db::Work {
 public:
    OpenWork(const DeclareParts& parts, std::vector<OpenDeclarations*> items)
        : parts_(parts), items_(std::move(items)), order_ids_(unique_ids(items_)) {}

    void find(db::Reader& reader) override {
        for (const orders::Order& order : orders::OrderStore::load(reader, order_ids_)) {
            Declaration made{.id = "dec_" + order.id.substr(order.id.find('_') + 1),
                             .order_id = order.id,
                             .sub_order_no = "",
                             .customs_port = order.customs_port,
                             .pay_code = parts_.declarant_of(order.customs_port).code,
                             .serial = "",
                             .amount = Money::zero(Currency::known("CNY")),
                             .return_code = "",
                             .due_at = std::nullopt};
            const auto evidence = order.payout == orders::PayoutKind::None
                                      ? orders::OrderStore::evidence(reader, order.id)
                                      : std::nullopt;
            if (evidence) {
                made.pay_code = evidence->institution;
                made.serial = evidence->transaction_no;
                made.paid_at = whole_second(evidence->paid_at);
            } else {
                made.serial = parts_.ids.random_reference("PD", 24);
            }
            made_.push_back(std::move(made));
        }
    }
    void claim(db::Claims& claims) override {
        for (const Declaration& made : made_) {
            claims.add(customs::kDeclarationClaim, customs::place_key(made), made.id);
            claims.add(customs::kDeclarationClaim, customs::serial_key(made.pay_code, made.serial), made.id);
        }
    }
    void lock(db::Locks& locks) override {
        for (const Declaration& made : made_) locks.add(orders::kOrderLock, made.order_id);
    }

    void run(db::Group& group) override {
        std::vector<orders::Order> loaded = orders::OrderStore::load(group.tx, order_ids_);
        std::map<std::string, orders::Order*> by_id;
        for (orders::Order& order : loaded) by_id.emplace(order.id, &order);
        const std::map<std::string, Instant> paid_at = paid_at_of(group.tx, order_ids_);
        std::vector<Declaration> opened;
        std::vector<OrderChange> changes;
        for (Declaration& made : made_) {
            orders::Order& order = *by_id.at(made.order_id);
            if (order.declaration_state != orders::kDeclarationDue || orders::stops_declaring(order.hold_reason))
                continue;
            if (const auto at = paid_at.find(order.id); at != paid_at.end()) made.paid_at = at->second;
            made.amount = declared_amount(order);
            made.created_at = group.now;
            made.due_at = group.now;
            order.declaration_state = customs::order_text(made.state);
            changes.push_back({&order, ""});
            opened.push_back(std::move(made));
        }
        customs::DeclarationStore::insert(group.tx, opened);
        save_orders(group, changes);
        items_.front()->opened = static_cast<int>(opened.size());
    }

 private:
    const DeclareParts& parts_;
    std::vector<OpenDeclarations*> items_;
    std::vector<std::string> order_ids_;
    std::vector<Declaration> made_;
};

class LookAfterWork final : public db::Work {
 public:
    LookAfterWork(const DeclareParts& parts, std::vector<LookAfterDeclarations*> items)
        : parts_(parts), items_(std::move(items)) {}

    void find(db::Reader& reader) override {
        for (const LookAfterDeclarations* item : items_)
            rows_.push_back(DeclarationRows::find(reader, item->declaration_ids, true));
    }
    void lock(db::Locks& locks) override {
        for (const DeclarationRows& rows : rows_) rows.lock(locks);
    }
    void run(db::Group& group) override {
        for (std::size_t i = 0; i < items_.size(); ++i) {
            DeclarationsInHand in_hand(group, parts_, rows_[i]);
            items_[i]->sent_again = 0;
            for (const std::string& id : rows_[i].declaration_ids) {
                in_hand.look_after(id);
                if (in_hand.find(id)->state == customs::DeclarationState::Due) ++items_[i]->sent_again;
            }
            in_hand.save();
        }
    }

 private:
    const DeclareParts& parts_;
    std::vector<LookAfterDeclarations*> items_;
    std::vector<DeclarationRows> rows_;
};

}  // namespace

std::map<std::string, Instant> paid_at_of(db::Reader& reader, std::span<const std::string> order_ids) {
    std::map<std::string, Instant> paid_at;
    for (const orders::Payment& payment : orders::PaymentStore().of_orders(reader, order_ids)) {
        if (payment.state != orders::PaymentState::Succeeded) continue;
        Instant& latest = paid_at[payment.order_id];
        latest = std::max(latest, whole_second(payment.paid_at));
    }
    return paid_at;
}

std::unique_ptr<db::Operation> make_open_declarations(const DeclareParts& parts) {
    return std::make_unique<OperationOf<OpenWork, OpenDeclarations, DeclareParts>>(parts, "open_declarations");
}
std::unique_ptr<db::Operation> make_look_after_declarations(const DeclareParts& parts) {
    return std::make_unique<OperationOf<LookAfterWork, LookAfterDeclarations, DeclareParts>>(parts,
                                                                                             "look_after_declarations");
}

}  // namespace huiqiao::flow
