// Deals on the telephone: on a day on which the banks' lines are closed a dealer calls one that shows a good price and
// records what was said. The bank deals as told, otherwise, or not at all; a checker enters its slip, at times wrongly,
// and the dealer would rather do it himself. What the bank dealt stands in its own books.

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>

#include "adapters/sandbox/bank/fx_deals.h"
#include "tests/sim/broken.h"
#include "tests/sim/world.h"

namespace huiqiao::testing::sim {

namespace {

using namespace std::chrono_literals;

constexpr const char* kDealer = "opr_maker";
constexpr const char* kChecker = "opr_checker";
constexpr const char* kCalls = "/v1/ops/phone-deals";

std::string money_json(const Money& amount) {
    return R"({"currency":")" + std::string(amount.currency().code()) + R"(","amount":")" + amount.text() + R"("})";
}

std::string price_json(const std::string& currency, const std::string& price, int unit) {
    return R"("pair":")" + currency + R"(/CNY","price":")" + price + R"(","unit_base":)" + std::to_string(unit);
}

/// CNY for so many units, with six decimals.
std::string price_of(const Money& cny, const Money& foreign, int unit) {
    using Wide = boost::multiprecision::int128_t;
    Wide above = Wide(cny.minor()) * unit * 1'000'000;
    Wide below = Wide(foreign.minor());
    for (int digit = 0; digit < foreign.currency().digits(); ++digit) above *= 10;
    for (int digit = 0; digit < cny.currency().digits(); ++digit) below *= 10;
    std::string digits = Wide((above + below / 2) / below).str();
    if (digits.size() < 7) digits.insert(0, 7 - digits.size(), '0');
    return digits.insert(digits.size() - 6, 1, '.');
}

/// What that part of the whole costs, to the nearest unit.
Money share_of(const Money& cny, const Money& part, const Money& whole) {
    using Wide = boost::multiprecision::int128_t;
    const Wide doubled = Wide(cny.minor()) * part.minor() * 2 + whole.minor();
    return Money::of_minor(cny.currency(), static_cast<std::int64_t>(doubled / (Wide(whole.minor()) * 2)));
}

}  // namespace

bool World::dealers_act() {
    if (!phones_ || desk_->clock().now() != desk_->clock().true_now()) return false;
    bool acted = follow_phone_deals();
    if (weather_.is_healed()) return acted;
    for (const SimBank& bank : banks_) {
        for (const std::string& currency : bank.currencies) acted = call_a_bank(bank, currency) || acted;
    }
    return acted;
}

/// The price that it showed last, and its unit; empty where it showed none.
std::pair<std::string, int> World::price_at(const SimBank& bank, const std::string& currency) {
    const std::vector<std::string> shown =
        desk_->texts("SELECT bank_rate_unit || ' ' || bank_rate_text FROM fx_quote WHERE bank = '" + bank.name +
                     "' AND currency = '" + currency + "' AND state <> 'refused' ORDER BY id DESC LIMIT 1");
    if (shown.empty()) return {"", 0};
    const std::size_t space = shown.front().find(' ');
    return {shown.front().substr(space + 1), std::stoi(shown.front())};
}

bool World::call_a_bank(const SimBank& bank, const std::string& currency) {
    const std::int64_t waiting = desk_->number(
        "SELECT COALESCE(SUM(funded_minor - fee_minor - refunding_minor - refunded_minor - converting_minor - "
        "converted_minor - rest_minor), 0) FROM orders WHERE payout = 'fx' AND state = 'funded' AND hold_reason = '' "
        "AND payout_currency = '" +
        currency + "'");
    const std::int64_t free = desk_->number(
        "SELECT COALESCE(SUM(balance_minor - held_minor), 0) FROM account WHERE "
        "kind = 'provision' AND owner = '" +
        bank.cny_account() + "'");
    const auto [price, unit] = price_at(bank, currency);
    const std::int64_t most = std::min(waiting, free);
    if (most < 1000 || price.empty() || random_.below(2) == 0) return false;
    const Money cny = Money::of_minor(Currency::known("CNY"), random_.below(2) == 0 ? most : most / 2);
    const Instant now = desk_->clock().now();
    const auto value_date =
        desk_->parts().value_dates.value_date(Currency::known(currency), cny.currency(), Date::in_shanghai(now),
                                              random_.below(2) == 0 ? fx::Tenor::Today : fx::Tenor::Tomorrow);
    if (!value_date) return false;
    const auto recorded =
        as_operator(kDealer, http::Method::Post, kCalls,
                    R"({"bank":")" + bank.name + R"(","dealer":"Wang Fang","called_at":")" + rfc3339(now - 60s) +
                        R"(",)" + price_json(currency, price, unit) + R"(,"amount":)" + money_json(cny) +
                        R"(,"value_date":")" + value_date->text() + R"(","expires_at":")" + rfc3339(now + 2h) +
                        R"(","recording":"REC-)" + std::to_string(++calls_made_) + R"("})");
    if (!recorded) return true;
    if (recorded->status / 100 == 5) throw Broken("a call could not be recorded: " + recorded->body);
    if (recorded->status == 201) bank_deals(bank, recorded->body);
    return true;
}

