#include "src/api/quote_routes.h"

#include <map>

#include "fx/desk.h"
#include "fx/quote_store.h"
#include "src/api/query.h"
#include "src/http/json_writer.h"
#include "src/http/problem.h"

namespace huiqiao::api {

namespace {

/// CNY for one unit of the currency, as a text.
void write_quote(http::JsonWriter& json, const fx::Quote& quote) {
    json.open_object()
        .field("currency", quote.currency().code())
        .field("bank_rate", quote.bank_rate.per_one())
        .field("client_rate", quote.client_rate.per_one())
        .field("markup_bp", quote.markup_bp)
        .field("mid", quote.mid.per_one())
        .field("received_at", quote.received_at)
        .field("valid_until", quote.valid_until)
        .close_object();
}

}  // namespace

void QuoteRoutes::add_to(http::Router& router) {
    api_.add(router, http::Method::Get, "/v1/quotes", {0}, [this](const Call& call) { return list(call); });
}

http::Response QuoteRoutes::list(const Call& call) {
    if (const Status query = check_query(call.request, {}); !query)
        return http::problem(query.error(), call.request_id);
    std::vector<std::string> board_ids;
    for (const Board& board : boards_) board_ids.push_back(fx::board_id(board.bank, board.currency));
    std::vector<fx::Quote> quotes;
    api_.database().read([&](db::Reader& reader) {
        std::vector<std::string> quote_ids;
        for (const fx::Board& board : fx::QuoteStore::boards(reader, board_ids)) {
            if (!board.quote_id.empty()) quote_ids.push_back(board.quote_id);
        }
        quotes = fx::QuoteStore::quotes(reader, quote_ids);
    });
    // Fees of banks weigh by the amount; a platform that names none is shown what a middling purchase would get.
    const Money usual_deal = Money::of_minor(Currency::known("CNY"), 10'000'000);
    std::map<std::string, std::vector<fx::Quote>> by_currency;
    for (fx::Quote& quote : quotes) by_currency[std::string(quote.currency().code())].push_back(std::move(quote));
    const Instant now = api_.clock().now();
    http::JsonWriter json;
    json.open_object().key("quotes").open_array();
    for (const auto& [currency, offered] : by_currency) {
        const std::vector<fx::Offer> offers = fx::compare(offered, terms_, {usual_deal, now, std::chrono::seconds(0)});
        if (offers.front().unfit == fx::Unfit::No) write_quote(json, offers.front().quote);
    }
    json.close_array().close_object();
    return http::Response::json(200, json.take());
}

}  // namespace huiqiao::api
