#include <doctest/doctest.h>
#include <iostream>
#include "tests/support/test_desk.h"
using namespace huiqiao;
using namespace huiqiao::testing;
namespace {
struct F { const char* who; const char* json; };
const F kAll[] = {
{"sandbox-pay", R"({"fault":"notice_twice","count":1})"},
{"sandbox-pay", R"({"fault":"notice_late","count":1,"with":{"delay_s":"1200"}})"},
{"sandbox-pay", R"({"fault":"notice_late","count":1,"with":{"delay_s":"12000"}})"},
{"sandbox-pay", R"({"fault":"notice_lost","count":1})"},
{"sandbox-pay", R"({"fault":"notice_wrong_amount","count":1,"with":{"amount":"1.00"}})"},
{"sandbox-pay", R"({"fault":"notice_forged","count":1})"},
{"sandbox-pay", R"({"fault":"paid_wrong_amount","count":1,"with":{"amount":"1.00"}})"},
{"sandbox-pay", R"({"fault":"timeout_after_effect","count":1})"},
{"sandbox-pay", R"({"fault":"outage","count":3})"},
{"sandbox-pay", R"({"fault":"reject_order","count":1})"},
{"sandbox-bank", R"({"fault":"outage","count":3})"},
{"sandbox-bank", R"({"fault":"timeout_after_effect","count":1,"match":{"path":"/v1/payments"}})"},
{"sandbox-bank", R"({"fault":"timeout_before_effect","count":1,"match":{"path":"/v1/payments"}})"},
{"sandbox-bank", R"({"fault":"reject","count":1})"},
{"sandbox-bank", R"({"fault":"duplicate_payout","count":1})"},
{"sandbox-bank", R"({"fault":"return_next_day","count":1})"},
{"sandbox-bank", R"({"fault":"lost_status","count":1})"},
{"sandbox-bank", R"({"fault":"late_status","count":1})"},
{"sandbox-bank", R"({"fault":"wrong_echo","count":1})"},
{"sandbox-bank", R"({"fault":"fx_reject","count":1})"},
{"sandbox-bank", R"({"fault":"fx_stale_rate","count":1})"},
{"sandbox-bank", R"({"fault":"fx_lock_expires","count":1})"},
{"sandbox-bank", R"({"fault":"fx_lock_rate","count":1})"},
{"sandbox-bank", R"({"fault":"fx_partial","count":1})"},
{"sandbox-bank", R"({"fault":"fx_over_fill","count":1})"},
{"sandbox-bank", R"({"fault":"fx_other_rate","count":1})"},
{"sandbox-bank", R"({"fault":"fx_pending","count":1})"},
{"sandbox-bank", R"({"fault":"fx_jump","count":1})"},
{"single-window", R"({"fault":"outage","count":3})"},
{"single-window", R"({"fault":"timeout_before_effect","count":1})"},
{"single-window", R"({"fault":"timeout_after_effect","count":1})"},
{"single-window", R"({"fault":"reject","count":1})"},
{"single-window", R"({"fault":"error","count":1,"with":{"code":"-301001"}})"},
{"single-window", R"({"fault":"receipt_late","count":1,"with":{"delay_s":"3600"}})"},
{"single-window", R"({"fault":"receipt_lost","count":1})"},
{"single-window", R"({"fault":"receipt_twice","count":1})"},
{"single-window", R"({"fault":"bad_receipt_signature","count":1})"},
};
}
TEST_CASE("EXPLORE") {
    for (const F& f : kAll) {
        std::cout << "== " << f.who << " " << f.json << std::endl;
        try {
        TestDesk desk;
        desk.fault(f.who, f.json);
        std::vector<SampleOrder> orders;
        int usd = 0;
        for (const SampleOrder& o : sample_orders())
            if (o.payout_kind == "fx" && o.payout_currency == "USD" && usd < 2) { orders.push_back(o); ++usd; }
        desk.submit(orders);
        desk.live_days(3);
        std::string name = f.json; name = name.substr(10); name = name.substr(0, name.find('"'));
        std::cout << "  happened " << desk.happened(f.who, name) << "; " << desk.order_states() << std::endl;
        for (auto& t : desk.texts("SELECT kind||' '||subject_kind||' '||state||': '||text_en FROM work_item")) std::cout << "  W " << t << std::endl;
        for (auto& t : desk.texts("SELECT operation||' '||outcome FROM instruction WHERE outcome NOT IN ('confirmed')")) std::cout << "  I " << t << std::endl;
        for (auto& t : desk.texts("SELECT state||' '||COUNT(*) FROM declaration GROUP BY state")) std::cout << "  D " << t << std::endl;
        for (auto& t : desk.texts("SELECT id||' '||balance_minor||' '||held_minor FROM account WHERE held_minor<>0 OR ((kind LIKE 'suspense%' OR kind LIKE 'remitting%' OR kind='merchant' or kind='clearing' or kind='provision') AND balance_minor<>0)")) std::cout << "  A " << t << std::endl;
        (void)desk.parts().reconcile.run().ok();
        for (auto& t : desk.texts("SELECT kind||' '||state FROM reconciliation_break")) std::cout << "  B " << t << std::endl;
        desk.check_books();
        } catch (const std::exception& e) { std::cout << "  THROWN " << e.what() << std::endl; }
    }
}
