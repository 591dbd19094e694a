// What the demo writes of its messages: readable, decoded, and nothing that is empty.

#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <sstream>

#include "adapters/single_window/dxp_message.h"
#include "src/app/demo_messages.h"
#include "src/base/encoding.h"

using namespace huiqiao;

namespace {

constexpr const char* kXml = "<ceb:A x=\"1\"><ceb:B>two words</ceb:B><ceb:C></ceb:C><ceb:D/></ceb:A>";
constexpr const char* kReadable =
    "<ceb:A x=\"1\">\n  <ceb:B>two words</ceb:B>\n  <ceb:C></ceb:C>\n  <ceb:D/>\n</ceb:A>\n";

std::string envelope(const char* type) {
    return single_window::write_dxp_message({.message_id = "M1",
                                             .dxp_id = "DXPENT0000099001",
                                             .message_type = type,
                                             .file_name = "CEB_1.xml",
                                             .xml = kXml,
                                             .created_at = from_us(1'764'000'000'000'000)},
                                            "DXPEDCCEB0000002")
        .value();
}

WireAnswer answered(std::string body) {
    return {WireAnswer::Kind::Answered, 200, {}, std::move(body), ""};
}

struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("huiqiao_messages_" + std::to_string(::getpid()));
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    [[nodiscard]] std::set<std::string> names() const {
        std::set<std::string> all;
        for (const auto& entry : std::filesystem::directory_iterator(path)) {
            all.insert(entry.path().filename().string());
            CHECK(std::filesystem::file_size(entry.path()) > 0);
        }
        return all;
    }
    [[nodiscard]] std::string text(const char* name) const {
        std::ifstream in(path / name, std::ios::binary);
        std::stringstream all;
        all << in.rdbuf();
        return all.str();
    }
};

}  // namespace

TEST_CASE("a message is written on lines of its own, with text beside its element") {
    CHECK(app::indented(kXml) == kReadable);
    CHECK(app::indented(kReadable) == kReadable);
    CHECK(app::indented("<?xml version=\"1.0\"?><a/>") == "<?xml version=\"1.0\"?>\n<a/>\n");
}

TEST_CASE("a declaration stands as it was sent, and beside it what the envelope carries") {
    const Folder folder;
    calls::Message message;
    message.reference = "R1";
    message.request.body = envelope("CEB411Message");
    message.answers = {answered(""), answered("<rep/>"), answered("{}")};
    app::write_declaration(folder.path, message);
    CHECK(folder.names() == std::set<std::string>{"R1.xml", "R1.ceb411.xml", "R1.answer2.xml", "R1.answer3.json"});
    CHECK(folder.text("R1.xml") == message.request.body);
    CHECK(folder.text("R1.ceb411.xml") == kReadable);
}

TEST_CASE("of customs' mailbox each receipt is written decoded, and a poll that brought nothing writes nothing") {
    const Folder folder;
    calls::Message empty;
    empty.reference = "R2";
    empty.answers = {answered(R"({"receipts":[],"more":false})"), answered("down")};
    app::write_receipts(folder.path, empty);
    CHECK(folder.names().empty());
    calls::Message full = empty;
    full.answers = {
        answered(R"({"receipts":[{"number":7,"message":")" + base64(as_bytes(envelope("CEB412Message"))) + R"("}]})")};
    app::write_receipts(folder.path, full);
    CHECK(folder.names() == std::set<std::string>{"receipt7.xml", "receipt7.ceb412.xml"});
    CHECK(folder.text("receipt7.ceb412.xml") == kReadable);
}