/// What the bank makes of it: in most cases what was said.
void World::bank_deals(const SimBank& bank, const std::string& recorded) {
    const http::Json json = http::Json::parse(recorded).value();
    const auto text = [&](const char* field) { return std::string(json.root().find(field)->text()); };
    const auto amount = [&](const char* field) {
        const http::JsonValue money = *json.root().find(field);
        return Money::parse(Currency::known(money.find("currency")->text()), money.find("amount")->text()).value();
    };
    PhoneCallMade& call = phone_calls_[text("id")];
    call.currency = text("pair").substr(0, 3);
    call.price = text("price");
    call.unit = static_cast<int>(json.root().find("unit_base")->integer());
    call.cny = amount("cny");
    call.foreign = amount("foreign");
    call.value_date = Date::parse(text("value_date")).value();
    call.slip_at = desk_->clock().now() + std::chrono::seconds(60 + random_.below(std::uint64_t{6} * 3600));
    const std::uint64_t becomes = random_.below(10);
    call.is_dealt = becomes < 8;
    call.is_typed_wrongly = random_.below(4) == 0;
    if (!call.is_dealt) return;
    // A little less than was said: of the foreign side alone, at a price that says so, or of both sides at the price.
    if (becomes == 0) {
        const std::int64_t less = std::min<std::int64_t>(7, call.foreign->minor() - 1);
        const Money bought = *call.foreign - Money::of_minor(call.foreign->currency(), less);
        if (random_.below(2) == 0) {
            *call.cny = share_of(*call.cny, bought, *call.foreign);
            *call.foreign = bought;
        } else {
            *call.foreign = bought;
            call.price = price_of(*call.cny, *call.foreign, call.unit);
        }
    }
    call.slip_number = "PH" + std::to_string(300'000 + calls_made_);
    sandbox::bank::FxDealRow deal{};
    deal.reference = text("reference");
    deal.status = "dealt";
    deal.deal_no = call.slip_number;
    deal.currency = call.currency;
    deal.unit = call.unit;
    deal.cny_minor = call.cny->minor();
    deal.foreign_minor = call.foreign->minor();
    deal.value_date = call.value_date;
    deal.cny_account = bank.cny_account();
    deal.foreign_account = bank.account_of(call.currency);
    deal.due_at = std::max(desk_->clock().true_now(), deal.value_date.at_shanghai(0)) + bank.hours.settle_after;
    desk_->note(bank.name + " deals by telephone: " + deal.deal_no + " for " + deal.reference);
    desk_->sandbox().books(bank.name).write([&](db::Tx& tx) { sandbox::bank::insert_deal(tx, deal); });
}

bool World::follow_phone_deals() {
    bool acted = false;
    for (const std::string& row :
         desk_->texts("SELECT d.id || ' ' || d.state || ' ' || d.slip_foreign_minor FROM phone_deal d WHERE d.state IN "
                      "('recorded', 'overdue', 'differs') AND NOT " +
                      is_asked_for("d.id") + " ORDER BY d.id")) {
        const std::size_t first = row.find(' ');
        const std::size_t last = row.rfind(' ');
        const std::string id = row.substr(0, first);
        const std::string state = row.substr(first + 1, last - first - 1);
        // A record of which the dealer heard nothing: he told the bank no reference, so it did not deal.
        const PhoneCallMade& call = phone_calls_[id];
        if (state == "differs") {
            const bool is_right = call.foreign && row.substr(last + 1) == std::to_string(call.foreign->minor());
            ask_to_settle(id, is_right ? "as_slip" : "slip_wrong");
        } else if (!call.is_dealt && state == "overdue") {
            ask_to_settle(id, "not_dealt");
        } else if (call.is_dealt && desk_->clock().now() >= call.slip_at) {
            enter_slip(id);
        } else {
            continue;
        }
        acted = true;
    }
    return acted;
}

void World::ask_to_settle(const std::string& id, const std::string& outcome) {
    const auto asked = as_operator(
        kDealer, http::Method::Post, "/v1/ops/approvals",
        R"({"action":"settle_phone_deal","content":{"phone_deal_id":")" + id + R"(","outcome":")" + outcome +
            R"(","reason":"as the bank's books say","evidence_sha256":")" + std::string(64, 'a') + R"("}})");
    if (asked && asked->status != 201)
        throw Broken("a dealer could not ask for a decision on " + id + ": " + asked->body);
}

void World::enter_slip(const std::string& id) {
    PhoneCallMade& call = phone_calls_[id];
    Money foreign = *call.foreign;
    if (std::exchange(call.is_typed_wrongly, false)) foreign += Money::of_minor(foreign.currency(), 9);
    const std::string slip = R"({"slip_number":")" + call.slip_number + R"(",)" +
                             price_json(call.currency, call.price, call.unit) + R"(,"cny":)" + money_json(*call.cny) +
                             R"(,"foreign":)" + money_json(foreign) + R"(,"value_date":")" + call.value_date.text() +
                             R"("})";
    const std::string place = std::string(kCalls) + "/" + id + "/confirm";
    if (random_.below(3) == 0) {
        const auto alone = as_operator(kDealer, http::Method::Post, place, slip);
        if (alone && alone->status != 403) throw Broken("a dealer confirmed his own deal " + id + ": " + alone->body);
    }
    const auto entered = as_operator(kChecker, http::Method::Post, place, slip);
    if (entered && entered->status != 200) throw Broken("a slip could not be entered for " + id + ": " + entered->body);
}

}  // namespace huiqiao::testing::sim
