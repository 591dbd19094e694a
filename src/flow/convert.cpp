#include "src/flow/convert.h"

#include <algorithm>

#include "fx/platform_quote_store.h"
#include "fx/split.h"
#include "src/base/planted.h"
#include "src/base/sometimes.h"
#include "src/flow/ask.h"
#include "src/flow/candidate_pages.h"
#include "src/flow/convert_parts.h"
#include "src/flow/settle_far_off.h"
#include "src/ledger/available.h"
#include "src/orders/waiting_store.h"

namespace huiqiao::flow {

namespace {

/// What step() found out about one currency, in one read.
struct Choice {
    bool is_stopped = false;                     // payouts in CNY are: nothing could be held for a purchase
    std::vector<std::string> page;               // orders that were looked at
    std::vector<orders::ConvertibleOrder> fits;  // of these, what some bank carries
    std::vector<fx::DealPart> parts;             // which of these are bought for at which bank, the cheapest first
    std::vector<std::string> banks_to_ask;
    bool is_early = false;                                  // a bank's answer may come in a moment
    bool is_agreed = false;                                 // a price was agreed on for one of these, for a while
    bool is_cut = false;                                    // behind the first that can be bought for
    Money for_locks = Money::zero(Currency::known("CNY"));  // of unknown outcome: so much waits for them
    std::string reserved_to;                                // the last order that does; empty: none
    std::optional<fx::HeldLockStore::Row> held;             // that the orders may draw on
    std::optional<fx::Offer> better;                        // than the held one, all-in

    [[nodiscard]] bool is_among_several() const {
        const std::vector<fx::Offer>& offers = parts.front().offers;
        return offers.size() > 1 && offers[1].unfit == fx::Unfit::No;
    }
};

}  // namespace

class Convert::Impl {
 public:
    Impl(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger, const calls::Calls& calls,
         const fx::ValueDates& value_dates, ConvertSettings settings)
        : parts_{database, queue, ledger, calls, value_dates, std::move(settings), {}},
          rates_(make_rates_handler(parts_)),
          lock_(make_lock_handler(parts_)),
          purchase_(make_purchase_handler(parts_)),
          ask_(make_ask_board(parts_)),
          open_(make_open_purchase(parts_)),
          draw_(make_draw_on_lock(parts_)),
          end_held_(make_end_held_lock(parts_)),
          lapse_(make_lapse_lock(parts_)),
          accept_(make_accept_rate(parts_)),
          pages_(static_cast<std::size_t>(parts_.settings.orders_a_purchase)) {
        for (const auto& [name, bank] : parts_.settings.banks) {
            if (bank.bank == nullptr) continue;
            for (const auto& [code, account] : bank.foreign) banks_of_[code].push_back(name);
            terms_.emplace(name, bank.terms);
        }
    }

    int step(Instant now) {
        int done = lapse(now);
        const Result<bool> may_deal = parts_.value_dates.may_deal(Date::in_shanghai(now));
        if (!may_deal || !*may_deal) return done;
        std::set<std::string> asked;
        for (const Currency currency : currencies_waiting(now)) {
            const std::vector<std::string> banks = banks_that_deal(currency, now);
            if (banks.empty()) continue;
            Choice choice = choose(currency, banks, Look::AsksFirst, now);
            if (choice.is_stopped) continue;
            note_awaited(currency, choice);
            const bool is_drawn_first = parts_.settings.held_locks == UseHeldLocks::First || choice.fits.empty();
            if (choice.held && is_drawn_first && draw(currency, choice, now) != 0) {
                ++done;
                continue;
            }
            // Only a price that was agreed on does not wait for the others, and who gathers looks once in a while.
            if (is_gathering(currency, now) && !choice.held && !choice.is_agreed) {
                pages_.pause(currency, now);
                continue;
            }
            if (choice.fits.empty()) {
                const bool are_all_reserved = choice.page.empty() && !choice.reserved_to.empty();
                are_all_reserved ? pages_.pause(currency, now) : pages_.looked(currency, choice.page, false, now);
                continue;
            }
            // Compared is what every bank says now: who has no price to be used is asked first.
            int questions = 0;
            for (const std::string& bank : choice.banks_to_ask) {
                if (asked.insert(bank).second) questions += ask(bank);
            }
            done += questions;
            if (questions > 0 || choice.is_early) continue;
            // Who could be asked was asked lately: it goes without them.
            if (choice.is_cut) choice = choose(currency, banks, Look::Whole, now);
            const int drawn = choice.held && !choice.better ? draw(currency, choice, now) : 0;
            done += drawn;
            const bool may_open = choice.is_agreed || !is_gathering(currency, now);
            if (drawn == 0 && !choice.parts.empty() && may_open) done += open(currency, choice, now);
        }
        done += ask_for_quotes(now, asked);
        if (parts_.settings.ask_every > std::chrono::seconds(0)) done += ask_in_turn(now);
        return done;
    }

