#include <doctest/doctest.h>

#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <tuple>

#include "src/orders/order.h"
#include "src/orders/order_line.h"

using namespace huiqiao;
using namespace huiqiao::orders;

namespace {

Money fen(std::int64_t minor) {
    return Money::of_minor(Currency::known("CNY"), minor);
}
Money cents(std::int64_t minor) {
    return Money::of_minor(Currency::known("USD"), minor);
}

/// What the walk knows of an order: amounts and flags, of one kind.
struct Standing {
    PayoutKind kind;
    OrderAmounts amounts;
    bool open = false;
    bool expired = false;
    bool cancelled = false;

    [[nodiscard]] OrderState state() const { return state_of(amounts, kind, open, expired, cancelled); }
    [[nodiscard]] auto key() const {
        return std::tuple(kind, amounts.paid.minor(), amounts.funded.minor(), amounts.fee.minor(),
                          amounts.refunding.minor(), amounts.refunded.minor(), amounts.converting.minor(),
                          amounts.converted.minor(), amounts.rest.minor(), amounts.bought.minor(),
                          amounts.remitting.minor(), amounts.remitted.minor(), open, expired, cancelled);
    }
};

/// What can happen to an order; each says whether it can happen now, and changes the amounts as flow does.
struct Event {
    const char* name;
    std::function<bool(Standing&)> happen;
};

Money zero_like(const Money& money) {
    return Money::zero(money.currency());
}
bool unpaid(const Standing& s) {
    return s.amounts.paid.is_zero() && !s.expired && !s.cancelled;
}

const std::vector<Event>& all_events() {
    static const std::vector<Event> events{
        {"channel takes it", [](Standing& s) { return unpaid(s) && !s.open && (s.open = true); }},
        {"cancel", [](Standing& s) { return unpaid(s) && !(s.open = false) && (s.cancelled = true); }},
        {"expire", [](Standing& s) { return unpaid(s) && !(s.open = false) && (s.expired = true); }},
        {"revive with money",
         [](Standing& s) {
             if (!s.expired || !s.amounts.paid.is_zero()) return false;
             s.expired = false;
             s.amounts.paid = s.amounts.due;
             return true;
         }},
        {"paid",
         [](Standing& s) {
             if (!unpaid(s)) return false;
             s.amounts.paid = s.amounts.due;
             s.open = false;
             return true;
         }},
        {"funded",
         [](Standing& s) {
             if (!s.amounts.funded.is_zero() || s.amounts.paid.is_zero()) return false;
             s.amounts.funded = s.amounts.paid;
             if (s.amounts.refunded.is_zero() && s.amounts.refunding.is_zero()) s.amounts.fee = fen(3);
             return true;
         }},
        {"purchase begins",
         [](Standing& s) {
             if (s.kind != PayoutKind::Fx || !s.amounts.convertible().is_positive()) return false;
             s.amounts.converting += s.amounts.convertible();
             return true;
         }},
        {"purchase fails",
         [](Standing& s) {
             if (!s.amounts.converting.is_positive()) return false;
             s.amounts.converting = zero_like(s.amounts.converting);
             return true;
         }},
        {"allocated",
         [](Standing& s) {
             if (!s.amounts.converting.is_positive()) return false;
             s.amounts.converted += s.amounts.converting - fen(1);
             s.amounts.rest += fen(1);
             s.amounts.bought += cents(14);
             s.amounts.converting = fen(0);
             return true;
         }},
        {"remittance ordered",
         [](Standing& s) {
             const Money all = s.amounts.remittable(s.kind);
             if (!all.is_positive() || s.amounts.funded < s.amounts.paid) return false;
             s.amounts.remitting += all;
             return true;
         }},
        {"remittance rejected",
         [](Standing& s) {
             if (!s.amounts.remitting.is_positive()) return false;
             s.amounts.remitting = zero_like(s.amounts.remitting);
             return true;
         }},
        {"remittance debited",
         [](Standing& s) {
             if (!s.amounts.remitting.is_positive()) return false;
             s.amounts.remitted += s.amounts.remitting;
             s.amounts.remitting = zero_like(s.amounts.remitting);
             return true;
         }},
        {"remittance returned",
         [](Standing& s) {
             if (!s.amounts.remitted.is_positive()) return false;
             s.amounts.remitted = zero_like(s.amounts.remitted);
             return true;
         }},
        {"whole refund accepted",
         [](Standing& s) {
             OrderAmounts& a = s.amounts;
             const bool moved = a.converting.is_positive() || a.converted.is_positive() || a.remitting.is_positive() ||
                                a.remitted.is_positive();
             if (moved || a.paid.is_zero() || !a.refunding.is_zero() || !a.refunded.is_zero()) return false;
             a.refunding = a.paid;
             a.fee = fen(0);
             return true;
         }},
        {"refund paid",
         [](Standing& s) {
             if (s.amounts.refunding.is_zero()) return false;
             s.amounts.refunded += s.amounts.refunding;
             s.amounts.refunding = fen(0);
             return true;
         }},
        {"refund rejected",
         [](Standing& s) {
             if (s.amounts.refunding.is_zero()) return false;
             s.amounts.refunding = fen(0);
             return true;
         }},
    };
    return events;
}

/// Every move "kind: state + event -> state" that any sequence of events can bring about.
std::string walk(PayoutKind kind) {
    const Currency out = Currency::known(kind == PayoutKind::Fx ? "USD" : "CNY");
    std::vector<Standing> to_visit{{kind, OrderAmounts::of(fen(100), out)}};
    std::set<decltype(to_visit.front().key())> seen{to_visit.front().key()};
    std::set<std::string> moves;
    while (!to_visit.empty()) {
        const Standing from = to_visit.back();
        to_visit.pop_back();
        for (const Event& event : all_events()) {
            Standing to = from;
            if (!event.happen(to)) continue;
            moves.insert(std::string(to_text(kind)) + ": " + std::string(to_text(from.state())) + " + " + event.name +
                         " -> " + std::string(to_text(to.state())));
            if (seen.insert(to.key()).second) to_visit.push_back(to);
        }
    }
    std::string text;
    for (const std::string& move : moves) text += move + "\n";
    return text;
}

std::string golden(const char* name) {
    std::ifstream file(std::string("tests/golden/") + name);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("an order's state follows its amounts in every sequence of events, as the table of moves says") {
    const std::string moves = walk(PayoutKind::Fx) + walk(PayoutKind::Cny) + walk(PayoutKind::Domestic);
    CHECK(moves == golden("orders_moves.txt"));
}

TEST_CASE("over all combinations of amounts a state says what is open") {
    const std::int64_t steps[] = {0, 40, 100};
    std::size_t combinations = 0;
    for (const PayoutKind kind : {PayoutKind::Fx, PayoutKind::Cny, PayoutKind::Domestic}) {
        const Currency out = Currency::known(kind == PayoutKind::Fx ? "USD" : "CNY");
        for (const std::int64_t paid : steps)
            for (const std::int64_t funded : steps)
                for (const std::int64_t refunding : steps)
                    for (const std::int64_t refunded : steps)
                        for (const std::int64_t converting : steps)
                            for (const std::int64_t converted : steps)
                                for (const std::int64_t bought : steps)
                                    for (const std::int64_t remitting : steps)
                                        for (const std::int64_t remitted : steps)
                                            for (int flags = 0; flags < 8; ++flags) {
                                                OrderAmounts a = OrderAmounts::of(fen(100), out);
                                                a.paid = fen(paid);
                                                a.funded = fen(funded);
                                                a.refunding = fen(refunding);
                                                a.refunded = fen(refunded);
                                                a.converting = fen(converting);
                                                a.converted = fen(converted);
                                                a.bought = Money::of_minor(out, bought);
                                                a.remitting = Money::of_minor(out, remitting);
                                                a.remitted = Money::of_minor(out, remitted);
                                                const OrderState state = state_of(a, kind, (flags & 1) != 0,
                                                                                  (flags & 2) != 0, (flags & 4) != 0);
                                                ++combinations;
                                                bool fits = true;
                                                switch (state) {
                                                    case OrderState::Created: fits = paid == 0 && flags == 0; break;
                                                    case OrderState::AwaitingPayment:
                                                        fits =
                                                            paid < 100 && (flags & 6) == 0 && (paid > 0 || flags == 1);
                                                        break;
                                                    case OrderState::Cancelled:
                                                        fits = paid < 100 && (flags & 4) != 0;
                                                        break;
                                                    case OrderState::Expired:
                                                        fits = paid < 100 && (flags & 6) == 2;
                                                        break;
                                                    case OrderState::Paid: fits = paid == 100 && funded < 100; break;
                                                    case OrderState::Funded:
                                                        fits = funded == 100 && a.convertible().is_positive();
                                                        break;
                                                    case OrderState::Converting: fits = converting > 0; break;
                                                    case OrderState::Converted:
                                                        fits = kind == PayoutKind::Fx && bought > remitted &&
                                                               !a.convertible().is_positive();
                                                        break;
                                                    case OrderState::Remitting: fits = remitting > 0; break;
                                                    case OrderState::Refunding: fits = refunding > 0; break;
                                                    case OrderState::Refunded:
                                                        fits = refunded >= paid && paid > 0;
                                                        break;
                                                    case OrderState::Completed:
                                                        fits = paid == 100 && funded == 100 && converting == 0 &&
                                                               remitting == 0 && refunding == 0 &&
                                                               !a.remittable(kind).is_positive();
                                                        break;
                                                }
                                                // What others are working on is never hidden by a state of rest.
                                                if (refunding > 0) fits = fits && state == OrderState::Refunding;
                                                if (!fits) {
                                                    CAPTURE(to_text(state));
                                                    CAPTURE(flags);
                                                    CAPTURE(paid);
                                                    CAPTURE(remitting);
                                                    REQUIRE(fits);
                                                }
                                            }
    }
    CHECK(combinations == 3u * 19'683u * 8u);
}

TEST_CASE("an order that others collected has no money states") {
    for (int flags = 0; flags < 8; ++flags) {
        const OrderAmounts a = OrderAmounts::of(fen(100), Currency::known("CNY"));
        CHECK(state_of(a, PayoutKind::None, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0) ==
              OrderState::Completed);
    }
}

TEST_CASE("every state has a text that reads back and a row in the printed table") {
    const std::string table = order_states_table();
    int rows = 0;
    for (int i = 0; i <= static_cast<int>(OrderState::Refunded); ++i) {
        const auto state = static_cast<OrderState>(i);
        CHECK(order_state_from_text(to_text(state)) == state);
        CHECK(table.find("| `" + std::string(to_text(state)) + "` | ") != std::string::npos);
        ++rows;
    }
    CHECK(rows == 12);
    CHECK_THROWS_AS((void)order_state_from_text("done"), LogicError);
    CHECK_FALSE(trade_kind_from_text("virtual_goods").ok());
    CHECK_FALSE(payout_kind_from_text("rmb").ok());
}

TEST_CASE("ORD-10: lines and charges are summed exactly or not at all") {
    CHECK(*line_total(3, fen(3333)) == fen(9999));
    CHECK_FALSE(line_total(INT64_MAX, fen(2)).has_value());
    CHECK(*total_of({fen(10000), fen(500), fen(910), fen(1410)}) == fen(10000));
    CHECK_FALSE(total_of({fen(100), fen(0), fen(0), fen(101)}).has_value());
    CHECK_FALSE(total_of({fen(INT64_MAX), fen(1), fen(0), fen(0)}).has_value());
}
