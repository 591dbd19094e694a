#include "adapters/sandbox/bank/direct_link_message.h"

#include "src/xml/document.h"
#include "src/xml/writer.h"

namespace huiqiao::sandbox::bank {

namespace {

DirectFields fields_of(const xml::Node& block) {
    DirectFields fields;
    for (const xml::Node& each : block.children()) fields[std::string(each.name())] = each.text();
    return fields;
}

}  // namespace

std::string DirectRequest::field(const std::string& name) const {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string() : found->second;
}

std::optional<DirectRequest> read_direct_request(const std::string& body) {
    // <?xml version="1.0" encoding="GBK"?>
    constexpr std::string_view kEncoding = "encoding=\"";
    const std::size_t end = body.find("?>");
    const std::size_t at = body.find(kEncoding);
    if (end == std::string::npos || at == std::string::npos || at > end) return std::nullopt;
    const std::size_t name = at + kEncoding.size();
    const auto charset = charset_from_text(body.substr(name, body.find('"', name) - name));
    if (!charset) return std::nullopt;
    const Result<std::string> text = to_utf8(*charset, std::string_view(body).substr(end + 2));
    if (!text) return std::nullopt;
    const Result<xml::Document> document = xml::Document::parse(*text);
    if (!document) return std::nullopt;
    const xml::Node root = document->root();
    const xml::Node info = root.child("INFO");
    DirectRequest request;
    request.function = info.child_text("FUNNAM");
    request.user = info.child_text("LGNNAM");
    request.serial = info.child_text("SERNUM");
    if (request.function.empty() || request.serial.empty()) return std::nullopt;
    request.fields = fields_of(root.child(request.function + "X"));
    const std::string rows = request.function + "Y";
    for (const xml::Node& row : root.children(rows)) request.rows.push_back(fields_of(row));
    return request;
}

std::string write_direct_answer(const DirectAnswer& answer, Charset charset) {
    xml::Writer xml(1024);
    xml.open("CMBSDKPGK").open("INFO").element("FUNNAM", answer.function).element("DATTYP", "2");
    xml.element("RETCOD", answer.code).element("ERRMSG", answer.text).element("SERNUM", answer.serial).close();
    for (const DirectRow& row : answer.rows) {
        xml.open(answer.function + "Z");
        for (const auto& [name, value] : row) xml.element(name, value);
        xml.close();
    }
    const std::string text = xml.close().finish().value();
    return "<?xml version=\"1.0\" encoding=\"" + std::string(to_text(charset)) + "\"?>" +
           from_utf8(charset, text).value();
}

}  // namespace huiqiao::sandbox::bank