    Status accept_rate(const AcceptedRate& rate) {
        const auto item = std::make_shared<AcceptRate>(rate);
        if (const Status written = parts_.queue.run(*accept_, item); !written) return written;
        return item->accepted;
    }

    ConvertParts parts_;
    std::unique_ptr<calls::AnswerHandler> rates_;
    std::unique_ptr<calls::AnswerHandler> lock_;
    std::unique_ptr<calls::AnswerHandler> purchase_;

 private:
    /// Those whose cut-offs are not over. Where their hours cannot be told, nothing is dealt (watch_calendars tells).
    std::vector<std::string> banks_that_deal(Currency currency, Instant now) const {
        std::vector<std::string> banks = banks_of_.at(std::string(currency.code()));
        if (parts_.settings.hours == nullptr) return banks;
        std::erase_if(banks, [&](const std::string& bank) { return !parts_.value_date(bank, currency, now); });
        return banks;
    }

    /// Where an order still waits for its quote, only a new price takes it on (check_quotes.h).
    int ask_for_quotes(Instant now, std::set<std::string>& asked) {
        if (now >= looked_for_quotes_ && now < looked_for_quotes_ + parts_.settings.ask_again) return 0;
        looked_for_quotes_ = now;
        std::set<std::string> due;
        parts_.database.look([&](db::Reader& reader) {
            due.clear();
            for (const orders::WaitingFor& kind : orders::WaitingStore::quote_kinds(reader)) {
                if (!banks_of_.contains(std::string(kind.payout_currency.code()))) continue;
                const std::vector<std::string> banks = banks_that_deal(kind.payout_currency, now);
                if (banks.empty()) continue;
                const Prices prices = read_prices(reader, kind.payout_currency, banks, now);
                due.insert(prices.banks_to_ask.begin(), prices.banks_to_ask.end());
            }
        });
        int done = 0;
        for (const std::string& bank : due) {
            if (asked.insert(bank).second) done += ask(bank);
        }
        return done;
    }

    /// Every board whose bank deals now and that nobody asked for so long, whatever for.
    int ask_in_turn(Instant now) {
        if (now >= looked_in_turn_ && now < looked_in_turn_ + parts_.settings.ask_again) return 0;
        looked_in_turn_ = now;
        std::set<std::string> due;
        for (const auto& [code, banks] : banks_of_) {
            const std::vector<std::string> dealing = banks_that_deal(Currency::known(code), now);
            due.insert(dealing.begin(), dealing.end());
        }
        const std::vector<std::string> ids(due.begin(), due.end());
        parts_.database.look([&](db::Reader& reader) {
            for (const fx::Board& board : fx::QuoteStore::boards(reader, ids)) {
                if (now < board.asked_at + parts_.settings.ask_every) due.erase(board.id);
            }
        });
        int done = 0;
        for (const std::string& bank : due) done += ask(bank);
        return done;
    }

    [[nodiscard]] bool is_gathering(Currency currency, Instant now) const {
        const auto opened = opened_at_.find(std::string(currency.code()));
        return opened != opened_at_.end() && now < opened->second + parts_.settings.gather;
    }

    void note_awaited(Currency currency, const Choice& choice) {
        awaited_.erase(currency);
        if (choice.for_locks.is_positive()) awaited_.emplace(currency, choice.for_locks);
    }

    /// Where an order waits behind the place that was looked at last; by one read for all, since mostly none does. Also
    /// while others gather: a lock that the desk holds runs out meanwhile, and so does a price that was agreed on.
    std::vector<Currency> currencies_waiting(Instant now) {
        std::vector<Currency> asked_of;
        for (const auto& [code, banks] : banks_of_) {
            const Currency currency = Currency::known(code);
            if (pages_.may_look(currency, now) || awaited_.contains(currency)) asked_of.push_back(currency);
        }
        if (asked_of.empty()) return {};
        std::vector<Currency> looked_at;
        std::vector<Currency> waiting;
        std::vector<Currency> known;  // what a lock became for which orders waited: they draw on it at once
        parts_.database.look([&](db::Reader& reader) {
            looked_at.clear();
            waiting.clear();
            known.clear();
            for (const Currency currency : asked_of) {
                const auto awaited = awaited_.find(currency);
                const bool is_known = awaited != awaited_.end() &&
                                      awaited_by_locks(fx::HeldLockStore::live(reader, currency)) != awaited->second;
                if (!is_known && !pages_.may_look(currency, now)) continue;
                looked_at.push_back(currency);
                if (is_known) known.push_back(currency);
                const auto first = orders::OrderStore::waiting(reader, orders::Waiting::Convert, currency, 1,
                                                               is_known ? "" : pages_.behind(currency));
                if (!first.empty()) waiting.push_back(currency);
            }
        });
        for (const Currency currency : known) {
            pages_.begin_anew(currency);
            awaited_.erase(currency);
        }
        for (const Currency currency : looked_at) {
            if (std::find(waiting.begin(), waiting.end(), currency) == waiting.end())
                pages_.looked(currency, {}, false, now);
        }
        return waiting;
    }

