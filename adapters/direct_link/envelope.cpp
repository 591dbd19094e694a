#include "adapters/direct_link/envelope.h"

#include "src/xml/writer.h"

namespace huiqiao::direct_link {

namespace {

constexpr std::string_view kRoot = "CMBSDKPGK";
constexpr std::string_view kBom = "\xEF\xBB\xBF";
// An answer of a hundred rows has some tens of kilobytes.
constexpr xml::Limits kLimits{
    .max_bytes = std::size_t{1} << 20U, .max_depth = 8, .max_elements = 20'000, .max_attributes = 8};

struct Declared {
    Charset charset = Charset::Utf8;
    std::size_t end = 0;  // behind "?>"; 0 where nothing is declared
};

/// Every set that is read here writes a declaration in ASCII.
Result<Declared> declared(std::string_view bytes) {
    if (!bytes.starts_with("<?xml")) return Declared{};
    const std::size_t end = bytes.substr(0, 200).find("?>");
    if (end == std::string_view::npos) return Error(direct_link_error::kUnknownCharset);
    const std::string_view declaration = bytes.substr(0, end);
    Declared found{Charset::Utf8, end + 2};
    const std::size_t at = declaration.find("encoding");
    if (at == std::string_view::npos) return found;
    const std::size_t open = declaration.find_first_of("\"'", at);
    const std::size_t close = open == std::string_view::npos ? open : declaration.find(declaration[open], open + 1);
    if (close == std::string_view::npos) return Error(direct_link_error::kUnknownCharset);
    const auto charset = charset_from_text(declaration.substr(open + 1, close - open - 1));
    if (!charset) return Error(direct_link_error::kUnknownCharset);
    found.charset = *charset;
    return found;
}

Error bad(std::string_view field) {
    return Error(direct_link_error::kBadEnvelope, {{"field", std::string(field)}});
}

/// The text without its declaration, as UTF-8: src/xml reads no other set.
Result<std::string> decoded(std::string_view bytes) {
    if (bytes.size() > kLimits.max_bytes)
        return Error(xml::kXmlTooLarge, {{"limit", std::to_string(kLimits.max_bytes)}});
    const bool has_bom = bytes.starts_with(kBom);
    if (has_bom) bytes.remove_prefix(kBom.size());
    const Result<Declared> how = declared(bytes);
    if (!how) return how.error();
    if (has_bom && how->charset != Charset::Utf8) return Error(direct_link_error::kUnknownCharset);
    return to_utf8(how->charset, bytes.substr(how->end));
}

}  // namespace

std::string write_request(const Request& request, Charset charset) {
    xml::Writer xml(512 + request.blocks.size() * 128);
    xml.open(kRoot).open("INFO");
    xml.element("FUNNAM", request.function).element("DATTYP", "2").element("LGNNAM", request.user);
    xml.element("SERNUM", request.serial).close();
    for (const Block& block : request.blocks) {
        xml.open(block.name);
        for (const auto& [name, value] : block.fields) xml.element(name, value);
        xml.close();
    }
    const Result<std::string> text = xml.close().finish();
    if (!text) throw LogicError(text.error().english());
    const Result<std::string> bytes = from_utf8(charset, *text);
    if (!bytes) throw LogicError(bytes.error().english());
    return "<?xml version=\"1.0\" encoding=\"" + std::string(to_text(charset)) + "\"?>" + *bytes;
}

std::optional<std::string> field(const xml::Node& block, std::string_view name) {
    std::optional<std::string> found;
    for (const xml::Node& each : block.children(name)) {
        if (found) return std::nullopt;
        found = each.text();
    }
    return found;
}

Result<Answer> read_answer(std::string_view bytes) {
    const Result<std::string> text = decoded(bytes);
    if (!text) return text.error();
    Result<xml::Document> document = xml::Document::parse(*text, kLimits);
    if (!document) return document.error();
    const xml::Node root = document->root();
    if (root.name() != kRoot) return bad(kRoot);
    const xml::Node info = root.child("INFO");
    const auto function = field(info, "FUNNAM");
    const auto serial = field(info, "SERNUM");
    const auto code = field(info, "RETCOD");
    if (!function) return bad("FUNNAM");
    if (!serial) return bad("SERNUM");
    if (!code) return bad("RETCOD");
    std::string said = field(info, "ERRMSG").value_or("");
    return Answer{std::move(document).value(), *function, *serial, *code, std::move(said)};
}

}  // namespace huiqiao::direct_link
