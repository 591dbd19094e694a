#pragma once
// A bank's foreign exchange in FIX 4.4 application messages, as we write and read it (reference 1.2): pure mapping, no
// judgement of what an answer means for an instruction. Prices are CNY for 1 unit. Written:
//   an asking for rates    R a currency, 131 = reference.USD, 537=0, no side and no quantity: indicative
//   a lock                 R, 131 = reference, 537=1 with side, quantity, currency, value date and the price we saw
//   a purchase             D, 11 = reference, 40=D, 117 = the lock, 44 = its price; 59=4, all of it or nothing
//   a query of a purchase  H, 11 = reference
// 60 TransactTime of D is the session's to stamp, so that what is stored is the same bytes whenever it is written.

#include <optional>
#include <string>
#include <vector>

#include "adapters/fix44/message.h"
#include "fx/fx_bank.h"

namespace huiqiao::fix44 {

/// What side 54 speaks of where the quantity is in the quoted currency: venues differ (reference 1.2).
enum class SideOf { BaseCurrency, DealtCurrency };

inline constexpr std::string_view kNoSymbol = "[N/A]";  // of a query, which knows only the order's reference

std::string rates_reference(const std::string& reference, Currency currency);
std::vector<Message> write_ask_rates(const fx::AskRates& ask, const std::vector<Currency>& currencies);
Message write_lock(const fx::LockOrder& order, SideOf side);
/// nullopt where the order does not carry the locked rate.
std::optional<Message> write_purchase(const fx::PurchaseOrder& order, SideOf side);
Message write_ask_purchase(const fx::AskPurchase& ask);

/// "USD/CNY": the foreign currency; nullopt for an inverted pair or any other text.
std::optional<Currency> foreign_of(std::string_view symbol);
/// A price as the message has it, greater than zero; nullopt for anything else.
std::optional<Rate> price_of(Currency foreign, std::string_view text);
/// A quantity; nullopt where it is no amount of that currency. Zero is one.
std::optional<Money> quantity_of(Currency currency, std::string_view text);
/// '1' or '2': how we write that we buy foreign currency with the quantity in `dealt`.
std::string_view buying_side(SideOf side, Currency dealt);

struct Report {
    std::string exec_id;
    std::string order_id;
    std::string exec_type;  // 150
    std::string status;     // 39
    std::string reject_reason;
    Currency foreign;
    Money quantity;                  // 38, in the dealt currency
    Money cumulated;                 // 14
    std::optional<Money> last;       // 32
    std::optional<Rate> last_price;  // 31
    std::optional<Rate> average;     // 6
    std::optional<Money> counter;    // 119 in 120, the other currency of the pair
    std::optional<Date> value_date;
};
/// An execution report on the order, or why it cannot be read as one.
struct ReportOrFault {
    std::optional<Report> report;
    std::string fault;
};
ReportOrFault read_report(const Message& message, const std::string& reference, SideOf side);

}  // namespace huiqiao::fix44