    /// AsksFirst: while a price is missing, one order that waits is reason enough to ask for it, and no other is read.
    enum class Look { AsksFirst, Whole };
    Choice choose(Currency currency, const std::vector<std::string>& banks, Look look, Instant now) {
        Choice choice;
        parts_.database.read([&](db::Reader& reader) {
            choice = Choice{};
            choice.is_stopped = parts_.ledger.stopped_payouts(reader).contains("CNY");
            if (choice.is_stopped) return;
            const std::map<std::string, Money> free = free_at(reader, banks);
            const Prices prices = read_prices(reader, currency, banks, now);
            choice.is_cut = look == Look::AsksFirst && (prices.is_early || !prices.banks_to_ask.empty());
            find_held(reader, currency, prices, now, choice);
            const int page_size = parts_.settings.orders_a_purchase;
            choice.reserved_to = reserved_for_locks(reader, currency, choice.for_locks, page_size);
            // What is reserved may only draw on a lock.
            const std::string behind = choice.held ? "" : choice.reserved_to;
            choice.page = orders::OrderStore::waiting(reader, orders::Waiting::Convert, currency, page_size,
                                                      std::max(behind, pages_.behind(currency)));
            put_together(reader, banks, free, prices, choice);
            if (choice.fits.empty()) return;
            choice.is_agreed = is_gathering(currency, now) && has_agreed_price(reader, choice.fits, now);
            if (!choice.is_cut) split(prices, free, now, choice);
            choice.is_early = prices.is_early;
            choice.banks_to_ask = prices.banks_to_ask;
        });
        return choice;
    }

    /// One that still stands: what is bought at the price of the moment does not run out.
    static bool has_agreed_price(db::Reader& reader, const std::vector<orders::ConvertibleOrder>& orders, Instant now) {
        std::vector<std::string> quoted;
        for (const orders::ConvertibleOrder& order : orders) {
            if (order.has_quote) quoted.push_back(order.id);
        }
        if (quoted.empty()) return false;
        const auto agreed = fx::PlatformQuotes::agreed(reader, quoted);
        return std::any_of(agreed.begin(), agreed.end(), [&](const auto& quote) {
            return quote.second.state == fx::PlatformQuoteState::Met && !quote.second.is_over(now);
        });
    }

    /// What the banks said last, and whom to ask before anything is compared.
    struct Prices {
        std::vector<fx::Quote> quotes;
        std::set<std::string> usable;  // banks
        std::vector<std::string> banks_to_ask;
        bool is_early = false;  // a bank was asked just now and has not answered
    };
    [[nodiscard]] Prices read_prices(db::Reader& reader, Currency currency, const std::vector<std::string>& banks,
                                     Instant now) const {
        std::vector<std::string> ids;
        for (const std::string& bank : banks) {
            ids.push_back(bank);
            ids.push_back(fx::board_id(bank, currency));
        }
        Prices prices;
        std::vector<std::string> quote_ids;
        std::set<std::string> asked_lately;
        std::set<std::string> awaited;
        for (const fx::Board& board : fx::QuoteStore::boards(reader, ids)) {
            if (!board.quote_id.empty()) quote_ids.push_back(board.quote_id);
            if (now < board.asked_at + parts_.settings.ask_again) asked_lately.insert(board.id);
            if (board.answered_at < board.asked_at && now < board.asked_at + parts_.settings.wait_boards)
                awaited.insert(board.id);
        }
        prices.quotes = fx::QuoteStore::quotes(reader, quote_ids);
        for (const fx::Quote& quote : prices.quotes) {
            if (fx::is_usable(quote, now, parts_.settings.quote_needs)) prices.usable.insert(quote.bank);
        }
        for (const std::string& bank : banks) {
            if (prices.usable.contains(bank)) continue;
            if (!asked_lately.contains(bank)) prices.banks_to_ask.push_back(bank);
            prices.is_early = prices.is_early || awaited.contains(bank);
        }
        return prices;
    }

