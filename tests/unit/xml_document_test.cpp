#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "src/base/random.h"
#include "src/xml/canonical.h"
#include "src/xml/document.h"

using namespace huiqiao;
using namespace huiqiao::xml;

namespace {

std::string golden(const std::string& path) {
    std::ifstream file("tests/golden/" + path, std::ios::binary);
    REQUIRE(file.good());
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string code_of(std::string_view text, const Limits& limits = {}) {
    const auto document = Document::parse(text, limits);
    return document ? "" : std::string(document.error().code->text);
}

std::string nested(std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "<a>";
    for (std::size_t i = 0; i < depth; ++i) text += "</a>";
    return text;
}

void append_outline(const Node& node, std::string& out) {
    out += "<" + std::string(node.name()) + "|" + std::string(node.namespace_uri()) + ">" + node.text();
    for (const Node& child : node.children()) append_outline(child, out);
    out += "</>";
}

}  // namespace

TEST_CASE("elements are found by local name, whichever prefix the sender chose") {
    for (const char* text : {"<m xmlns='urn:c' guid='G'><Payment><head><no>1</no></head></Payment><Payment/></m>",
                             "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<ceb:m "
                             "xmlns:ceb='urn:c' guid='G'><ceb:Payment><ceb:head><ceb:no>1</ceb:no></ceb:head>"
                             "</ceb:Payment> <ceb:Payment/></ceb:m>"}) {
        CAPTURE(text);
        const auto document = Document::parse(text);
        REQUIRE(document);
        const Node root = document->root();
        CHECK(root.name() == "m");
        CHECK(root.namespace_uri() == "urn:c");
        CHECK(root.attribute("guid") == std::string_view("G"));
        CHECK_FALSE(root.attribute("ceb"));
        CHECK_FALSE(root.attribute("xmlns"));
        CHECK(root.child("Payment").child("head").child_text("no") == "1");
        CHECK(root.child("Payment").child("head").namespace_uri() == "urn:c");
        std::size_t count = 0;
        for (const Node& payment : root.children("Payment")) {
            CHECK(payment.parent() == root);
            CHECK(payment.position() > 0);
            ++count;
        }
        CHECK(count == 2);
        CHECK(root.children("nothing").empty());
        CHECK_FALSE(root.child("nothing"));
        CHECK(root.child("nothing").child("deeper").child_text("still").empty());
        CHECK_FALSE(root.parent());
    }
}

TEST_CASE("text is whole: joined across comments and CDATA, references read, white space kept") {
    const auto document =
        Document::parse("<a>\n<b> x&amp;y<!-- c -->z<![CDATA[<&>]]>&#x4E2D;&#10;</b><c> </c>\r\n</a>");
    REQUIRE(document);
    CHECK(document->root().child_text("b") == " x&yz<&>中\n");
    CHECK(document->root().child_text("c") == " ");
    CHECK(document->root().text() == "\n\n");
}

TEST_CASE("INP-07: a DOCTYPE, and with it every entity and outside file, is refused before anything is expanded") {
    for (const char* text :
         {"<!DOCTYPE a><a/>", "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
          "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
          "<!DOCTYPE l [<!ENTITY l0 'l'><!ENTITY l1 '&l0;&l0;&l0;'>]><l>&l1;</l>", "<a><!ENTITY b 'c'></a>",
          "<a>&b;</a>", "<a b='&c;'/>", "<!doctype a><a/>", "<!-- c --><!DOCTYPE a><a/>"}) {
        CAPTURE(text);
        CHECK(code_of(text) == "bad_xml");
        CHECK_FALSE(canonical(text));
    }
}

TEST_CASE("INP-07: what is not well-formed is refused") {
    for (const char* text : {"",
                             " ",
                             "a",
                             "<",
                             "<a",
                             "<a>",
                             "<a></b>",
                             "<a/><b/>",
                             "<a/>x",
                             "x<a/>",
                             "<a b></a>",
                             "<a b=c/>",
                             "<a b='1' b='2'/>",
                             "<a b='1'c='2'/>",
                             "<a b='<'/>",
                             "<a>]]></a>",
                             "<a>&</a>",
                             "<a>&#0;</a>",
                             "<a>&#xD800;</a>",
                             "<a>&#x110000;</a>",
                             "<a>&amp</a>",
                             "<a>\x01</a>",
                             "<a>\xC3</a>",
                             "<a>\xED\xA0\x80</a>",
                             "<a><!-- a -- b --></a>",
                             "<a><!-- a</a>",
                             "<a><![CDATA[</a>",
                             "<a><?xml version='1.0'?></a>",
                             " <?xml version='1.0'?><a/>",
                             "<?xml version='1.1'?><a/>",
                             "<?xml version='1.0' encoding='GBK'?><a/>",
                             "<?xml encoding='UTF-8' version='1.0'?><a/>",
                             "<p:a/>",
                             "<a p:b='1'/>",
                             "<a xmlns:p=''/>",
                             "<a xmlns:x='urn:u' xmlns:y='urn:u' x:b='1' y:b='2'/>",
                             "<:a/>",
                             "<a:/>",
                             "<a:b:c xmlns:a='urn:u'/>",
                             "<1a/>",
                             "<a xmlns:xml='urn:u'/>",
                             "<xmlns:a/>",
                             "<a xmlns='urn:u&amp;'/>",
                             "<a xmlns='relative'/>",
                             "<a xmlns='urn:'/>",
                             "<a xmlns='urn:a b'/>",
                             "<a>\xEF\xBF\xBF</a>",
                             "\xFF\xFE<\0a\0/\0>\0",
                             "<a ></a >x",
                             "</a>",
                             "<a b='1/>"}) {
        CAPTURE(text);
        CHECK(code_of(text) == "bad_xml");
    }
    const auto refused = Document::parse("<a><b></a>");
    CHECK(refused.error().english().find("byte 9") != std::string::npos);
}

TEST_CASE("INP: size, depth, number of elements and of attributes are limited") {
    const Limits small{.max_bytes = 100, .max_depth = 4, .max_elements = 5, .max_attributes = 2};
    CHECK(code_of("<a>" + std::string(93, 'x') + "</a>", small).empty());
    CHECK(code_of("<a>" + std::string(94, 'x') + "</a>", small) == "xml_too_large");
    CHECK(code_of(nested(4), small).empty());
    CHECK(code_of(nested(5), small) == "xml_too_large");
    CHECK(code_of("<a><a><a><a><a/></a></a></a></a>", small) == "xml_too_large");
    CHECK(code_of("<a><b/><b/><b/><b/></a>", small).empty());
    CHECK(code_of("<a><b/><b/><b/><b/><b/></a>", small) == "xml_too_large");
    CHECK(code_of("<a b='' c=''/>", small).empty());
    CHECK(code_of("<a b='' c='' d=''/>", small) == "xml_too_large");
    CHECK(code_of(nested(500'000)) == "xml_too_large");
}

// The scan decides alone what is well-formed; this holds it against libxml2's own judgement and against pugixml's tree,
// on documents broken at random.
TEST_CASE("whatever the reader accepts, libxml2 accepts too and reads the same from its canonical form") {
    SeededRandom random(20'250'102);
    const std::string message = golden("xml/ceb411_message_a.xml");
    const std::string base =
        "<?xml version=\"1.0\"?><a xmlns:p='urn:p' x=\"1&amp;2\"><!--c--><p:b y='&#9;'>t<![CDATA[<]]>"
        "&gt;</p:b><c xmlns='urn:d'><d/> </c><?pi data?></a>";
    const std::string_view alphabet = "<>&;'\"=/!?-[]ab:x#19 \n\r\t\xE4\xB8\xAD";
    std::size_t accepted = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text = round % 4 == 0 ? message : base;
        for (std::uint64_t change = 1 + random.below(3); change > 0; --change) {
            const std::size_t at = random.below(text.size());
            switch (random.below(3)) {
                case 0: text[at] = alphabet[random.below(alphabet.size())]; break;
                case 1: text.erase(at, 1 + random.below(4)); break;
                default: text.insert(at, 1, alphabet[random.below(alphabet.size())]); break;
            }
        }
        const auto document = Document::parse(text);
        if (!document) continue;
        ++accepted;
        CAPTURE(text);
        const auto form = canonical(text);
        REQUIRE(form);
        const auto again = Document::parse(*form);
        REQUIRE(again);
        std::string before;
        std::string after;
        append_outline(document->root(), before);
        append_outline(again->root(), after);
        REQUIRE(before == after);
    }
    CHECK(accepted > 1'000);
}

TEST_CASE("canonical form: declaration and comments go, attributes are sorted, empty tags are opened") {
    CHECK(canonical("<?xml version='1.0'?>\n<a  z='1' b = '&quot;&lt;' xmlns:n='urn:n' xmlns='urn:d'><!-- c --><n:b/>"
                    "<![CDATA[x<y]]>\r\n</a>\n<!-- end -->")
              .value() == "<a xmlns=\"urn:d\" xmlns:n=\"urn:n\" b=\"&quot;&lt;\" z=\"1\"><n:b></n:b>x&lt;y\n</a>");
    const std::string message = golden("xml/ceb411_message_a.xml");
    CHECK(canonical(message).value() == message);
}

TEST_CASE("an element is canonical as a node of its document: namespaces from above are written on it") {
    const char* text = "<r xmlns='urn:d' xmlns:z='urn:z' xmlns:a='urn:a' a:q='1'><b><a:c k='v'>t</a:c></b></r>";
    CHECK(canonical_element(text, "urn:a", "c").value() ==
          "<a:c xmlns=\"urn:d\" xmlns:a=\"urn:a\" xmlns:z=\"urn:z\" k=\"v\">t</a:c>");
    CHECK(canonical_element(text, "urn:d", "r").value() == canonical(text).value());
    CHECK_FALSE(canonical_element(text, "urn:d", "c"));
}
