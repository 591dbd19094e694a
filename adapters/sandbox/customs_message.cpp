#include "adapters/sandbox/customs_message.h"

#include "src/base/encoding.h"
#include "src/xml/document.h"
#include "src/xml/writer.h"

namespace huiqiao::sandbox::port {

namespace {

constexpr std::string_view kCeb = "http://www.chinaport.gov.cn/ceb";
constexpr std::string_view kDxp = "http://www.chinaport.gov.cn/dxp";
constexpr std::string_view kOurId = "DXPEDCCEB0000002";

std::size_t characters(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) == 0x80 ? 0 : 1;
    return count;
}

bool all_digits(std::string_view text) {
    for (const char c : text) {
        if (c < '0' || c > '9') return false;
    }
    return !text.empty();
}

/// xs:decimal of at most 19 digits, 5 of them behind the point.
bool is_decimal(std::string_view text) {
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const std::string_view rest = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
    if (!all_digits(whole) || (point != std::string_view::npos && !all_digits(rest))) return false;
    return whole.size() + rest.size() <= 19 && rest.size() <= 5;
}

/// One line of the schema: L length in characters, D digits of exactly that length, N decimal, F fixed.
struct Element {
    const char* name;
    char type;
    std::size_t from;
    std::size_t to;
    bool optional;
};

constexpr Element kHead[] = {{"guid", 'L', 36, 36, false},
                             {"appType", 'L', 1, 1, false},
                             {"appTime", 'D', 14, 14, false},
                             {"appStatus", 'L', 1, 3, false},
                             {"payCode", 'L', 1, 18, false},
                             {"payName", 'L', 1, 100, false},
                             {"payTransactionId", 'L', 1, 60, false},
                             {"orderNo", 'L', 1, 60, false},
                             {"ebpCode", 'L', 1, 18, false},
                             {"ebpName", 'L', 1, 100, false},
                             {"payerIdType", 'L', 1, 1, false},
                             {"payerIdNumber", 'L', 1, 60, false},
                             {"payerName", 'L', 1, 60, false},
                             {"telephone", 'L', 0, 60, true},
                             {"amountPaid", 'N', 0, 0, false},
                             {"currency", 'F', 0, 0, false},
                             {"payTime", 'D', 14, 14, false},
                             {"note", 'L', 0, 1000, true}};
constexpr Element kTransfer[] = {{"copCode", 'L', 1, 18, false},
                                 {"copName", 'L', 0, 100, false},
                                 {"dxpMode", 'L', 3, 3, false},
                                 {"dxpId", 'L', 0, 30, false},
                                 {"note", 'L', 0, 1000, true}};

bool fits(const Element& element, const std::string& text) {
    switch (element.type) {
        case 'L': return characters(text) >= element.from && characters(text) <= element.to;
        case 'D': return all_digits(text) && text.size() == element.from;
        case 'N': return is_decimal(text);
        default: return text == "142";
    }
}

template <std::size_t N>
bool read_sequence(const xml::Node& parent, const Element (&schema)[N], std::map<std::string, std::string>& into,
                   std::string& why) {
    std::size_t at = 0;
    for (const xml::Node& child : parent.children()) {
        while (at < N && child.name() != schema[at].name && schema[at].optional) ++at;
        if (at == N || child.name() != schema[at].name || child.namespace_uri() != kCeb) {
            why = "unexpected element " + std::string(child.name());
            return false;
        }
        std::string text = child.text();
        if (!child.children().empty() || !fits(schema[at], text)) {
            why = "bad value of " + std::string(child.name());
            return false;
        }
        into.emplace(schema[at].name, std::move(text));
        ++at;
    }
    while (at < N && schema[at].optional) ++at;
    if (at < N) why = std::string("missing element ") + schema[at].name;
    return at == N;
}

std::string time17(Instant at) {
    return shanghai_14(at) + std::to_string(1000 + (to_us(at) / 1000) % 1000).substr(1);
}

std::string date_time(Instant at) {
    const std::string t = shanghai_14(at);
    return t.substr(0, 4) + '-' + t.substr(4, 2) + '-' + t.substr(6, 2) + 'T' + t.substr(8, 2) + ':' + t.substr(10, 2) +
           ':' + t.substr(12, 2);
}

std::string finished(xml::Writer& to) {
    Result<std::string> text = to.finish();
    if (!text) throw LogicError("a message of customs holds what XML cannot carry");
    return std::move(text).value();
}

}  // namespace

std::optional<Envelope> read_envelope(std::string_view body, Envelope& found, std::string& why) {
    const Result<xml::Document> document = xml::Document::parse(body);
    if (!document) {
        why = "not XML";
        return std::nullopt;
    }
    const xml::Node root = document->root();
    const xml::Node head = root.child("TransInfo");
    found.message_id = head.child_text("CopMsgId");
    found.sender = head.child_text("SenderId");
    found.receiver = head.child("ReceiverIds").child_text("ReceiverId");
    found.created = head.child_text("CreatTime");
    found.message_type = head.child_text("MsgType");
    const auto bytes = from_base64(root.child_text("Data"));
    if (root.name() != "DxpMsg" || root.namespace_uri() != kDxp || root.attribute("ver") != "1.0")
        why = "not a DxpMsg";
    else if (found.message_id.empty() || found.message_id.size() > 255)
        why = "CopMsgId";
    else if (found.sender.empty() || found.sender.size() > 16)
        why = "SenderId";
    else if (found.receiver.empty() || found.receiver.size() > 16)
        why = "ReceiverId";
    else if (found.created.size() != 19)
        why = "CreatTime";
    else if (!bytes || bytes->empty())
        why = "Data";
    if (!why.empty()) return std::nullopt;
    found.content = to_string(*bytes);
    return found;
}

