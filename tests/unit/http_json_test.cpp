#include <doctest/doctest.h>

#include <array>
#include <limits>

#include "src/http/json.h"
#include "src/http/json_writer.h"

using namespace huiqiao;
using namespace huiqiao::http;

namespace {

std::string why_refused(std::string_view text, const JsonLimits& limits = {}) {
    const auto json = Json::parse(text, limits);
    if (json) return "";
    return json.error().parameters.empty() ? std::string(json.error().code->text) : json.error().parameters[0].second;
}

std::string nested(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

}  // namespace

TEST_CASE("INP-04: JSON that two readers could read differently is refused") {
    struct Row {
        std::string name;
        std::string text;
        std::string why;
    };
    const std::vector<Row> rows{
        {"duplicate key", R"({"amount":"1","amount":"2"})", "a field is given twice"},
        {"duplicate key through an escape", R"({"amount":"1","\u0061mount":"2"})", "a field is given twice"},
        {"duplicate key deep inside", R"({"a":[{"b":1,"c":2,"b":3}]})", "a field is given twice"},
        {"comment", "{\"a\":1/* x */}", "a number is malformed or too large"},
        {"trailing garbage", "{\"a\":1} x", "it is malformed"},
        {"second value", "{}{}", "it is malformed"},
        {"trailing comma", R"({"a":1,})", "it is malformed"},
        {"single quotes", "{'a':1}", "it is malformed"},
        {"unfinished", R"({"a":)", "it is malformed"},
        {"empty", "", "it is empty"},
        {"byte order mark", "\xEF\xBB\xBF{}", "it begins with a byte order mark"},
        {"fraction", R"({"amount":100.10})", "a number is not a whole number; amounts are texts"},
        {"whole number with a point", R"({"n":1.0})", "a number is not a whole number; amounts are texts"},
        {"exponent", R"({"n":1e3})", "a number is not a whole number; amounts are texts"},
        {"infinite exponent", R"({"n":1e999})", "a number is malformed or too large"},
        {"beyond 63 bits", R"({"n":9223372036854775808})", "a number is too large"},
        {"beyond 64 bits", R"({"n":92233720368547758079})", "a number is malformed or too large"},
        {"leading zero", R"({"n":01})", "a number is malformed or too large"},
        {"NaN", R"({"n":NaN})", "it is malformed"},
        {"invalid UTF-8", "{\"a\":\"\xC3\x28\"}", "it is not UTF-8"},
        {"overlong UTF-8", "{\"a\":\"\xC0\xAF\"}", "it is not UTF-8"},
        {"surrogate in UTF-8", "{\"a\":\"\xED\xA0\x80\"}", "it is not UTF-8"},
        {"raw newline in a text", "{\"a\":\"x\ny\"}", "a text holds a control character"},
        {"escaped NUL", R"({"a":"x\u0000y"})", "a text holds a control character"},
        {"escaped newline", R"({"a":"x\ny"})", "a text holds a control character"},
        {"DEL", "{\"a\":\"x\x7Fy\"}", "a text holds a control character"},
        {"C1 control", R"({"a":"x\u0085y"})", "a text holds a control character"},
        {"control in a key", R"({"a\u0001":1})", "a field's name holds a control character"},
        {"bad escape", R"({"a":"\x"})", "a text holds a bad escape"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        CHECK(why_refused(row.text) == row.why);
    }
}

TEST_CASE("INP-05: a lone surrogate written as an escape is refused, a pair is one character") {
    CHECK(why_refused(R"({"a":"\ud800"})") != "");
    CHECK(why_refused(R"({"a":"\ud800x"})") != "");
    CHECK(why_refused(R"({"a":"\udc00"})") != "");
    const auto pair = Json::parse(R"({"a":"\ud840\udc0b"})");
    REQUIRE(pair.ok());
    CHECK(pair->root().find("a")->text() == "\xF0\xA0\x80\x8B");
}

TEST_CASE("INP-04: depth, lengths and bytes are bounded exactly") {
    JsonLimits limits;
    limits.max_depth = 8;
    limits.max_array_items = 3;
    limits.max_object_fields = 2;
    limits.max_text_bytes = 5;
    CHECK(why_refused(nested(8), limits) == "");
    CHECK(why_refused(nested(9), limits) == "it is nested too deeply");
    CHECK(why_refused(nested(100'000), limits) == "it is nested too deeply");
    CHECK(why_refused("[1,2,3]", limits) == "");
    CHECK(why_refused("[1,2,3,4]", limits) == "an array has too many items");
    CHECK(why_refused(R"({"a":1,"b":2})", limits) == "");
    CHECK(why_refused(R"({"a":1,"b":2,"c":3})", limits) == "an object has too many fields");
    CHECK(why_refused(R"(["12345"])", limits) == "");
    CHECK(why_refused(R"(["123456"])", limits) == "a text is too long");
    CHECK(why_refused("{\"" + std::string(129, 'k') + "\":1}", limits) == "a field's name is too long");

    limits.max_bytes = 4;
    CHECK(why_refused("[12]", limits) == "");
    const auto large = Json::parse("[123]", limits);
    REQUIRE_FALSE(large.ok());
    CHECK(large.error().code->group == ErrorGroup::TooLarge);
}

TEST_CASE("depth limits of one parse do not stay for the next") {
    JsonLimits deep;
    deep.max_depth = 20;
    CHECK(why_refused(nested(20), deep) == "");
    CHECK(why_refused(nested(9)) == "it is nested too deeply");
    CHECK(why_refused(nested(20), deep) == "");
}

TEST_CASE("a fault's place is a JSON pointer with its escapes") {
    const auto json = Json::parse(R"({"a/b":[{"~x":1},{"~x":1.5}]})");
    REQUIRE_FALSE(json.ok());
    CHECK(json.error().pointer == "/a~1b/1/~0x");
}

TEST_CASE("fields are read by their types and every fault is noted with its pointer") {
    const auto json = Json::parse(
        R"({"name":"","kind":"goods","count":11,"flag":"yes","when":"2026-11-20","day":"2026-02-30","extra":1,
            "money":{"currency":"USD","amount":"12.345"},"lines":[{"sku":"A"},{"sku":7},3]})");
    REQUIRE(json.ok());
    std::vector<Error> errors;
    JsonObject body(json->root(), errors);
    static constexpr std::array<std::string_view, 2> kKinds{"air", "hotel"};
    CHECK(body.text("name") == "");
    CHECK(body.choice("kind", kKinds) == "");
    CHECK(body.integer("count", 1, 10) == 0);
    CHECK_FALSE(body.boolean("flag"));
    CHECK_FALSE(body.instant("when"));
    CHECK_FALSE(body.date("day"));
    CHECK_FALSE(body.money("money"));
    CHECK(body.text("missing") == "");
    CHECK_FALSE(body.optional_text("not_there"));
    for (JsonObject& line : body.objects("lines", 1, 5)) line.text("sku");
    body.finish();

    std::vector<std::string> seen;
    for (const Error& error : errors) seen.push_back(std::string(error.code->text) + " " + error.pointer);
    CHECK(seen == std::vector<std::string>{"bad_length /name", "not_a_choice /kind", "out_of_range /count",
                                           "wrong_type /flag", "bad_time /when", "bad_date /day",
                                           "bad_amount /money/amount", "missing_field /missing", "wrong_type /lines/2",
                                           "wrong_type /lines/1/sku", "unknown_field /extra"});
}

TEST_CASE("good fields are read as they are") {
    const auto json = Json::parse(
        R"({"name":"阿依古丽·买买提","n":-5,"flag":true,"when":"2026-11-20T06:12:01.5+08:00","day":"2026-11-20",
            "money":{"currency":"JPY","amount":"2158"},"texts":["a","b"],"currency":"CNY","inner":{"x":"y"}})");
    REQUIRE(json.ok());
    std::vector<Error> errors;
    JsonObject body(json->root(), errors);
    CHECK(body.text("name", {.single_name = true}) == "阿依古丽·买买提");
    CHECK(body.integer("n", -10, 10) == -5);
    CHECK(body.boolean("flag"));
    CHECK(rfc3339(body.instant("when").value()) == "2026-11-19T22:12:01.500Z");
    CHECK(body.date("day")->text() == "2026-11-20");
    CHECK(body.positive_money("money")->minor() == 2158);
    CHECK(body.texts("texts", 0, 2) == std::vector<std::string>{"a", "b"});
    CHECK(body.currency("currency")->code() == "CNY");
    CHECK(body.object("inner").text("x") == "y");
    body.finish();
    CHECK(errors.empty());
}

TEST_CASE("INP-01: money is two texts and nothing else") {
    for (const std::string money : {R"({"currency":"USD","amount":12})",
                                    R"({"currency":"USD","amount":"-1"})",
                                    R"({"currency":"USD","amount":"1e3"})",
                                    R"({"currency":"USD","amount":"1,000"})",
                                    R"({"currency":"USD","amount":" 1"})",
                                    R"({"currency":"USD","amount":"01"})",
                                    R"({"currency":"USD","amount":""})",
                                    R"({"currency":"USD","amount":"１"})",
                                    R"({"currency":"USD","amount":"1.005"})",
                                    R"({"currency":"JPY","amount":"1.5"})",
                                    R"({"currency":"usd","amount":"1"})",
                                    R"({"currency":"RMB","amount":"1"})",
                                    R"({"currency":"USD"})",
                                    R"({"amount":"1"})",
                                    R"({"currency":"USD","amount":"1","x":1})",
                                    R"("USD 1")",
                                    "1",
                                    "null",
                                    R"({"currency":"USD","amount":"NaN"})",
                                    R"({"currency":"USD","amount":"12345678901234"})"}) {
        CAPTURE(money);
        const auto json = Json::parse("{\"m\":" + money + "}");
        REQUIRE(json.ok());
        std::vector<Error> errors;
        JsonObject body(json->root(), errors);
        body.money("m");
        CHECK(errors.size() == 1);
    }
    const auto json = Json::parse(R"({"zero":{"currency":"KWD","amount":"0.000"}})");
    std::vector<Error> errors;
    JsonObject body(json->root(), errors);
    CHECK(body.money("zero")->is_zero());
    CHECK_FALSE(body.positive_money("zero"));
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].pointer == "/zero/amount");
}

TEST_CASE("INP-05: names refuse direction marks and characters without width, and keep rare Chinese characters") {
    for (const std::string name :
         {R"("a\u202eb")", R"("a\u200bb")", R"("\ufeffa")", R"("a\u2066b")", R"("a\u00adb")"}) {
        CAPTURE(name);
        const auto json = Json::parse("{\"n\":" + name + "}");
        REQUIRE(json.ok());
        std::vector<Error> errors;
        CHECK(JsonObject(json->root(), errors).text("n", {.single_name = true}) == "");
        REQUIRE(errors.size() == 1);
        CHECK(errors[0].code->text == "bad_character");
    }
    const auto json = Json::parse("{\"n\":\"\xF0\xA0\x80\x8B\"}");
    std::vector<Error> errors;
    CHECK(JsonObject(json->root(), errors).text("n", {.max_characters = 1, .single_name = true}) == "\xF0\xA0\x80\x8B");
    CHECK(errors.empty());
}

TEST_CASE("a missing inner object is one fault, and null is not the same as missing") {
    const auto json = Json::parse(R"({"there":null})");
    std::vector<Error> errors;
    JsonObject body(json->root(), errors);
    JsonObject inner = body.object("payer");
    CHECK(inner.text("name") == "");
    inner.finish();
    CHECK_FALSE(body.optional_text("there"));
    REQUIRE(errors.size() == 2);
    CHECK(errors[0].pointer == "/payer");
    CHECK(errors[1].code->text == "wrong_type");
}

TEST_CASE("an array has bounds, and a flood of faults is cut off") {
    const auto json = Json::parse(R"({"a":[1,2,3]})");
    std::vector<Error> errors;
    JsonObject body(json->root(), errors);
    CHECK(body.array("a", 1, 2).empty());
    CHECK(body.array("a", 4, 9).empty());
    CHECK(errors.size() == 2);
    for (int i = 0; i < 200; ++i) body.text("m" + std::to_string(i));
    CHECK(errors.size() == JsonObject::kMaxErrors);
}

TEST_CASE("a body that is no object is one fault at the root") {
    const auto json = Json::parse("[1]");
    std::vector<Error> errors;
    JsonObject body(json->root(), errors);
    body.text("a");
    body.finish();
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].code->text == "wrong_type");
    CHECK(errors[0].pointer == "");
}

