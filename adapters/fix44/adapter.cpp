#include "adapters/fix44/adapter.h"

#include <algorithm>
#include <array>

#include "adapters/fix44/fills.h"
#include "adapters/fix44/tags.h"
#include "fx/word_of_bank.h"

namespace huiqiao::fix44 {

namespace {

// The bank refused to quote (658) or did not take the request up (380); it has promised nothing.
constexpr std::array<std::string_view, 9> kQuoteRefusals{"1", "2", "3", "4", "5", "6", "8", "9", "10"};
constexpr std::array<std::string_view, 5> kNotTakenUp{"2", "3", "4", "5", "6"};

bool is_listed(std::span<const std::string_view> list, std::string_view code) {
    return std::find(list.begin(), list.end(), code) != list.end();
}

InstructionAnswer unknown(const std::string& reference, std::string why) {
    return InstructionAnswer{reference, Outcome::Unknown, "", std::nullopt, "", std::move(why)};
}

struct Told {
    std::vector<Message> messages;
    std::vector<Message> asked;
    std::string fault;           // why there is nothing to read
    bool is_unreadable = false;  // bytes came, and they are no message
};

Told told_by(const WireAnswer& answer) {
    if (answer.kind != WireAnswer::Kind::Answered) return {{}, {}, "no whole answer came"};
    if (answer.status != 200) return {{}, {}, "status " + std::to_string(answer.status)};
    if (answer.body.empty()) return {{}, {}, "nothing was answered"};
    auto messages = parse_messages(answer.body);
    if (!messages) return {{}, {}, "the answer is no FIX message", true};
    Told told{*std::move(messages), {}, ""};
    for (const auto& [name, value] : answer.headers) {
        if (name == kAskedHeader) told.asked = parse_messages(value).value_or(std::vector<Message>{});
    }
    return told;
}

/// One two-sided price, or why it is none.
std::string read_indicative(const Message& quote, const std::string& reference, std::vector<fx::BoardLine>& lines) {
    const std::optional<Currency> foreign = foreign_of(quote.only(tag::kSymbol));
    if (!foreign) return "the pair " + std::string(quote.only(tag::kSymbol)) + " was not asked for";
    if (quote.only(tag::kQuoteReqId) != rates_reference(reference, *foreign)) return "a quote for another request";
    const std::optional<Rate> bid = price_of(*foreign, quote.only(tag::kBidPx));
    const std::optional<Rate> offer = price_of(*foreign, quote.only(tag::kOfferPx));
    const std::optional<Instant> valid_until = parse_utc_timestamp(quote.only(tag::kValidUntilTime));
    const std::string_view id = quote.only(tag::kQuoteId);
    if (!bid || !offer) return "a price is missing, or not greater than zero";
    if (!valid_until || id.empty()) return "the quote has no end or no name";
    std::optional<Rate> mid = price_of(*foreign, quote.only(tag::kMidPx));
    if (!mid) {
        // Half of the way; the unit of 10^-10 that it may fall short of is far below any tolerance that reads it.
        const std::int64_t e10 = bid->rate_e10() + (offer->rate_e10() - bid->rate_e10()) / 2;
        mid = Rate::of_stored(*foreign, bid->quote(), 1, e10, bid->text());
        mid = Rate::of_stored(*foreign, bid->quote(), 1, e10, mid->per_one());
    }
    const bool seen =
        std::any_of(lines.begin(), lines.end(), [&](const fx::BoardLine& line) { return line.mid.base() == *foreign; });
    if (seen) return "a second quote for one request";
    lines.push_back({*bid, *offer, *mid, true, *valid_until, std::string(id)});
    return "";
}

/// Why a firm quote does not fit what was asked; empty where it does.
std::string differs(const Message& quote, const Message& asked) {
    if (quote.only(tag::kQuoteType) != kTradeable) return "the quote is not tradeable";
    for (const int field : {tag::kSymbol, tag::kSide, tag::kCurrency}) {
        if (quote.only(field).empty() || quote.only(field) != asked.only(field))
            return "field " + std::to_string(field) + " is not what was asked";
    }
    if (quote.only(tag::kSettlDate) != asked.only(tag::kSettlDate)) return "the value date is not the one asked for";
    const std::string_view quantity = without_trailing_zeros(quote.only(tag::kOrderQty));
    if (quantity != without_trailing_zeros(asked.only(tag::kOrderQty))) return "the quantity is not what was asked";
    return "";
}

void read_firm(const Message& quote, const Told& told, fx::LockReading& reading) {
    const Message* asked = told.asked.size() == 1 ? &told.asked.front() : nullptr;
    if (asked == nullptr || asked->only(tag::kQuoteReqId) != reading.answer.reference) {
        reading.answer.reason = "what was asked is not known";
        return;
    }
    reading.answer.reason = differs(quote, *asked);
    if (!reading.answer.reason.empty()) return;
    const Currency foreign = foreign_of(quote.only(tag::kSymbol)).value();
    const std::optional<Rate> price = price_of(foreign, quote.only(tag::kOfferPx));
    const std::optional<Rate> shown = price_of(foreign, asked->only(tag::kPrice));
    const std::optional<Instant> expires_at = parse_utc_timestamp(quote.only(tag::kValidUntilTime));
    const std::string_view id = quote.only(tag::kQuoteId);
    if (!price || !shown) {
        reading.answer.reason = "the price is missing, or not greater than zero";
    } else if (fx::is_of_other_scale(*price, *shown)) {
        reading.answer.reason = "the price is not in the scale of the one that was shown";
    } else if (!expires_at || id.empty() || id.size() > 64) {
        reading.answer.reason = "the quote has no end or no name";
    } else {
        reading.answer.outcome = Outcome::Confirmed;
        reading.answer.their_reference = std::string(id);
        reading.rate = *price;
        reading.expires_at = *expires_at;
    }
}

WireRequest request_of(const std::vector<Message>& messages) {
    return WireRequest{"POST", "/fix", {}, text_of(messages)};
}

}  // namespace

fx::FxBankTraits Fix44FxBank::traits() const {
    return fx::FxBankTraits{.deals_cny_fixed = settings_.deals_cny_fixed, .longest_lock = settings_.longest_lock};
}

WireRequest Fix44FxBank::write(const fx::Message& message) const {
    if (const auto* ask = std::get_if<fx::AskRates>(&message))
        return request_of(write_ask_rates(*ask, settings_.currencies));
    if (const auto* lock = std::get_if<fx::LockOrder>(&message)) return request_of({write_lock(*lock, settings_.side)});
    if (const auto* ask = std::get_if<fx::AskPurchase>(&message)) return request_of({write_ask_purchase(*ask)});
    if (const auto* order = std::get_if<fx::PurchaseOrder>(&message)) {
        const std::optional<Message> written = write_purchase(*order, settings_.side);
        if (!written) throw LogicError("a purchase over FIX needs the locked rate");
        return request_of({*written});
    }
    if (std::holds_alternative<fx::DetailRound>(message))  // traits() say that this bank locks and wants none
        throw LogicError("a bank over FIX takes no details before a deal");
    return request_of({});  // a lock cannot be asked for
}

fx::RatesReading Fix44FxBank::read_rates(const std::string& reference, const WireAnswer& answer) const {
    const Told told = told_by(answer);
    fx::RatesReading reading{unknown(reference, told.fault), {}};
    if (told.is_unreadable) reading.answer.reason_code = "bad_message";
    if (!told.fault.empty()) return reading;
    // A currency that is refused or wrongly quoted is left out, the first with its reason; the others stand. The code
    // says that the bytes are evidence: a bank that does not quote said nothing wrong.
    for (const Message& message : told.messages) {
        const bool is_quote = message.type() == "S";
        const std::string why = is_quote ? read_indicative(message, reference, reading.lines) : "no quote was given";
        const bool is_wrong = is_quote && !why.empty();
        if (is_wrong && reading.answer.reason_code.empty()) {
            reading.answer.reason_code = "bad_quote";
            reading.answer.reason = why;
        } else if (reading.answer.reason.empty()) {
            reading.answer.reason = why;
        }
    }
    if (!reading.lines.empty()) reading.answer.outcome = Outcome::Confirmed;
    return reading;
}

fx::LockReading Fix44FxBank::read_lock(const std::string& reference, const WireAnswer& answer, bool) const {
    const Told told = told_by(answer);
    fx::LockReading reading{unknown(reference, told.fault), std::nullopt, {}};
    if (!told.fault.empty()) return reading;
    reading.answer.reason = "no quote is among the answers";
    const Message* cancelled = nullptr;
    const Message* quote = nullptr;
    for (const Message& message : told.messages) {
        const bool ours = message.only(tag::kQuoteReqId) == reference;
        if (ours && message.type() == "S") {
            // Each new quote replaces the one before.
            quote = &message;
            cancelled = nullptr;
        } else if (message.type() == "Z" &&
                   (ours || (quote != nullptr && message.only(tag::kQuoteId) == quote->only(tag::kQuoteId)))) {
            cancelled = &message;
        } else if (ours && message.type() == "AG") {
            reading.answer.reason_code = std::string(message.only(tag::kQuoteRequestRejectReason));
            reading.answer.reason = "the bank does not quote";
            if (is_listed(kQuoteRefusals, reading.answer.reason_code)) reading.answer.outcome = Outcome::RejectedFinal;
        } else if (message.type() == "j" && message.only(tag::kBusinessRejectRefId) == reference) {
            reading.answer.reason_code = "j" + std::string(message.only(tag::kBusinessRejectReason));
            reading.answer.reason = "the bank did not take the request up";
            if (is_listed(kNotTakenUp, message.only(tag::kBusinessRejectReason)))
                reading.answer.outcome = Outcome::RejectedFinal;
        }
    }
    if (cancelled != nullptr) {
        reading.answer.outcome = Outcome::RejectedFinal;
        reading.answer.reason_code = "quote_cancelled";
        reading.answer.reason = "the bank withdrew its quote";
    } else if (quote != nullptr) {
        reading.answer.outcome = Outcome::Unknown;
        read_firm(*quote, told, reading);
    }
    return reading;
}

fx::PurchaseReading Fix44FxBank::read_purchase(const std::string& reference, const WireAnswer& answer, bool) const {
    const Told told = told_by(answer);
    if (!told.fault.empty()) return {unknown(reference, told.fault), std::nullopt};
    const Message* order = nullptr;
    if (told.asked.size() == 1 && told.asked.front().type() == "D") order = &told.asked.front();
    return read_fills(reference, told.messages, order, settings_.side);
}

}  // namespace huiqiao::fix44
