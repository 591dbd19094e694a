#pragma once
// A desk that deals on the telephone: PhoneDesk desk(database); desk.record(desk.call(amount)); desk.confirm(deal,
// slip). The other bank of it shows the rates by which a price on the telephone is measured. Books and orders are
// ConvertDesk's.

#include "fx/phone_deal_store.h"
#include "src/flow/phone.h"
#include "tests/contract/convert_desk.h"
#include "tests/support/two_persons.h"

namespace phone_desk {

using namespace convert_desk;
using namespace std::chrono_literals;

struct PhoneDesk : ConvertDesk {
    explicit PhoneDesk(TestDatabase& on) : ConvertDesk(on) {
        desk.database.write([](db::Tx& tx) {
            operators::Operator who;
            who.id = who.name = "opr_a_too";
            who.person_id = "person_of_opr_a";
            who.role = operators::Role::Confirmer;
            operators::OperatorStore::insert(tx, who);
        });
    }

    flow::ConvertSettings banks() {
        flow::ConvertSettings both = settings();
        both.banks["phone-bank"] = {.bank = nullptr, .cny = "sb-cny", .foreign = {{"USD", "sb-usd"}}};
        both.ask_every = 1s;
        return both;
    }
    /// The other bank's board, by which a price on the telephone is measured.
    void show_rates() {
        desk_with_phone.step(desk.clock.now());
        run_calls();
    }
    Date today() {
        return value_dates
            .value_date(currency("USD"), currency("CNY"), Date::in_shanghai(desk.clock.now()), fx::Tenor::Today)
            .value();
    }
    std::string mid() {
        std::string text;
        desk.database.read([&](db::Reader& reader) {
            const std::string id = fx::board_id("sandbox-bank", currency("USD"));
            text = fx::QuoteStore::boards(reader, std::span(&id, 1)).at(0).good_mid->per_one();
        });
        return text;
    }
    static Rate price(const std::string& text, int unit = 1) {
        return Rate::parse(currency("USD"), currency("CNY"), unit, text).value();
    }
    fx::PhoneCall call(const Money& amount) { return call(amount, price(mid())); }
    fx::PhoneCall call(const Money& amount, const Rate& at) {
        return {.bank = "phone-bank",
                .dealer = "Wang Fang",
                .called_at = desk.clock.now() - 1min,
                .price = at,
                .amount = amount,
                .value_date = today(),
                .expires_at = desk.clock.now() + 30min,
                .recording = "REC-77"};
    }
    std::shared_ptr<flow::RecordPhone> record(const fx::PhoneCall& told, const std::string& by = "opr_a") {
        auto item = std::make_shared<flow::RecordPhone>(told);
        item->operator_id = by;
        REQUIRE(desk.queue->run(phone.record(), item).ok());
        return item;
    }
    std::shared_ptr<flow::ConfirmPhone> confirm(const fx::PhoneDeal& deal, const fx::PhoneSlip& slip,
                                                const std::string& by = "opr_b") {
        auto item = std::make_shared<flow::ConfirmPhone>(slip);
        item->operator_id = by;
        item->deal_id = deal.id;
        REQUIRE(desk.queue->run(phone.confirm(), item).ok());
        return item;
    }
    static fx::PhoneSlip slip_of(const fx::PhoneDeal& deal, const std::string& number = "SLIP-1") {
        return {number, deal.call.price, deal.amounts.cny, deal.amounts.foreign, deal.call.value_date};
    }
    fx::PhoneDeal now(const fx::PhoneDeal& deal) {
        std::optional<fx::PhoneDeal> found;
        desk.database.read([&](db::Reader& reader) { found = fx::PhoneDealStore::find(reader, deal.id); });
        return *found;
    }
    std::int64_t lines_of_purchases() {
        std::int64_t count = 0;
        desk.database.read([&](db::Reader& reader) {
            count = reader.select({"SELECT COUNT(*) FROM purchase_allocation", "i"}).integer(0, 0);
        });
        return count;
    }
    std::string refused(const fx::PhoneCall& told, const std::string& by = "opr_a") {
        const auto item = record(told, by);
        return item->error ? std::string(item->error->code->text) : "recorded";
    }
    reconciliation::StatementLine line(const std::string& account, const Money& amount, bool is_credit,
                                       const std::string& reference) {
        return {.account = account,
                .bank_reference = "E" + account,
                .sequence = 1,
                .booked_on = Date::in_shanghai(desk.clock.now()),
                .value_date = Date::in_shanghai(desk.clock.now()),
                .amount = amount,
                .is_credit = is_credit,
                .is_reversal = false,
                .code = "FORX/SPOT/OTHR",
                .end_to_end = reference,
                .narrative = "",
                .return_reason = "",
                .instructed = std::nullopt};
    }

    flow::PhoneDeals phone{desk.database, *desk.queue, desk.books, call_rows, sealer, value_dates, banks()};
    std::unique_ptr<flow::Decision> settle = phone.settle(desk.books);
    flow::Convert desk_with_phone{desk.database, *desk.queue, desk.books, call_rows, value_dates, banks()};
    calls::Resolve resolve{handlers, escalations};
    TwoPersons two{desk.database, *desk.queue, resolve, desk.books, {settle.get()}};
};

}  // namespace phone_desk
