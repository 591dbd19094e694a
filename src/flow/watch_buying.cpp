#include "src/flow/watch_buying.h"

#include <algorithm>

#include "src/flow/decision.h"
#include "src/flow/tell.h"

namespace huiqiao::flow {

namespace {

constexpr Watched kWatched{kBuyingDue, "All of it is bought with, or nothing is left to be."};
constexpr int kRecentDays = 14;    // no deadline that is still to come is of an older day
constexpr int kRecent = 500;       // days and currencies of these that a look reads
constexpr int kOld = 25;           // and of those before them
constexpr int kOrders = 500;       // orders of one of them
constexpr std::size_t kNamed = 5;  // of these, that are named

/// What keeps orders back, each counted once.
struct Reasons {
    int held = 0;
    int under_way = 0;
    int quoted = 0;
    int waiting = 0;

    void add(const orders::OrderToBuy& order) {
        if (order.is_under_way) {
            ++under_way;
        } else if (order.is_held) {
            ++held;
        } else if (order.is_quoted) {
            ++quoted;
        } else {
            ++waiting;
        }
    }
    [[nodiscard]] std::string english() const {
        return listed({{held, " held"},
                       {under_way, " in a purchase that is not dealt"},
                       {quoted, " waiting for a price that their quote allows"},
                       {waiting, " waiting for a bank"}},
                      ", ");
    }
    [[nodiscard]] std::string chinese() const {
        return listed({{held, " 笔被暂停"},
                       {under_way, " 笔在未成交的购汇中"},
                       {quoted, " 笔等待符合其报价的价格"},
                       {waiting, " 笔等待银行"}},
                      "，");
    }

 private:
    using Counts = std::vector<std::pair<int, const char*>>;
    static std::string listed(const Counts& counts, const char* between) {
        std::string text;
        for (const auto& [count, what] : counts) {
            if (count > 0) text += (text.empty() ? "" : between) + std::to_string(count) + what;
        }
        return text;
    }
};

/// Behind which the recent ones stand.
std::string recent_from(Instant now) {
    return std::to_string(Date::in_shanghai(now).plus_days(-kRecentDays).number());
}

bool is_over(const Buying& buying, Instant now) {
    return buying.what.is_day_known() && buying.deadline && buying.deadline->ahead({}) <= now;
}

/// By when, and whether it is over.
std::pair<std::string, std::string> deadline_texts(const Buying& buying, Instant now) {
    if (!buying.deadline) {
        return {"it came before days were kept, or the calendar of CNY lacks the day, so its deadline is not known",
                "到账早于开始记录之日，或人民币日历缺少该日，截止日不明"};
    }
    const BuyingDeadline& deadline = *buying.deadline;
    const std::string day = deadline.day.text();
    if (deadline.ends <= now) {
        return {"it had to be bought with by the end of " + day + " (T+1), which is over",
                "应于 " + day + "（T+1）结束前完成购汇，已逾期"};
    }
    std::string english = "it must be bought with by the end of " + day + " (T+1)";
    std::string chinese = "应于 " + day + "（T+1）结束前完成购汇";
    if (!deadline.last_cut_off) return {english + ", and no bank deals by then", chinese + "，此前没有银行办理"};
    const std::string until = rfc3339(*deadline.last_cut_off);
    if (*deadline.last_cut_off <= now)
        return {english + "; the last bank dealt until " + until, chinese + "，银行已于 " + until + " 全部截止"};
    return {english + "; the last bank deals until " + until, chinese + "，银行最晚办理至 " + until};
}

}  // namespace

WatchBuying::WatchBuying(db::Database& database, db::WriteQueue& queue, const fx::ValueDates& value_dates,
                         const fx::BankHours* hours, Banks banks, std::chrono::seconds lead)
    : database_(database),
      queue_(queue),
      value_dates_(value_dates),
      hours_(hours),
      banks_(std::move(banks)),
      lead_(lead),
      tell_(std::make_unique<Tell>(kWatched, "watch_buying")) {}

WatchBuying::~WatchBuying() = default;

/// What one look reads: all that is recent, and a page of what is older.
struct WatchBuying::Look {
    std::vector<orders::ToBuy> found;
    std::string recent;  // texts behind it are recent
    std::string from;    // of older ones, those behind it
    std::string to;      // up to this one were read; empty: all of them
    std::string end;     // of recent ones likewise

