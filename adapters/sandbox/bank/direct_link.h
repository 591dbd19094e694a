#pragma once
// The sandbox bank's direct link (银企直联): the same dealing room behind XML, POST /direct-link, in the manner of
// CMB's chapter 12 (adapters/direct_link/wire.h says what the institution expects; this side is written apart). No
// locks: a record is opened, its details follow in rounds of at most 100 in their order, and it is dealt at the price
// of the moment, for today; a record that is not dealt within record_life expires. A serial is taken once. Its deals
// settle by the part ForeignExchange, which must be there too. Faults, by "function" (NTPAYVEN …), "reference" (YURREF)
// and "round": direct_lost (not taken, not answered), direct_silent (taken, not answered), direct_encoding (an answer
// that is no text), direct_serial ("used before"), direct_drops_round (a round answered as taken, and dropped),
// direct_stays (with "state": shown so for an hour), direct_rejects_later (under way, rejected after a minute),
// direct_twice (the list shows two deals), direct_value_date (a day later), fx_jump, fx_reject, and those of fx_fill.h.

#include <chrono>

#include "adapters/sandbox/bank/direct_link_message.h"
#include "adapters/sandbox/bank/direct_link_records.h"
#include "adapters/sandbox/bank/fx_prices.h"
#include "adapters/sandbox/bank/part.h"

namespace huiqiao::sandbox::bank {

struct DirectLinkFrontSettings {
    PriceBook prices;
    Charset charset = Charset::Gbk;  // of the answers
    std::chrono::seconds record_life{600};
    std::chrono::seconds settle_after{0};
};

class DirectLinkFront final : public BankPart {
 public:
    explicit DirectLinkFront(DirectLinkFrontSettings settings) : settings_(std::move(settings)) {}

    void create_tables(db::Tx& tx) override;
    [[nodiscard]] std::vector<std::string> faults() const override;
    std::optional<http::Response> answer(Counter& at, const http::Request& request) override;
    void due(Counter& at) override;
    void write_books(db::Reader& reader, http::JsonWriter& json) override;

 private:
    DirectAnswer carry_out(Counter& at, const DirectRequest& request) const;
    void board(Counter& at, const DirectRequest& request, DirectAnswer& answer) const;
    void open(Counter& at, const DirectRequest& request, DirectAnswer& answer) const;
    void take_round(Counter& at, const DirectRequest& request, DirectAnswer& answer) const;
    [[nodiscard]] static std::string refusal(Counter& at, const DirectRecord& record,
                                             const std::optional<Price>& price);
    void order(Counter& at, DirectRecord& record) const;
    void deal(Counter& at, const DirectRequest& request, DirectAnswer& answer) const;
    void list(Counter& at, const DirectRequest& request, DirectAnswer& answer) const;
    [[nodiscard]] DirectRow row_of(Counter& at, const DirectRecord& record, bool listed) const;

    DirectLinkFrontSettings settings_;
};

}  // namespace huiqiao::sandbox::bank