    /// The cheapest of those that the desk holds and that can be drawn on now; and what is better than it.
    void find_held(db::Reader& reader, Currency currency, const Prices& prices, Instant now, Choice& choice) const {
        std::vector<fx::HeldLockStore::Row> live = fx::HeldLockStore::live(reader, currency);
        choice.for_locks = awaited_by_locks(live);
        for (fx::HeldLockStore::Row& row : live) {
            if (!terms_.contains(row.lock.bank) || !can_draw(reader, parts_, row, now)) continue;
            if (choice.held && choice.held->lock.rate.rate_e10() <= row.lock.rate.rate_e10()) continue;
            choice.held = std::move(row);
        }
        if (!choice.held) return;
        const fx::Lock& lock = choice.held->lock;
        const Money cny = fx::cost_of(fx::left_of(lock, choice.held->held), lock.rate);
        const std::vector<fx::Offer> offers =
            fx::compare(prices.quotes, terms_, {cny, now, parts_.settings.quote_needs, {}});
        if (offers.empty() || offers.front().unfit != fx::Unfit::No) return;
        if (offers.front().foreign > terms_.at(lock.bank).bought_with(cny, lock.rate)) choice.better = offers.front();
    }

    [[nodiscard]] std::map<std::string, Money> free_at(db::Reader& reader,
                                                       const std::vector<std::string>& banks) const {
        const Currency cny = Currency::known("CNY");
        std::vector<ledger::Account> accounts;
        for (const std::string& bank : banks)
            accounts.push_back(ledger::provision(parts_.settings.banks.at(bank).cny, cny));
        const auto balances = parts_.ledger.balances(reader, accounts);
        std::map<std::string, Money> free;
        for (std::size_t i = 0; i < banks.size(); ++i) free.emplace(banks[i], ledger::available(balances, accounts[i]));
        return free;
    }

    /// What one bank at least deals at once and has CNY of ours for. An order that fits nowhere is passed over:
    /// watch_waiting tells of it. Where some banks' prices can be used, the others limit nothing.
    void put_together(db::Reader& reader, const std::vector<std::string>& banks,
                      const std::map<std::string, Money>& free, const Prices& prices, Choice& choice) const {
        Money most = Money::zero(Currency::known("CNY"));
        for (const std::string& bank : banks) {
            if (!prices.usable.empty() && !prices.usable.contains(bank)) continue;
            const std::optional<Money>& largest = terms_.at(bank).largest_deal;
            const bool is_limited = largest.has_value() && !is_planted(Bug::LimitIgnored);
            most = std::max(most, is_limited ? std::min(*largest, free.at(bank)) : free.at(bank));
        }
        for (orders::ConvertibleOrder& order : orders::OrderStore::convertible(reader, choice.page)) {
            if (!order.cny.is_positive() || order.id <= choice.reserved_to || order.cny > most) continue;
            if (!choice.is_cut || choice.fits.empty() || order.has_quote) choice.fits.push_back(std::move(order));
        }
    }

    void split(const Prices& prices, const std::map<std::string, Money>& free, Instant now, Choice& choice) const {
        fx::SplitNeed need{now, parts_.settings.quote_needs, free, {}};
        for (const auto& [bank, amount] : free) need.paid_from.emplace(bank, parts_.settings.banks.at(bank).cny);
        std::vector<Money> amounts;
        for (const orders::ConvertibleOrder& order : choice.fits) amounts.push_back(order.cny);
        choice.parts = fx::split_over_banks(amounts, prices.quotes, terms_, need);
    }

    int draw(Currency currency, const Choice& choice, Instant now) {
        const auto item = std::make_shared<DrawOnLock>();
        item->lock_id = choice.held->lock.id;
        item->order_ids = choice.page;
        item->better = choice.better;
        item->weight = std::max<std::size_t>(1, choice.page.size());
        if (!parts_.queue.run(*draw_, item).ok() || item->purchase_id.empty()) return 0;
        pages_.looked(currency, choice.page, true, now);
        opened_at_.insert_or_assign(std::string(currency.code()), now);
        return 1;
    }

