#include "src/app/lock_end_tables.h"

#include <ostream>
#include <set>

#include "fx/lock_view.h"
#include "src/app/command_line.h"
#include "src/app/desk_jobs.h"
#include "src/app/text_table.h"
#include "src/flow/decision.h"

namespace huiqiao::app {

namespace {

using Align = TextTable::Align;

std::string state_of(const fx::LockEnd& end) {
    return std::string(to_text(end.state)) + (end.is_look ? ", only looked at" : "");
}

/// The offer that can still be taken: neither one that ran out, nor one that was done.
const fx::LockEnd* standing_offer(const flow::EndChoice& choice, Instant now) {
    if (!choice.latest || choice.latest->state != fx::LockEndState::Priced || choice.latest->stands_until <= now)
        return nullptr;
    return &*choice.latest;
}

std::string terms_in_words(const fx::LockTerms& terms) {
    return terms.rate.per_one() + ", " + second_in_shanghai(terms.expires_at);
}

std::vector<std::string> row_of(const flow::EndChoice& choice, bool is_live, Instant now) {
    const fx::LockEnd* offer = standing_offer(choice, now);
    std::string pay = offer == nullptr ? "" : offer->cost.we_pay.text();
    std::string get = offer == nullptr ? "" : offer->cost.we_get.text();
    if (!choice.way && is_live) pay = get = "0.00";
    return {choice.way ? std::string(to_text(*choice.way)) : "keep",
            pay,
            get,
            offer != nullptr && offer->to ? terms_in_words(*offer->to) : "",
            offer == nullptr ? "" : second_in_shanghai(offer->stands_until),
            choice.latest ? choice.latest->id : "",
            choice.latest ? state_of(*choice.latest) : "",
            is_live && !choice.why_not ? "yes" : "no"};
}

}  // namespace

void print_choices(const LockEndsSeen& seen, Instant now, std::ostream& out) {
    const bool is_live = fx::is_live(seen.lock.state);
    TextTable table({{"Choice", "选择"},
                     {"We pay, CNY", "我方支付 CNY", Align::Right},
                     {"We get, CNY", "我方收取 CNY", Align::Right},
                     {"New rate, until (Shanghai)", "新汇率，有效至（上海）"},
                     {"Stands until, Shanghai", "有效至（上海）"},
                     {"Asked last", "最近申请"},
                     {"Its state", "申请状态"},
                     {"Can be asked for", "可申请"}});
    for (const flow::EndChoice& choice : seen.choices) table.add(row_of(choice, is_live, now));
    out << table.text() << '\n';
    if (is_live) {
        say(out,
            "Kept, the rest may be drawn on until the lock's end, and lapses then; whether the bank charges for it is "
            "in its agreement.",
            "保留：剩余部分在到期前仍可使用，到期后失效；银行是否收费见协议。");
    }
    std::set<std::string> told;
    for (const flow::EndChoice& choice : seen.choices) {
        if (choice.why_not && told.insert(choice.why_not->english()).second)
            say(out, choice.why_not->english(), choice.why_not->chinese());
    }
}

void print_asked(const LockEndsSeen& seen, std::ostream& out) {
    if (seen.ends.empty()) return;
    TextTable table({{"Asked, Shanghai", "询价时间（上海）"},
                     {"End", "申请"},
                     {"By", "方式"},
                     {"Amount", "金额", Align::Right},
                     {"State", "状态"},
                     {"Offered: we pay, CNY", "报价：支付 CNY", Align::Right},
                     {"we get, CNY", "收取 CNY", Align::Right},
                     {"Done: we pay, CNY", "完成：支付 CNY", Align::Right},
                     {"we get, CNY", "收取 CNY", Align::Right},
                     {"Rate before", "原汇率", Align::Right},
                     {"Offered: rate, until (Shanghai)", "报价：汇率，有效至（上海）"},
                     {"Done: rate, until (Shanghai)", "完成：汇率，有效至（上海）"},
                     {"Dealer", "交易员"},
                     {"Second person", "复核员"},
                     {"Reason", "原因"}});
    for (const fx::LockEnd& end : seen.ends) {
        const bool is_done = end.state == fx::LockEndState::Done;
        const bool is_offered = !end.offer_reference.empty();
        const auto other = seen.done.find(end.id);
        const std::string offered = end.to ? terms_in_words(*end.to) : "";
        const std::string done = !is_done ? "" : other != seen.done.end() ? terms_in_words(other->second) : offered;
        table.add({second_in_shanghai(end.asked_at), end.id, std::string(to_text(end.way)),
                   flow::amount_with_currency(end.amount), state_of(end), is_offered ? end.cost.we_pay.text() : "",
                   is_offered ? end.cost.we_get.text() : "", is_done ? end.charged.we_pay.text() : "",
                   is_done ? end.charged.we_get.text() : "", end.from ? end.from->rate.per_one() : "", offered, done,
                   end.maker, end.checker, end.why});
    }
    out << '\n' << table.text();
}

}  // namespace huiqiao::app
