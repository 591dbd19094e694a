#include "adapters/single_window/dxp_message.h"

#include "src/base/encoding.h"
#include "src/xml/document.h"
#include "src/xml/writer.h"

namespace huiqiao::single_window {

namespace {

Error bad(std::string_view why) {
    return Error(customs::customs_error::kBadTransmission, {{"why", std::string(why)}});
}
Error unreadable(std::string_view why) {
    return Error(customs::customs_error::kNoMail, {{"why", std::string(why)}});
}

bool is_ascii(std::string_view text) {
    for (const char c : text) {
        if (c < 0x21 || c > 0x7E) return false;
    }
    return !text.empty();
}

/// xs:dateTime of the wall clock in Beijing, without a zone, as the terminal nodes write it.
std::string created_text(Instant at) {
    const std::string t = shanghai_14(at);
    return t.substr(0, 4) + "-" + t.substr(4, 2) + "-" + t.substr(6, 2) + "T" + t.substr(8, 2) + ":" + t.substr(10, 2) +
           ":" + t.substr(12, 2);
}

std::string without_space(std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
    return text;
}

}  // namespace

Result<std::string> write_dxp_message(const customs::Transmission& t, std::string_view receiver) {
    if (!is_ascii(t.message_id) || t.message_id.size() > 255) return bad("CopMsgId has 1 to 255 characters");
    if (!is_ascii(t.dxp_id) || t.dxp_id.size() > 16) return bad("SenderId has 1 to 16 characters");
    if (!is_ascii(receiver) || receiver.size() > 16) return bad("ReceiverId has 1 to 16 characters");
    if (t.message_type.size() > 30) return bad("MsgType has at most 30 characters");
    if (!is_ascii(t.file_name) || t.file_name.size() > 255) return bad("FileName has 1 to 255 characters");
    if (t.xml.empty()) return bad("it is empty");
    xml::Writer to(t.xml.size() * 4 / 3 + 1024);
    to.declaration();
    to.open("dxp:DxpMsg").attribute("xmlns:dxp", kDxpNamespace).attribute("ver", "1.0").line();
    to.open("dxp:TransInfo")
        .element("dxp:CopMsgId", t.message_id)
        .element("dxp:SenderId", t.dxp_id)
        .open("dxp:ReceiverIds")
        .element("dxp:ReceiverId", receiver)
        .close()
        .element("dxp:CreatTime", created_text(t.created_at))
        .element("dxp:MsgType", t.message_type)
        .close()
        .line();
    to.element("dxp:Data", base64(as_bytes(t.xml))).line();
    to.open("dxp:AddInfo").element("dxp:FileName", t.file_name).close().line();
    to.close();
    return to.finish();
}

Result<DxpReply> read_dxp_reply(std::string_view text) {
    const Result<xml::Document> document = xml::Document::parse(text);
    if (!document) return document.error();
    const xml::Node root = document->root();
    if (root.name() != "DxpRep" || root.namespace_uri() != kDxpNamespace) return unreadable("it is no DxpRep");
    const xml::Node response = root.child("Response");
    DxpReply reply{root.child("OriHead").child_text("CopMsgId"), response.child_text("ResponseCode"),
                   response.child_text("ResponseInfo")};
    if (reply.message_id.empty() || reply.code.empty() || reply.code.size() > 9)
        return unreadable("a DxpRep without code or original");
    return reply;
}

Result<DxpMessage> read_dxp_message(std::string_view text) {
    const Result<xml::Document> document = xml::Document::parse(text);
    if (!document) return document.error();
    xml::Node root = document->root();
    // Between nodes the message stands inside a DxpMsgSv (reference 3.4).
    if (root.name() == "DxpMsgSv") root = root.child("DxpMsg");
    if (root.name() != "DxpMsg" || root.namespace_uri() != kDxpNamespace) return unreadable("it is no DxpMsg");
    const xml::Node head = root.child("TransInfo");
    const auto data = from_base64(without_space(root.child_text("Data")));
    if (!head || !data) return unreadable("a DxpMsg without head or data");
    return DxpMessage{head.child_text("SenderId"), head.child("ReceiverIds").child_text("ReceiverId"),
                      head.child_text("MsgType"), to_string(*data)};
}

}  // namespace huiqiao::single_window