std::optional<ReceivedPayments> read_payments(std::string_view canonical, std::string& why) {
    const Result<xml::Document> document = xml::Document::parse(canonical);
    if (!document) {
        why = "not XML";
        return std::nullopt;
    }
    const xml::Node root = document->root();
    const auto guid = root.attribute("guid");
    const auto version = root.attribute("version");
    if (root.name() != "CEB411Message" || root.namespace_uri() != kCeb)
        why = "not a CEB411Message";
    else if (!guid || guid->size() != 36)
        why = "guid of the message";
    else if (!version || version->empty() || version->size() > 10)
        why = "version";
    if (!why.empty()) return std::nullopt;
    ReceivedPayments read;
    bool transfer_seen = false;
    for (const xml::Node& child : root.children()) {
        if (child.name() == "Payment" && !transfer_seen) {
            const xml::Node head = child.child("PaymentHead");
            std::map<std::string, std::string> fields;
            if (!head || !read_sequence(head, kHead, fields, why)) {
                if (why.empty()) why = "Payment without PaymentHead";
                return std::nullopt;
            }
            read.heads.push_back(std::move(fields));
        } else if (child.name() == "BaseTransfer" && !transfer_seen) {
            transfer_seen = true;
            std::map<std::string, std::string> fields;
            if (!read_sequence(child, kTransfer, fields, why)) return std::nullopt;
            if (fields["dxpMode"] != "DXP") why = "dxpMode";
            read.transmitter = fields["copCode"];
            read.dxp_id = fields["dxpId"];
        } else {
            why = "unexpected element " + std::string(child.name());
        }
        if (!why.empty()) return std::nullopt;
    }
    if (read.heads.empty() || read.heads.size() > 100)
        why = "a message holds 1 to 100 payments";
    else if (!transfer_seen)
        why = "BaseTransfer is missing";
    if (!why.empty()) return std::nullopt;
    return read;
}

std::string write_reply(const Envelope& original, std::string_view code, std::string_view text, Instant now) {
    xml::Writer to;
    to.declaration();
    to.open("DxpRep").attribute("xmlns", kDxp).attribute("ver", "1.0");
    to.element("RecevierId", original.sender.substr(0, 16));  // spelt so in the schema
    to.open("Response").element("ResponseCode", code).element("ResponseInfo", text);
    to.element("NoticeTime", date_time(now).substr(0, 10)).close();
    to.open("OriHead").element("CopMsgId", original.message_id).element("SenderId", original.sender);
    to.open("ReceiverIds").element("ReceiverId", original.receiver).close();
    to.element("CreatTime", original.created).element("MsgType", original.message_type).close();
    to.close();
    return finished(to);
}

std::string write_returns(const std::string& guid, const std::vector<Return>& returns) {
    xml::Writer to(512 * (returns.size() + 1));
    to.declaration();
    to.open("CEB412Message").attribute("xmlns", kCeb).attribute("guid", guid).attribute("version", "1.0");
    for (const Return& one : returns) {
        to.open("PaymentReturn")
            .element("guid", one.guid)
            .element("payCode", one.pay_code)
            .element("payTransactionId", one.serial)
            .element("returnStatus", std::to_string(one.status))
            .element("returnTime", time17(one.returned_at))
            .element("returnInfo", one.text)
            .close();
    }
    to.close();
    return finished(to);
}

std::string write_malformed(const std::string& guid, const Envelope& original, std::int64_t status, Instant at,
                            const std::string& text) {
    xml::Writer to;
    to.declaration();
    to.open("CEB900Message").attribute("xmlns", kCeb).attribute("guid", guid).attribute("version", "1.0");
    to.open("MessageReturn")
        .element("guid", guid)
        .element("returnStatus", std::to_string(status))
        .element("returnInfo", text)
        .element("returnTime", time17(at))
        .element("oriCopMsgId", original.message_id)
        .element("oriMessageType", original.message_type == "CEB411Message" ? original.message_type : "Unknown")
        .element("oriBizMessage", "")
        .close();
    to.close();
    return finished(to);
}

std::string write_envelope(const std::string& message_id, const std::string& receiver, std::string_view message_type,
                           std::string_view content, Instant at) {
    xml::Writer to(content.size() * 4 / 3 + 1024);
    to.declaration();
    to.open("DxpMsg").attribute("xmlns", kDxp).attribute("ver", "1.0");
    to.open("TransInfo").element("CopMsgId", message_id).element("SenderId", kOurId);
    to.open("ReceiverIds").element("ReceiverId", receiver).close();
    to.element("CreatTime", date_time(at)).element("MsgType", message_type).close();
    to.element("Data", base64(as_bytes(content)));
    to.close();
    return finished(to);
}

}  // namespace huiqiao::sandbox::port
