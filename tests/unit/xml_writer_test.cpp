#include <doctest/doctest.h>

#include "src/xml/canonical.h"
#include "src/xml/document.h"
#include "src/xml/writer.h"

using namespace huiqiao;
using namespace huiqiao::xml;

TEST_CASE("the writer writes what a reader reads back, whatever characters the text has") {
    const std::string text = "张三 & <b> \"q\" 'a' ]]> \t tab\r\n line \xF0\x9F\x98\x80";
    Writer writer;
    writer.declaration().open("ceb:A").attribute("xmlns:ceb", "urn:x").attribute("note", text);
    writer.element("ceb:b", text).element("ceb:empty", "").line().close();
    const std::string written = writer.finish().value();
    const auto document = Document::parse(written).value();
    CHECK(document.root().child_text("b") == text);
    CHECK(document.root().attribute("note") == std::string_view(text));
    CHECK(document.root().child("empty"));
    CHECK(document.root().child("empty").text().empty());
    CHECK(document.root().namespace_uri() == "urn:x");
    CHECK(written.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ceb:A "));
}

TEST_CASE("what is written without a declaration is its own canonical form") {
    Writer writer;
    writer.open("ceb:A").attribute("xmlns:ceb", "urn:x").attribute("guid", "a>b & \"c\"\n").attribute("version", "1.0");
    writer.element("ceb:b", "x & <y> > \r z").open("ceb:c").close().close();
    const std::string written = writer.finish().value();
    CHECK(canonical(written).value() == written);
}

TEST_CASE("INP-07: characters that XML cannot carry are refused with the element's name, never dropped") {
    for (const std::string& bad : {std::string("a\0b", 3), std::string("\x01"), std::string("\x1B[0m"),
                                   std::string("\xEF\xBF\xBE"), std::string("\xC0\xAF"), std::string("\xED\xA0\x80"),
                                   std::string("\xF4\x90\x80\x80"), std::string("\xE5\xBC")}) {
        Writer in_text;
        in_text.open("root").element("good", "ok").element("payerName", bad).element("later", bad).close();
        const auto refused = in_text.finish();
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code->text == "xml_forbidden_character");
        CHECK(refused.error().parameters.front().second == "payerName");
        Writer in_attribute;
        in_attribute.open("root").attribute("a", bad).close();
        CHECK_FALSE(in_attribute.finish());
    }
}

TEST_CASE("misuse of the writer is a bug") {
    CHECK_THROWS_AS(Writer().open("1a"), LogicError);
    CHECK_THROWS_AS(Writer().open("a b"), LogicError);
    CHECK_THROWS_AS(Writer().open("a:b:c"), LogicError);
    CHECK_THROWS_AS(Writer().text("x"), LogicError);
    CHECK_THROWS_AS(Writer().close(), LogicError);
    Writer late;
    late.open("a").text("x");
    CHECK_THROWS_AS(late.attribute("b", "c"), LogicError);
    CHECK_THROWS_AS(late.declaration(), LogicError);
    CHECK_THROWS_AS((void)late.finish(), LogicError);
}
