// The operators, by the routes of their listener: a maker asks for what the counterparty's books say, a checker looks
// at each matter that waits and approves what he finds in the books too. One of them is in a hurry and would rather do
// both himself.

#include "src/operators/approval.h"
#include "tests/sim/broken.h"
#include "tests/sim/world.h"

namespace huiqiao::testing::sim {

namespace {

constexpr const char* kMaker = "opr_maker";
constexpr const char* kChecker = "opr_checker";
constexpr http::JsonLimits kLimits{16, 100'000, 1000, 1'000'000, std::size_t{4} * 1024 * 1024};

std::string text_of(const http::JsonValue& object, std::string_view field) {
    const auto value = object.find(field);
    return value ? std::string(value->text()) : std::string();
}

}  // namespace

bool World::decide_escalated() {
    const bool asked = ask_for_decisions();
    return decide_what_is_asked() || asked;
}

std::optional<http::Response> World::as_operator(const std::string& who, http::Method method, const std::string& target,
                                                 const std::string& body) {
    http::Response response;
    if (!desk_->survive([&] { response = desk_->send_as_operator(who, method, target, body); })) return std::nullopt;
    look();
    desk_->note(who + " " + target + " answered " + std::to_string(response.status) + " " + response.body);
    const bool is_refused_by_time = response.status == 401 && desk_->clock().now() != desk_->clock().true_now();
    if (response.status == 503 || is_refused_by_time) return std::nullopt;
    return response;
}

/// What was asked for too long ago is shown to nobody, and is asked for again.
std::string World::is_asked_for(const std::string& subject) {
    const Instant since = desk_->clock().now() - operators::kApprovalLives;
    return "EXISTS (SELECT 1 FROM approval a WHERE a.subject_id = " + subject +
           " AND a.open_key IS NOT NULL AND a.made_at >= " + std::to_string(since.time_since_epoch().count()) + ")";
}

bool World::ask_for_decisions() {
    bool acted = false;
    for (const std::string& row :
         desk_->texts("SELECT i.id || ' ' || i.operation || ' ' || i.reference FROM instruction i WHERE i.outcome = "
                      "'escalated' AND NOT " +
                      is_asked_for("i.id") + " ORDER BY i.id")) {
        const std::size_t first = row.find(' ');
        const std::size_t last = row.rfind(' ');
        const std::optional<bool> took_place =
            what_the_books_say(row.substr(first + 1, last - first - 1), row.substr(last + 1));
        if (!took_place) continue;  // the bank has not made up its own mind, or a person must look at the deal
        acted = true;
        const auto asked =
            as_operator(kMaker, http::Method::Post, "/v1/ops/approvals",
                        R"({"action":"resolve_instruction","content":{"instruction_id":")" + row.substr(0, first) +
                            (*took_place ? R"(","outcome":"confirmed","their_reference":"by letter")"
                                         : R"(","outcome":"rejected")") +
                            R"(,"reason":"as the books of the counterparty say"}})");
        if (asked && asked->status != 201)
            throw Broken("a maker could not ask for a decision on " + row + ": " + asked->body);
    }
    return acted;
}

bool World::decide_what_is_asked() {
    if (desk_->number("SELECT COUNT(*) FROM approval WHERE open_key IS NOT NULL") == 0) return false;
    const auto list = as_operator(kChecker, http::Method::Get, "/v1/ops/approvals?limit=100");
    if (!list) return true;
    const auto json = http::Json::parse(list->body, kLimits);
    if (list->status != 200 || !json) throw Broken("the approvals are not listed: " + list->body.substr(0, 500));
    for (const http::JsonValue& approval : json->root().find("approvals")->items()) decide(approval);
    return true;
}

void World::decide(const http::JsonValue& approval) {
    const std::string place = "/v1/ops/approvals/" + text_of(approval, "id");
    const std::string what = approval.find("subject_id") ? text_of(approval, "subject_id") : "";
    const std::string seen = R"({"content_hash":")" + text_of(approval, "content_hash") + R"("})";
    if (text_of(approval, "action") == "settle_phone_deal") return approve(place, seen, what);
    const std::vector<std::string> known = desk_->texts(
        "SELECT operation || ' ' || reference FROM instruction WHERE id = '" + what + "' AND outcome = 'escalated'");
    if (known.empty()) throw Broken("a decision is asked for on " + what + ", which is not escalated");
    const std::size_t space = known.front().find(' ');
    const std::optional<bool> took_place =
        what_the_books_say(known.front().substr(0, space), known.front().substr(space + 1));
    const bool is_said = text_of(*approval.find("content"), "outcome") == "confirmed";
    if (random_.below(3) == 0) {
        const auto alone = as_operator(kMaker, http::Method::Post, place + "/approve", seen);
        if (alone && alone->status != 403) throw Broken("one person alone decided on " + what + ": " + alone->body);
    }
    if (took_place != is_said) {
        const auto refused =
            as_operator(kChecker, http::Method::Post, place + "/refuse", R"({"reason":"the books say otherwise now"})");
        if (refused && refused->status != 200) throw Broken("a checker could not refuse: " + refused->body);
        return;
    }
    approve(place, seen, what);
}

void World::approve(const std::string& place, const std::string& seen, const std::string& what) {
    const auto approved = as_operator(kChecker, http::Method::Post, place + "/approve", seen);
    if (!approved || approved->status == 200) return;
    if (approved->body.find("approval_expired") == std::string::npos)
        throw Broken("two persons could not decide on " + what + ": " + approved->body);
    const auto withdrawn =
        as_operator(kMaker, http::Method::Post, place + "/withdraw", R"({"reason":"asked for too long ago"})");
    if (withdrawn && withdrawn->status != 200) throw Broken("a maker could not withdraw: " + withdrawn->body);
}

std::optional<std::string> World::in_a_banks_books(const db::Select& select, const std::string& reference) {
    std::optional<std::string> says;
    for (const SimBank& bank : banks_) {
        desk_->sandbox().books(bank.name).read([&](db::Reader& reader) {
            const db::Found found = reader.select(select, {reference});
            if (!found.empty()) says = found.text(0, 0);
        });
    }
    return says;
}

std::optional<bool> World::what_the_books_say(const std::string& operation, const std::string& reference) {
    std::optional<std::string> status;
    if (operation == "remittance.pay")
        status = in_a_banks_books({"SELECT status FROM bank_payment WHERE end_to_end = :p1", "t"}, reference);
    if (operation == "fx.purchase")
        status = in_a_banks_books({"SELECT status FROM fx_deal WHERE reference = :p1", "t"}, reference);
    if (status == "ACSP" || status == "processing" || status == "dealt") return std::nullopt;
    return status == "ACSC";
}

}  // namespace huiqiao::testing::sim
