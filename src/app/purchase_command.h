#pragma once
// huiqiao purchase list | show: purchases for eyes and for scripts, newest first, and one with its orders, its legs and
// the offers that were compared. It reads the database, asks no bank and changes nothing.

#include <iosfwd>
#include <optional>
#include <span>
#include <vector>

#include "fx/purchase.h"
#include "fx/purchase_list_store.h"
#include "fx/quote_store.h"
#include "src/app/command_line.h"
#include "src/flow/watch_buying.h"

namespace huiqiao::app {

void add_purchase_command(CommandLine& line);

void print_purchases(std::span<const fx::Purchase> purchases, std::ostream& out);

/// What collected CNY must be bought with, and by when (T+1), the nearest deadline first; nothing where none waits.
void print_deadlines(std::span<const flow::Buying> waiting, Instant now, std::ostream& out);

/// One purchase, as it stands.
struct PurchaseView {
    fx::Purchase purchase;
    std::vector<fx::PurchaseLine> lines;
    std::vector<fx::PurchaseLeg> legs;
    std::vector<fx::Offer> offers;
    std::optional<fx::Allocated> allocated;
};
/// The offers as they were when it was opened.
void print_purchase(const PurchaseView& view, std::ostream& out);

namespace purchase_error {
inline constexpr ErrorCode kNoPurchase{"no_such_purchase", ErrorGroup::NotFound,
                                       "There is no purchase {purchase}. huiqiao purchase list shows the newest.",
                                       "没有购汇 {purchase}。请先列出最近的购汇。"};
}  // namespace purchase_error

}  // namespace huiqiao::app
