#include <doctest/doctest.h>

#include "adapters/sandbox_bank/fx_adapter.h"
#include "adapters/sandbox_bank/fx_wire.h"
#include "src/base/random.h"

using namespace huiqiao;
using namespace huiqiao::sandbox_bank;

namespace {

Currency ccy(std::string_view code) {
    return Currency::known(code);
}

const crypto::SigningKey& key() {
    static const crypto::SigningKey kKey = [] {
        SeededRandom random(1);
        return crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, random);
    }();
    return kKey;
}

/// The bank is proved by the transport here, so answers need no signature.
const BankSignature& unsigned_bank() {
    static const BankSignature kSignature("huiqiao", key(), std::nullopt);
    return kSignature;
}

WireAnswer answered(std::string body, int status = 200) {
    return WireAnswer{WireAnswer::Kind::Answered, status, {}, std::move(body), ""};
}

constexpr std::string_view kDealt =
    R"({"reference":"FP1","status":"dealt","deal":"FX200001","cny":{"currency":"CNY","amount":"100.00"},)"
    R"("foreign":{"currency":"JPY","amount":"2158"},"unit":100,"rate":"4.6325","value_date":"2026-11-20"})";

std::string with(std::string_view text, std::string_view from, std::string_view to) {
    std::string changed(text);
    const std::size_t at = changed.find(from);
    REQUIRE(at != std::string::npos);
    return changed.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("golden: what is asked of the bank, byte by byte") {
    CHECK(write_fx(fx::AskRates{"FR7"}).target == "/v1/fx/rates?request=FR7");
    CHECK(write_fx(fx::AskLock{"FL7"}).target == "/v1/fx/locks/FL7");
    CHECK(write_fx(fx::AskPurchase{"FP7"}).target == "/v1/fx/purchases/FP7");
    const fx::LockOrder lock{"FL1",
                             *Rate::parse(ccy("JPY"), ccy("CNY"), 100, "4.6325"),
                             "BRD1",
                             fx::FixedSide::Cny,
                             Money::of_minor(ccy("CNY"), 10'000),
                             *Date::parse("2026-11-20")};
    const WireRequest locked = write_fx(lock);
    CHECK(locked.method == "POST");
    CHECK(locked.target == "/v1/fx/locks");
    CHECK(locked.body ==
          R"({"reference":"FL1","currency":"JPY","unit":100,"rate":"4.6325","board":"BRD1","fixed_side":"cny",)"
          R"("amount":{"currency":"CNY","amount":"100.00"},"value_date":"2026-11-20"})");
    const fx::PurchaseOrder order{
        "FP1",    "LK9",    fx::FixedSide::Foreign,    Money::of_minor(ccy("KWD"), 4'285), ccy("KWD"),
        "sb-cny", "sb-kwd", *Date::parse("2026-11-23")};
    CHECK(write_fx(order).body ==
          R"({"reference":"FP1","lock":"LK9","fixed_side":"foreign","amount":{"currency":"KWD","amount":"4.285"},)"
          R"("currency":"KWD","cny_account":"sb-cny","foreign_account":"sb-kwd","value_date":"2026-11-23"})");
}

TEST_CASE("a request is the same bytes and the same signature whenever it is written") {
    const SandboxFxBank bank(unsigned_bank());
    const WireRequest one = bank.write(fx::AskPurchase{"FP1"});
    const WireRequest two = bank.write(fx::AskPurchase{"FP1"});
    CHECK(one.headers == two.headers);
    CHECK(one.headers.size() == 2);
}

TEST_CASE("a deal is read to the unit: no decimals for JPY, three for KWD, rates per 100 and per 1") {
    const SandboxFxBank bank(unsigned_bank());
    const fx::PurchaseReading jpy = bank.read_purchase("FP1", answered(std::string(kDealt)), false);
    REQUIRE(jpy.answer.outcome == Outcome::Confirmed);
    CHECK(jpy.deal->foreign.minor() == 2158);
    CHECK(jpy.deal->rate.per_one() == "0.046325");
    CHECK(jpy.answer.their_reference == "FX200001");
    const std::string kwd =
        with(with(with(kDealt, R"("JPY","amount":"2158")", R"("KWD","amount":"4.285")"), "100,\"rate", "1,\"rate"),
             "4.6325", "23.3350");
    const fx::PurchaseReading dinar = bank.read_purchase("FP1", answered(kwd), true);
    REQUIRE(dinar.answer.outcome == Outcome::Confirmed);
    CHECK(dinar.deal->foreign.minor() == 4285);
}

TEST_CASE("XCT-06 PAY-05 whatever is not on the list, or does not fit what was asked, is unknown") {
    const SandboxFxBank bank(unsigned_bank());
    const auto outcome = [&](const WireAnswer& answer) {
        return bank.read_purchase("FP1", answer, true).answer.outcome;
    };
    CHECK(outcome(answered("")) == Outcome::Unknown);
    CHECK(outcome(answered("{}")) == Outcome::Unknown);
    CHECK(outcome(answered("<html>")) == Outcome::Unknown);
    CHECK(outcome(WireAnswer{}) == Outcome::Unknown);
    for (const int status : {100, 201, 202, 301, 400, 401, 404, 409, 422, 500, 503}) {
        CAPTURE(status);
        CHECK(outcome(answered(std::string(kDealt), status)) == Outcome::Unknown);
    }
    CHECK(outcome(answered(with(kDealt, "FP1", "FP2"))) == Outcome::Unknown);
    CHECK(outcome(answered(with(kDealt, "dealt", "done"))) == Outcome::Unknown);
    CHECK(outcome(answered(with(kDealt, "\"2158\"", "\"2158.5\""))) == Outcome::Unknown);
    CHECK(outcome(answered(with(kDealt, "\"2158\"", "2158"))) == Outcome::Unknown);
    CHECK(outcome(answered(with(kDealt, "\"2158\"", "\"0\""))) == Outcome::Unknown);
    CHECK(outcome(answered(with(kDealt, "\"CNY\"", "\"USD\""))) == Outcome::Unknown);
    CHECK(outcome(answered(with(kDealt, "\"unit\":100", "\"unit\":10"))) == Outcome::Unknown);
    CHECK(outcome(answered(with(kDealt, "4.6325", "4.6325e0"))) == Outcome::Unknown);
    CHECK(outcome(answered(with(kDealt, "2026-11-20", "2026-11-31"))) == Outcome::Unknown);
    CHECK(outcome(answered(R"({"reference":"FP1","status":"rejected","code":"something_new"})")) == Outcome::Unknown);
    CHECK(outcome(answered(R"({"reference":"FP1","status":"rejected","code":"lock_expired"})")) ==
          Outcome::RejectedFinal);
    CHECK(outcome(answered(R"({"reference":"FP2","status":"rejected","code":"lock_expired"})")) == Outcome::Unknown);
    CHECK(outcome(answered(R"({"reference":"FP1","status":"processing"})")) == Outcome::Accepted);
}

TEST_CASE("XCT-06 an answer that the bank did not sign says nothing") {
    SeededRandom random(2);
    const crypto::SigningKey bank_key = crypto::SigningKey::generate(crypto::SignatureAlgorithm::Ed25519, random);
    const BankSignature signature("huiqiao", key(), bank_key.verify_key());
    const SandboxFxBank bank(signature);
    CHECK(bank.read_purchase("FP1", answered(std::string(kDealt)), false).answer.outcome == Outcome::Unknown);
    CHECK(bank.read_lock("FL1", answered("{}"), false).answer.outcome == Outcome::Unknown);
}

TEST_CASE("a lock is read with its rate and expiry; a refusal on the list is final") {
    const SandboxFxBank bank(unsigned_bank());
    const fx::LockReading lock = bank.read_lock(
        "FL1",
        answered(R"({"reference":"FL1","status":"locked","lock":"LK1","currency":"USD","unit":100,"rate":"717.1000",)"
                 R"("expires_at":"2026-11-20T02:02:00.000Z"})"),
        false);
    REQUIRE(lock.answer.outcome == Outcome::Confirmed);
    CHECK(lock.rate->per_one() == "7.171");
    CHECK(lock.answer.their_reference == "LK1");
    CHECK(bank.read_lock("FL1", answered(R"({"reference":"FL1","status":"locked","lock":"LK1"})"), false)
              .answer.outcome == Outcome::Unknown);
    CHECK(bank.read_lock("FL1", answered(R"({"reference":"FL1","status":"rejected","code":"stale_rate"})"), false)
              .answer.outcome == Outcome::RejectedFinal);
}

TEST_CASE("a board is taken whole or not at all, and only as the answer to this asking") {
    const SandboxFxBank bank(unsigned_bank());
    const std::string usd =
        R"({"currency":"USD","unit":100,"buying":"716.1","mid":"716.9","selling":"717.7","tradable":true,"valid_until":"2026-11-20T02:03:00Z"})";
    const auto board = [](const std::string& rates) {
        return R"({"request":"FR1","board":"BRD1","rates":[)" + rates + "]}";
    };
    const fx::RatesReading good = bank.read_rates("FR1", answered(board(usd)));
    REQUIRE(good.answer.outcome == Outcome::Confirmed);
    REQUIRE(good.lines.size() == 1);
    CHECK(good.lines[0].selling.per_one() == "7.177");
    CHECK(good.lines[0].bank_reference == "BRD1");
    CHECK(bank.read_rates("FR2", answered(board(usd))).answer.outcome == Outcome::Unknown);
    CHECK(bank.read_rates("FR1", answered(board(usd + "," + usd))).answer.outcome == Outcome::Unknown);
    CHECK(bank.read_rates("FR1", answered(board(with(usd, "USD", "CNY")))).answer.outcome == Outcome::Unknown);
    CHECK(bank.read_rates("FR1", answered(board(with(usd, "\"716.1\"", "716.1")))).answer.outcome == Outcome::Unknown);
}

TEST_CASE("hostile bytes are unknown, never an exception") {
    const SandboxFxBank bank(unsigned_bank());
    SeededRandom random(3);
    for (int round = 0; round < 20'000; ++round) {
        std::string body(kDealt);
        const std::uint64_t changes = 1 + random.below(4);
        for (std::uint64_t i = 0; i < changes; ++i) {
            body[random.below(body.size())] = static_cast<char>(random.below(256));
            if (random.below(8) == 0) body.resize(1 + random.below(body.size()));
        }
        const fx::PurchaseReading reading = bank.read_purchase("FP1", answered(body), false);
        if (reading.answer.outcome == Outcome::Confirmed) {
            REQUIRE(reading.deal.has_value());
            REQUIRE(reading.deal->cny.is_positive());
            REQUIRE(reading.deal->foreign.is_positive());
        }
        (void)bank.read_lock("FP1", answered(body), false);
        (void)bank.read_rates("FP1", answered(body));
    }
}