    /// The parts side by side: what one holds, the next does not find free.
    int open(Currency currency, const Choice& choice, Instant now) {
        if (choice.is_among_several()) sometimes("a bank is chosen among several");
        if (choice.parts.size() > 1) sometimes("orders are bought for at several banks at once");
        std::vector<std::shared_ptr<db::Item>> items;
        for (const fx::DealPart& part : choice.parts) {
            const std::shared_ptr<OpenPurchase> item = item_of(currency, choice, part);
            item->is_best_price = items.empty();
            items.push_back(item);
        }
        const std::vector<Status> written = parts_.queue.run(*open_, items);
        int opened = 0;
        for (std::size_t i = 0; i < items.size(); ++i)
            opened += written[i].ok() && !static_cast<const OpenPurchase&>(*items[i]).purchase_id.empty() ? 1 : 0;
        pages_.looked(currency, choice.page, opened > 0, now);
        if (opened > 0) opened_at_.insert_or_assign(std::string(currency.code()), now);
        return opened;
    }

    static std::shared_ptr<OpenPurchase> item_of(Currency currency, const Choice& choice, const fx::DealPart& part) {
        auto item = std::make_shared<OpenPurchase>();
        item->bank = part.offers.front().quote.bank;
        item->currency = currency;
        item->quote_id = part.offers.front().quote.id;
        item->compared = part.cny;
        item->offers = part.offers;
        item->left_to_locks = choice.for_locks;
        for (const std::size_t place : part.places) {
            const orders::ConvertibleOrder& order = choice.fits[place];
            item->order_ids.push_back(order.id);
            if (order.has_quote) item->quoted.push_back(order.id);
            item->merchants.insert(order.merchant_id);
        }
        item->weight = item->order_ids.size();
        return item;
    }

    int ask(const std::string& bank) {
        const auto item = std::make_shared<Ask>(bank);
        return parts_.queue.run(*ask_, item) && item->asked ? 1 : 0;
    }

    int lapse(Instant now) {
        std::vector<std::shared_ptr<db::Item>> items;
        std::vector<std::shared_ptr<db::Item>> held;
        parts_.database.look([&](db::Reader& reader) {
            items.clear();
            held.clear();
            const std::vector<std::string> ids = fx::QuoteStore::lapsing(reader, now, 100);
            if (ids.empty()) return;
            for (const auto& [id, lock] : fx::QuoteStore::locks(reader, ids)) {
                if (fx::is_held(lock)) {
                    held.push_back(std::make_shared<EndHeldLock>());
                    static_cast<EndHeldLock&>(*held.back()).lock_id = id;
                } else {
                    items.push_back(std::make_shared<LapseLock>());
                    static_cast<LapseLock&>(*items.back()).lock_id = id;
                }
            }
        });
        int done = 0;
        if (!items.empty()) {
            const std::vector<Status> written = parts_.queue.run(*lapse_, items);
            for (std::size_t i = 0; i < items.size(); ++i)
                done += written[i].ok() && static_cast<const LapseLock&>(*items[i]).lapsed ? 1 : 0;
        }
        if (!held.empty()) {
            const std::vector<Status> written = parts_.queue.run(*end_held_, held);
            for (std::size_t i = 0; i < held.size(); ++i)
                done += written[i].ok() && static_cast<const EndHeldLock&>(*held[i]).ended ? 1 : 0;
        }
        return done;
    }

    std::unique_ptr<db::Operation> ask_;
    std::unique_ptr<db::Operation> open_;
    std::unique_ptr<db::Operation> draw_;
    std::unique_ptr<db::Operation> end_held_;
    std::unique_ptr<db::Operation> lapse_;
    std::unique_ptr<db::Operation> accept_;
    std::map<std::string, std::vector<std::string>> banks_of_;  // by currency code
    std::map<std::string, fx::BankTerms> terms_;                // by bank
    std::map<std::string, Instant> opened_at_;
    std::map<Currency, Money> awaited_;  // by locks of unknown outcome, when the currency was looked at last
    CandidatePages pages_;
    Instant looked_in_turn_{};
    Instant looked_for_quotes_{};
};

Convert::Convert(db::Database& database, db::WriteQueue& queue, const ledger::Ledger& ledger, const calls::Calls& calls,
                 const fx::ValueDates& value_dates, ConvertSettings settings)
    : impl_(std::make_unique<Impl>(database, queue, ledger, calls, value_dates, std::move(settings))) {}
Convert::~Convert() = default;

int Convert::step(Instant now) {
    return impl_->step(now);
}
calls::AnswerHandler& Convert::rates_handler() {
    return *impl_->rates_;
}
calls::AnswerHandler& Convert::lock_handler() {
    return *impl_->lock_;
}
calls::AnswerHandler& Convert::purchase_handler() {
    return *impl_->purchase_;
}
std::unique_ptr<Decision> Convert::settle_far_off() const {
    return make_settle_far_off(impl_->parts_);
}
Status Convert::accept_rate(const AcceptedRate& rate) {
    return impl_->accept_rate(rate);
}

}  // namespace huiqiao::flow
