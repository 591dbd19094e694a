// What a bank of any kind must not be believed, one table over all of them: refused with the reason, kept as evidence,
// and nothing dealt at it. What one adapter says of each field stands in its unit tests.

#include <doctest/doctest.h>

#include "tests/contract/banks_desk.h"

using namespace banks_desk;

namespace {

/// How each kind writes what a table changes.
struct Spelling {
    std::string line;  // where a board's USD begins
    std::string buying;
    std::string selling;
    std::string mid;  // empty: it shows none
    std::string end;
    std::string_view one;      // a price of the pair the wrong way round, in its unit
    std::string_view one_mid;  // and half of the way
};
const Spelling& spelling_of(Kind kind) {
    static const std::array<Spelling, 3> kAll{
        Spelling{R"("currency":"USD")", R"("buying":")", R"("selling":")", R"("mid":")", "\"", "13.94", "13.95"},
        Spelling{"55=USD/CNY",
                 "\x01"
                 "132=",
                 "\x01"
                 "133=",
                 "\x01"
                 "631=",
                 "\x01", "0.1394", "0.1395"},
        Spelling{"<CCYNBR>32", "<RTHBID>", "<RTHOFR>", "", "<", "13.94", "13.95"}};
    return kAll.at(static_cast<std::size_t>(kind));
}

/// What stands there now.
std::string got(const std::string& body, const Spelling& as, const std::string& key) {
    const std::size_t from = body.find(key, body.find(as.line)) + key.size();
    return body.substr(from, body.find(as.end, from) - from);
}
std::string with_prices(Kind kind, std::string body, std::string_view buying, std::string_view mid,
                        std::string_view selling) {
    const Spelling& as = spelling_of(kind);
    body = put(std::move(body), as.line, as.buying, as.end, buying);
    body = put(std::move(body), as.line, as.selling, as.end, selling);
    return as.mid.empty() ? body : put(std::move(body), as.line, as.mid, as.end, mid);
}
/// Only the selling price is another.
std::string with_selling(Kind kind, std::string body, std::string_view price) {
    const Spelling& as = spelling_of(kind);
    return put(std::move(body), as.line, as.selling, as.end, price);
}

struct BadWord {
    std::string what;
    std::array<std::string, 3> why;  // of each kind; empty: it does not apply there
    std::function<std::string(Kind, std::string, Instant)> change;
    bool is_signed = true;
};

std::string crossed(Kind kind, std::string body, Instant) {
    const Spelling& as = spelling_of(kind);
    const std::string bid = got(body, as, as.buying);
    const std::string offer = got(body, as, as.selling);
    const std::string mid = as.mid.empty() ? std::string() : got(body, as, as.mid);
    return with_prices(kind, std::move(body), offer, mid, bid);
}
std::string in_another_unit(Kind kind, std::string body, Instant) {
    switch (kind) {
        case Kind::Rest: return put(std::move(body), R"("currency":"USD")", R"("unit":)", ",", "1");
        case Kind::Fix: return with_prices(kind, std::move(body), "716.0", "716.5", "717.0");
        case Kind::DirectLink: break;
    }
    return put(std::move(body), "<CCYNBR>32", "<RATBAS>", "<", "1");
}
std::string turned_round(Kind kind, std::string body, Instant) {
    switch (kind) {
        case Kind::Rest: return put(std::move(body), R"("rates":[)", R"("currency":")", "\"", "CNY");
        case Kind::Fix:
            return put(std::move(body), "35=S",
                       "\x01"
                       "55=",
                       "\x01", "CNY/USD");
        case Kind::DirectLink: break;
    }
    return put(std::move(body), "<CMBSDKPGK>", "<CCYNBR>", "<", "10");
}
std::string over_already(Kind kind, std::string body, Instant now) {
    const Instant end = now - 1h;
    switch (kind) {
        case Kind::Rest: return put(std::move(body), R"("currency":"USD")", R"("valid_until":")", "\"", rfc3339(end));
        case Kind::Fix:
            return put(std::move(body), "55=USD/CNY",
                       "\x01"
                       "62=",
                       "\x01", fix44::utc_timestamp(end));
        case Kind::DirectLink: break;
    }
    return put(std::move(body), "<CCYNBR>32", "<RATTIM>", "<", shanghai_14(end).substr(8));
}

const std::string kNoPrice = "a price is missing, or not greater than zero";