    /// What was told and is not found is over, unless it was not looked for.
    [[nodiscard]] bool was_sought(const std::string& text) const {
        if (text > recent) return end.empty() || text <= end;
        return text > from && (to.empty() || text <= to);
    }
};

WatchBuying::Look WatchBuying::look(db::Reader& reader, Instant now) const {
    Look look{{}, recent_from(now), behind_, "", ""};
    look.found = orders::ToBuyStore::behind(reader, look.from, kOld);
    std::erase_if(look.found, [&](const orders::ToBuy& each) { return each.text() > look.recent; });
    if (static_cast<int>(look.found.size()) == kOld) look.to = look.found.back().text();
    const std::vector<orders::ToBuy> recent = orders::ToBuyStore::behind(reader, look.recent, kRecent);
    if (static_cast<int>(recent.size()) == kRecent) look.end = recent.back().text();
    look.found.insert(look.found.end(), recent.begin(), recent.end());
    return look;
}

std::vector<Buying> WatchBuying::with_deadlines(const std::vector<orders::ToBuy>& all) const {
    std::vector<Buying> found;
    for (const orders::ToBuy& what : all) {
        const auto banks = banks_.find(std::string(what.currency.code()));
        const Result<BuyingDeadline> deadline = buying_deadline(
            value_dates_, hours_, banks == banks_.end() ? std::span<const std::string>() : banks->second, what.currency,
            what.since);
        found.push_back({what, deadline ? std::optional(*deadline) : std::nullopt});
    }
    std::stable_sort(found.begin(), found.end(), [](const Buying& a, const Buying& b) {
        const auto ends = [](const Buying& each) { return each.deadline ? each.deadline->ahead({}) : Instant{}; };
        return ends(a) < ends(b);
    });
    return found;
}

std::vector<Buying> WatchBuying::waiting(db::Reader& reader, Instant now) const {
    const std::string recent = recent_from(now);
    std::vector<orders::ToBuy> all = orders::ToBuyStore::behind(reader, "", kOld);
    std::erase_if(all, [&](const orders::ToBuy& each) { return each.text() > recent; });
    const std::vector<orders::ToBuy> later = orders::ToBuyStore::behind(reader, recent, kRecent);
    all.insert(all.end(), later.begin(), later.end());
    return with_deadlines(all);
}

void WatchBuying::count(const std::vector<Buying>& found, const std::set<std::string>& long_over, Instant now) {
    std::set<std::string> overdue = long_over;
    std::int64_t nearest = 0;
    for (const Buying& each : found) {
        if (is_over(each, now)) {
            overdue.insert(each.what.text());
        } else if (each.what.is_day_known() && each.deadline && nearest == 0) {
            nearest = to_us(each.deadline->ahead({}));
        }
    }
    nearest_us_ = nearest;
    overdue_ = static_cast<int>(overdue.size());
}

std::chrono::seconds WatchBuying::left(Instant now) const {
    const std::int64_t nearest = nearest_us_.load();
    if (nearest == 0) return kAWeek;
    return std::min(std::chrono::floor<std::chrono::seconds>(from_us(nearest) - now), kAWeek);
}

operators::NewWorkItem WatchBuying::matter(db::Reader& reader, const Buying& buying, Instant now) const {
    const std::vector<orders::OrderToBuy> orders = orders::ToBuyStore::orders(reader, buying.what, kOrders);
    const bool is_all = static_cast<int>(orders.size()) < kOrders;
    Money cny = Money::zero(Currency::known("CNY"));
    Reasons reasons;
    std::string named;
    for (std::size_t i = 0; i < orders.size(); ++i) {
        cny += orders[i].cny;
        reasons.add(orders[i]);
        if (i < kNamed) named += (i == 0 ? "" : ", ") + orders[i].id;
    }
    const std::string amount = amount_with_currency(cny);
    const std::string number = std::to_string(orders.size());
    const std::string code(buying.what.currency.code());
    const auto [by_when, by_when_zh] = deadline_texts(buying, now);
    const std::string more = orders.size() > kNamed ? " and others" : "";
    const std::string more_zh = orders.size() > kNamed ? " 等" : "";
    return {std::string(kBuyingDue), "buying", buying.what.text(),
            (is_all ? "" : "At least ") + amount + " of " + number + " orders is not bought with in " + code + ": " +
                by_when + ". Of these orders: " + reasons.english() +
                ". See why no bank takes them (huiqiao rates, huiqiao purchase list), release what is held, or deal on "
                "the telephone; this is closed when nothing is left. Orders: " +
                named + more + ".",
            (is_all ? "" : "至少 ") + number + " 笔订单的 " + amount + " 尚未购汇为 " + code + "：" + by_when_zh +
                "。其中 " + reasons.chinese() +
                "。请查明银行未办理的原因，解除暂停，或以电话成交；全部完成后本待办自动关闭。订单：" + named + more_zh +
                "。"};
}

int WatchBuying::step(Instant now) {
    if (now >= looked_at_ && now < looked_at_ + kEvery) return 0;  // a clock that was set back: looks again
    looked_at_ = now;
    const auto item = std::make_shared<Tidings>();
    std::string behind;
    database_.read([&](db::Reader& reader) {
        *item = Tidings{};
        std::map<std::string, std::string> told = work_items_.open_of(reader, kBuyingDue);
        const Look seen = look(reader, now);
        behind = seen.to;
        std::set<std::string> long_over;
        std::erase_if(told, [&](const auto& each) {
            if (seen.was_sought(each.first)) return false;
            if (orders::ToBuy::from_text(each.first).is_day_known()) long_over.insert(each.first);
            return true;
        });
        const std::vector<Buying> found = with_deadlines(seen.found);
        count(found, long_over, now);
        for (const Buying& each : found) {
            const bool is_due = !each.deadline || each.deadline->ahead(lead_) <= now;
            if (!is_due && !told.contains(each.what.text())) continue;
            const operators::NewWorkItem now_is = matter(reader, each, now);
            if (!item->is_told(told, now_is)) item->opened.push_back(now_is);
        }
        item->end(told);
    });
    behind_ = behind;
    // What could not be written now is found again by the next look.
    if (item->size() == 0 || !queue_.run(*tell_, item)) return 0;
    return item->size();
}

}  // namespace huiqiao::flow