TEST_CASE("what the writer writes is what the reader reads") {
    JsonWriter json;
    json.open_object();
    json.field("text", "a\"b\\c\n\t\x01 汇桥").field("yes", true).field("n", std::numeric_limits<std::int64_t>::min());
    json.field("u", std::uint64_t{7}).field("money", Money::parse(Currency::known("USD"), "1234.56").value());
    json.field("none", std::optional<std::string>()).field("some", std::optional<std::string>("x"));
    json.key("list").open_array().value(1).null().open_object().close_object().close_array();
    json.raw_field("raw", "[1]").field("day", Date::parse("2026-11-20").value());
    json.close_object();
    CHECK(
        json.take() ==
        R"({"text":"a\"b\\c\n\t\u0001 汇桥","yes":true,"n":-9223372036854775808,"u":7,)"
        R"("money":{"currency":"USD","amount":"1234.56"},"some":"x","list":[1,null,{}],"raw":[1],"day":"2026-11-20"})");
}

TEST_CASE("the writer refuses text that is no UTF-8 and shapes that are no JSON") {
    CHECK_THROWS_AS(json_quoted("\xC3\x28"), LogicError);
    CHECK_THROWS_AS(json_quoted("\xED\xA0\x80"), LogicError);
    CHECK_THROWS_AS(json_quoted("\xE6\xB1"), LogicError);
    CHECK_THROWS_AS(JsonWriter().open_object().value(1), LogicError);
    CHECK_THROWS_AS(JsonWriter().open_array().key("a"), LogicError);
    CHECK_THROWS_AS(JsonWriter().open_object().key("a").close_object(), LogicError);
    CHECK_THROWS_AS(JsonWriter().open_object().take(), LogicError);
    CHECK_THROWS_AS(JsonWriter().value(1).value(2), LogicError);
}

TEST_CASE("a text of one length only is told that length once") {
    const auto json = Json::parse(R"({"hash":"ab"})");
    std::vector<Error> errors;
    JsonObject object(json->root(), errors);
    static_cast<void>(object.text("hash", {64, 64, false, true}));
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].code->text == "bad_length");
    CHECK(errors[0].english() == "'hash' must have exactly 64 characters.");
}
