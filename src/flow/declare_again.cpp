// Declaring again, by two persons: what was held or rejected and is mended, or an accepted one whose amount has
// changed (CST-05). Everything else is sent again by itself.

#include <array>

#include "src/flow/declare_parts.h"

namespace huiqiao::flow {

namespace {

using customs::Declaration;

constexpr http::TextRule kId{1, 64, false, true};
constexpr std::array<std::string_view, 3> kMatters{"declaration_held", "declaration_rejected",
                                                   "declaration_contradiction"};

struct Wish {
    std::string order_id;
    Grounds grounds;
};

Wish read_wish(http::JsonObject& json) {
    return {json.text("order_id", kId), read_grounds(json)};
}

struct AgainPlan final : Plan {
    std::vector<std::string> declaration_ids;
};

std::vector<Declaration> declarations_of(db::Reader& reader, const std::string& order_id) {
    return customs::DeclarationStore::of_orders(reader, std::span(&order_id, 1));
}

DeclarationRows rows_of(db::Reader& reader, const std::string& order_id) {
    std::vector<std::string> ids;
    for (const Declaration& declaration : declarations_of(reader, order_id)) ids.push_back(declaration.id);
    return DeclarationRows::find(reader, ids, true);
}

/// "appType 2 (change)", as the message will carry it.
std::string shown(customs::AppType type) {
    return "appType " + std::string(customs::code_of(type)) + " (" + std::string(customs::to_text(type)) + ")";
}

class Again final : public PlannedDecision {
 public:
    Again(const DeclareParts& parts, const ledger::Ledger& ledger) : PlannedDecision(ledger), parts_(parts) {}

    [[nodiscard]] std::string_view action() const override { return "declare_again"; }

    [[nodiscard]] std::string read(http::JsonObject& json) const override {
        const Wish wish = read_wish(json);
        http::JsonWriter out;
        out.open_object().field("order_id", wish.order_id);
        write_grounds(out, wish.grounds);
        return out.close_object().take();
    }

 protected:
    [[nodiscard]] Touched touched(db::Reader& reader, const std::string& text) const override {
        const DeclarationRows rows = rows_of(reader, read_back(text, read_wish).order_id);
        Touched touched;
        touched.call_ids.assign(rows.call_ids.begin(), rows.call_ids.end());
        for (const std::string& id : rows.order_ids) touched.row(orders::kOrderLock, id);
        for (const std::string& id : rows.declaration_ids) touched.row(customs::kDeclarationLock, id);
        return touched;
    }

    [[nodiscard]] Result<std::unique_ptr<Plan>> plan(db::Reader& reader, const std::string& text,
                                                     const postings::Event&) const override {
        const std::string order_id = read_back(text, read_wish).order_id;
        const auto order = orders::OrderStore::find(reader, order_id);
        const std::vector<Declaration> declarations = declarations_of(reader, order_id);
        if (!order || declarations.empty()) return Error(declare_error::kNoDeclaration, {{"order", order_id}});
        auto plan = std::make_unique<AgainPlan>();
        plan->subject_id = order_id;
        for (const Declaration& declaration : declarations) {
            if (!may_correct(declaration, *order)) continue;
            plan->declaration_ids.push_back(declaration.id);
            plan->changes.push_back({declaration.id, std::string(customs::to_text(declaration.state)),
                                     "due again as part " + std::to_string(declaration.part_no + 1) + ", " +
                                         shown(corrected_app_type(declaration, parts_.settings)) + ": " +
                                         amount_with_currency(declared_amount(*order))});
        }
        if (plan->declaration_ids.empty()) {
            return Error(declare_error::kNotCorrectable,
                         {{"order", order_id}, {"state", std::string(customs::to_text(declarations.front().state))}});
        }
        return std::unique_ptr<Plan>(std::move(plan));
    }

    void carry_out(db::Group& group, const Released& released, Plan& planned) const override {
        auto& plan = static_cast<AgainPlan&>(planned);
        const DeclarationRows rows = DeclarationRows::find(group.tx, plan.declaration_ids, true);
        DeclarationsInHand in_hand(group, parts_, rows);
        const std::map<std::string, Instant> paid_at = paid_at_of(group.tx, rows.order_ids);
        for (const std::string& id : plan.declaration_ids) {
            const Declaration& declaration = *in_hand.find(id);
            const auto at = paid_at.find(declaration.order_id);
            in_hand.correct(id, at == paid_at.end() ? declaration.paid_at : at->second);
            for (const std::string_view kind : kMatters)
                parts_.work_items.close(group, kind, id, closing_note(released));
        }
        in_hand.save();
    }

 private:
    const DeclareParts& parts_;
};

}  // namespace

std::unique_ptr<Decision> make_declare_again(const DeclareParts& parts, const ledger::Ledger& ledger) {
    return std::make_unique<Again>(parts, ledger);
}

}  // namespace huiqiao::flow
