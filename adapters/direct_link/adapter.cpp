#include "adapters/direct_link/adapter.h"

#include <algorithm>

#include "fx/word_of_bank.h"

namespace huiqiao::direct_link {

namespace {

constexpr std::string_view kPath = "/direct-link";
constexpr int kMostDetailsARound = 100;

InstructionAnswer unknown(const std::string& reference) {
    return InstructionAnswer{reference, Outcome::Unknown, "", std::nullopt, "", ""};
}

void refuse(InstructionAnswer& said, std::string code, std::string why) {
    said.outcome = Outcome::Unknown;
    said.reason_code = std::move(code);
    said.reason = std::move(why);
}
void refuse(InstructionAnswer& said, const Error& error) {
    refuse(said, std::string(error.code->text), error.english());
}

/// What the records that carry a deal say together: their numbers, where there are several.
std::string several_deals(const std::vector<Record>& records) {
    std::vector<std::string> numbers;
    for (const Record& record : records) {
        if (!record.deal_no.empty()) numbers.push_back(record.deal_no);
    }
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    if (numbers.size() < 2) return "";
    std::string text;
    for (const std::string& number : numbers) text.append(text.empty() ? "" : ", ").append(number.substr(0, 30));
    return text;
}

}  // namespace

fx::FxBankTraits DirectLinkBank::traits() const {
    return fx::FxBankTraits{.deals_cny_fixed = true,
                            .longest_lock = settings_.opens_within,
                            .has_locks = false,
                            .rates_last = settings_.rates_last,
                            .details_a_round = kMostDetailsARound,
                            .reference_prefix = "EXB"};
}

WireRequest DirectLinkBank::write(const fx::Message& message) const {
    WireRequest request{"POST",
                        std::string(kPath),
                        {{"content-type", "text/xml; charset=" + std::string(to_text(settings_.charset))}},
                        write_message(message, settings_)};
    signature_.sign(request);
    return request;
}

std::optional<Answer> DirectLinkBank::open(const WireAnswer& answer, InstructionAnswer& said) const {
    if (answer.kind != WireAnswer::Kind::Answered) {
        said.reason = "no whole answer came";
        return std::nullopt;
    }
    if (!signature_.is_genuine(answer)) {
        refuse(said, "bad_signature", "the answer's signature is not the bank's");
        return std::nullopt;
    }
    if (answer.status != 200) {
        said.reason = "status " + std::to_string(answer.status);
        return std::nullopt;
    }
    Result<Answer> read = read_answer(answer.body);
    if (!read) {
        refuse(said, read.error());
        return std::nullopt;
    }
    if (read->serial != said.reference) {
        refuse(said, "other_serial", "the answer carries another message's serial");
        return std::nullopt;
    }
    // What the front machine did with it before it failed is not known.
    if (read->code != "0") {
        refuse(said, "RETCOD:" + read->code, "not carried out: " + read->text);
        return std::nullopt;
    }
    return std::move(read).value();
}

std::vector<Record> DirectLinkBank::records(const WireAnswer& answer, InstructionAnswer& said) const {
    const std::optional<Answer> read = open(answer, said);
    if (!read) return {};
    Result<std::vector<Record>> found = read_records(*read);
    if (!found) {
        refuse(said, found.error());
        return {};
    }
    const std::string reference = part_of(said.reference).purchase;
    const bool others =
        std::any_of(found->begin(), found->end(), [&](const Record& record) { return record.reference != reference; });
    if (others) {
        refuse(said, "other_reference", "the answer names another reference");
        return {};
    }
    // A query may come before the bank has looked at it: not found is no rejection (XCT-07).
    if (found->empty()) refuse(said, "not_found", "the bank's list does not show it");
    return std::move(found).value();
}

fx::RatesReading DirectLinkBank::read_rates(const std::string& reference, const WireAnswer& answer) const {
    fx::RatesReading reading{unknown(reference), {}};
    const std::optional<Answer> read = open(answer, reading.answer);
    if (!read) return reading;
    if (read->function != "NTEXRQAB") {
        refuse(reading.answer, "other_function", "the answer is another function's");
        return reading;
    }
    Result<std::vector<fx::BoardLine>> lines = read_board(*read, settings_.rates_last);
    if (!lines) {
        refuse(reading.answer, lines.error());
        return reading;
    }
    reading.answer.outcome = Outcome::Confirmed;
    reading.lines = std::move(lines).value();
    return reading;
}

fx::LockReading DirectLinkBank::read_lock(const std::string& reference, const WireAnswer& answer, bool) const {
    fx::LockReading reading{unknown(reference), std::nullopt, {}};
    const std::vector<Record> found = records(answer, reading.answer);
    if (found.empty()) return reading;
    if (found.size() != 1) {
        refuse(reading.answer, "several_records", "the bank shows several records of one reference");
        return reading;
    }
    const Record& record = found.front();
    reading.answer.reason_code = record.code;
    reading.answer.reason = record.text;
    reading.answer.their_reference = record.number;
    reading.answer.outcome = outcome_of_opening(record.state, record.ending);
    if (reading.answer.outcome != Outcome::Confirmed) return reading;
    if (record.number.empty() || !record.deal_no.empty()) {
        refuse(reading.answer, "bad_record", "the record has no number, or a deal that nobody ordered");
    } else if (record.rounds < part_of(reference).part) {
        refuse(reading.answer, "round_missing", "the bank has not taken this round of details");
    }
    return reading;
}

fx::PurchaseReading DirectLinkBank::read_purchase(const std::string& reference, const WireAnswer& answer, bool) const {
    fx::PurchaseReading reading{unknown(reference), std::nullopt};
    const std::vector<Record> found = records(answer, reading.answer);
    if (found.empty()) return reading;
    reading.doubled = several_deals(found);
    if (found.size() != 1) {
        refuse(reading.answer, "several_records",
               reading.doubled.empty() ? "the bank shows several records of one reference"
                                       : "the bank shows several deals of one reference: " + reading.doubled);
        return reading;
    }
    const Record& record = found.front();
    reading.answer.reason_code = record.code;
    reading.answer.reason = record.text;
    reading.answer.outcome = outcome_of_deal(record.state, record.ending);
    if (reading.answer.outcome == Outcome::Confirmed) {
        // Dealt is what is finished with success and has a deal's number; one without the other says nothing.
        if (!record.deal) {
            refuse(reading.answer, "bad_deal",
                   record.deal_no.empty() ? "success without a deal's number" : "not readable: " + record.deal_fault);
        } else if (!fx::agrees(*record.deal)) {
            refuse(reading.answer, "deal_amounts", "the deal's rate and amounts do not agree");
        } else {
            reading.answer.their_reference = record.deal_no;
            reading.answer.amount = record.deal->foreign;
            reading.deal = record.deal;
        }
    } else if (!record.deal_no.empty()) {
        refuse(reading.answer, "bad_deal", "a deal's number beside a state that is no success");
    }
    return reading;
}

}  // namespace huiqiao::direct_link
