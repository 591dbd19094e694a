#pragma once
// Where a worker stands among the orders that wait for it, by payout currency. It looks at the oldest page; where that
// gave nothing, at the next one, so that orders whose money is missing do not hide those behind them. After anything
// was made it begins with the oldest again; after the last page gave nothing it pauses, since each look is a write
// group. Used by one thread; a new process begins with the oldest.

#include <chrono>
#include <map>
#include <span>
#include <string>

#include "src/base/clock.h"
#include "src/base/currency.h"

namespace huiqiao::flow {

class CandidatePages {
 public:
    explicit CandidatePages(std::size_t page_size) : page_size_(page_size) {}

    /// False while it pauses. A clock that was set back ends the pause.
    [[nodiscard]] bool may_look(Currency currency, Instant now) const {
        const auto place = places_.find(currency);
        if (place == places_.end() || !place->second.pauses) return true;
        return now < place->second.paused_at || now >= place->second.paused_at + kPause;
    }
    /// Of the next page: behind this id; empty: the oldest.
    [[nodiscard]] std::string behind(Currency currency) const {
        const auto place = places_.find(currency);
        return place == places_.end() ? "" : place->second.behind;
    }
    /// What became of the page that was looked at.
    void looked(Currency currency, std::span<const std::string> page, bool made, Instant now) {
        Place& place = places_[currency];
        const bool is_last = page.empty() || page.size() < page_size_;
        const bool nobody_waits = page.empty() && place.behind.empty();
        place.behind = made || is_last ? "" : page.back();
        place.pauses = !made && is_last && !nobody_waits;
        place.paused_at = now;
    }
    /// Though somebody waits, nobody may be served now: it pauses, and begins with the oldest.
    void pause(Currency currency, Instant now) { places_[currency] = {"", true, now}; }
    /// What kept orders back is over: the oldest are looked at again, at once.
    void begin_anew(Currency currency) { places_.erase(currency); }

 private:
    static constexpr std::chrono::seconds kPause{1};
    struct Place {
        std::string behind;
        bool pauses = false;
        Instant paused_at{};
    };
    std::size_t page_size_;
    std::map<Currency, Place> places_;
};

}  // namespace huiqiao::flow