const std::vector<BadWord>& bad_words() {
    static const std::vector<BadWord> kAll{
        {"a pair turned round", {"bad_board", "the pair CNY/USD was not asked for", "CCYNBR"}, turned_round},
        {"prices of the pair turned round",
         {"rate_moved", "rate_moved", "rate_moved"},
         [](Kind kind, std::string body, Instant) {
             const Spelling& as = spelling_of(kind);
             return with_prices(kind, std::move(body), as.one, as.one, as.one_mid);
         }},
        {"per 1 for per 100, or the other way about",
         {"rate_wrong_scale", "rate_wrong_scale", "rate_wrong_scale"},
         in_another_unit},
        {"buying above selling", {"rate_board_inverted", "rate_board_inverted", "rate_board_inverted"}, crossed},
        {"a price of zero",
         {"bad_board", kNoPrice, "RTHOFR"},
         [](Kind kind, std::string body, Instant) { return with_selling(kind, std::move(body), "0"); }},
        {"a negative price",
         {"bad_board", kNoPrice, "RTHOFR"},
         [](Kind kind, std::string body, Instant) { return with_selling(kind, std::move(body), "-7.1685"); }},
        {"a price with an exponent",
         {"bad_board", kNoPrice, "RTHOFR"},
         [](Kind kind, std::string body, Instant) { return with_selling(kind, std::move(body), "7.1685e0"); }},
        {"a quote that was over when it came", {"rate_stale", "rate_stale", "rate_stale"}, over_already},
        {"garbage",
         {"bad_board", "the answer is no FIX message", "bad_xml"},
         [](Kind, const std::string&, Instant) { return std::string("\x01=}{<"); }},
        {"an answer cut short",
         {"bad_board", "the answer is no FIX message", "bad_xml"},
         [](Kind, const std::string& body, Instant) { return body.substr(0, body.size() - 3); }},
        {"text that GBK does not have",
         {"", "", "undecodable_text"},
         [](Kind, std::string body, Instant) { return put(std::move(body), "<INFO>", "<ERRMSG>", "<", "\x81\xff"); }},
        {"entities that grow",
         {"", "", "bad_xml"},
         [](Kind, std::string body, Instant) {
             body.insert(body.find("<CMBSDKPGK>"),
                         R"(<!DOCTYPE b [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>)");
             return put(std::move(body), "<INFO>", "<ERRMSG>", "<", "&b;&b;&b;&b;");
         }},
        {"nested without end",
         {"bad_board", "", "xml_too_large"},
         [](Kind kind, std::string body, Instant) -> std::string {
             if (kind == Kind::Rest) return std::string(100'000, '[');
             std::string deep;
             for (int i = 0; i < 5'000; ++i) deep += "<a>";
             return body.insert(body.find("<INFO>"), deep);
         }},
        {"an answer that the bank did not sign",
         {"bad_signature", "", "bad_signature"},
         [](Kind, std::string body, Instant) { return body + " "; },
         false}};
    return kAll;
}

constexpr db::Select kRefusals{"SELECT reason_code, reason FROM instruction WHERE operation = 'fx.rates' ORDER BY id",
                               "tt"};
constexpr db::Select kKeptAnswers{
    "SELECT COUNT(*) FROM call_answer a JOIN external_call c ON c.id = a.call_id WHERE c.operation = 'fx.rates'", "i"};

/// Why the last board was refused, wherever that is kept: with its quote, or with what was asked.
struct Refusal {
    std::string why;
    bool is_quote_kept = false;
    std::int64_t answers_kept = 0;
};
Refusal refusal_of(BanksDesk& b) {
    Refusal refusal;
    b.d.desk.database.read([&](db::Reader& reader) {
        refusal = {};
        const db::Found told = reader.select(kRefusals);
        for (std::size_t row = 0; row < told.size(); ++row) {
            const std::string said = told.text(row, 0) + " " + told.text(row, 1);
            if (said != " ") refusal.why = said;
        }
        refusal.answers_kept = reader.select(kKeptAnswers).integer(0, 0);
        for (const fx::Quote& quote : fx::QuoteStore::refused(reader, "quo~", 10)) {
            refusal.is_quote_kept = true;
            refusal.why = quote.refused_why;
        }
    });
    return refusal;
}

}  // namespace

TEST_CASE("FX-09 what a bank must not be believed is refused with the reason, kept as evidence, and nothing is dealt") {
    for (const BadWord& word : bad_words()) {
        CAPTURE(word.what);
        for (const Kind kind : kKinds) {
            const std::string& why = word.why.at(static_cast<std::size_t>(kind));
            if (why.empty()) continue;
            CAPTURE(name_of(kind));
            TestDatabase on = TestDatabase::fresh(db::Engine::Sqlite);
            BanksDesk b(on, {kind}, true, 60s);
            b.run();  // what it shows first is good, and measures what comes
            b.doors.changes = Step::Rates;
            b.doors.is_signed = word.is_signed;
            b.doors.change = [&](std::string body) { return word.change(kind, std::move(body), b.d.desk.clock.now()); };
            b.advance(200s);
            const Refusal refusal = refusal_of(b);
            CHECK_MESSAGE(refusal.why.find(why) != std::string::npos, refusal.why);
            CHECK((refusal.is_quote_kept || refusal.answers_kept > 0));
            CHECK(b.has_work("rate_refused") == refusal.is_quote_kept);
            const std::string id = b.d.order("m1", "USD", "100.00");
            for (int i = 0; i < 3; ++i) b.advance(20s);
            CHECK(b.doors.count(Step::Lock) == 0);
            CHECK(b.doors.count(Step::Deal) == 0);
            check_given_back(b, id);
            // It says what is true again: nobody needs to help it.
            b.doors.changes.reset();
            REQUIRE(b.buys(id));
            check_dealt_once(b, id);
            b.d.check_books();
        }
    }
}
