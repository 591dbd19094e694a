#pragma once
// The dealing room's other door: FIX 4.4 application messages in, messages out, over the same prices, locks, deals and
// faults as the HTTP door (fx.h). Pure: whoever serves it (../fix_host.h, or a test) hands in one message as the body
// of POST /fix with kFixPeer as peer; the session itself has proved who asks. R without a quantity gets an indicative
// quote, with one a firm quote that is the lock (117 its number, 131 its reference); D deals by it, H tells an order.
// A purchase is paid from account 1 and credited to the customer's standing account of the currency. A fault that lets
// the bank deal twice the order (fx_over_fill) is a second fill here, half of it (fx_partial) a fill and a cancelled
// rest. Faults of its own: fix_business_reject (not taken up), fix_cancelled_quote (withdrawn at once), fix_garbage
// (done, but the answer makes no sense), fix_relogon (answered, then the connection breaks), fix_gap (it breaks first,
// so the answer is sent again when the customer asks for what it missed).

#include <map>

#include "adapters/fix44/message.h"
#include "adapters/sandbox/bank/fx.h"
#include "adapters/sandbox/bank/fx_deals.h"

namespace huiqiao::sandbox::bank {

inline constexpr const char* kFixPath = "/fix";
inline constexpr const char* kFixPeer = "fix";
/// Of the response: what to do to the connection, "drop_before" or "drop_after" sending the messages.
inline constexpr const char* kFixSessionHeader = "x-fix-session";

/// "R" of "35=R…", for faults that concern every door; empty where it is no message.
std::string fix_type(const std::string& body);

struct FixDeskSettings {
    PriceBook prices;                                          // the dealing room's own
    std::map<std::string, std::string, std::less<>> accounts;  // currency -> account that is credited
};

class FixDesk final : public BankPart {
 public:
    /// room: the dealing room itself, another part of the same bank.
    FixDesk(ForeignExchange& room, FixDeskSettings settings) : room_(room), settings_(std::move(settings)) {}

    void create_tables(db::Tx&) override {}
    [[nodiscard]] std::vector<std::string> faults() const override;
    std::optional<http::Response> answer(Counter& at, const http::Request& request) override;
    void due(Counter&) override {}
    void write_books(db::Reader&, http::JsonWriter&) override {}

 private:
    using Messages = std::vector<fix44::Message>;
    Messages answer_to(Counter& at, const fix44::Message& message);
    Messages quote_request(Counter& at, const fix44::Message& message);
    Messages indicative(Counter& at, const fix44::Message& message);
    Messages new_order(Counter& at, const fix44::Message& message);

    ForeignExchange& room_;
    FixDeskSettings settings_;
};

}  // namespace huiqiao::sandbox::bank
