#include "customs/message.h"

#include "src/xml/writer.h"

namespace huiqiao::customs {

namespace {

Error bad(std::string_view field, std::string_view why) {
    return Error(customs_error::kBadDeclarant, {{"field", std::string(field)}, {"why", std::string(why)}});
}

std::string with_prefix(std::string_view name) {
    return "ceb:" + std::string(name);
}

void write_payment(xml::Writer& to, const PaymentDocument& document) {
    to.open("ceb:Payment").open("ceb:PaymentHead");
    for (const FieldRule& rule : payment_head_fields()) {
        const std::string text = field_text(document, rule.name);
        if (text.empty() && rule.may_be_absent) continue;
        to.element(with_prefix(rule.name), text);
    }
    to.close().close().line();
}

}  // namespace

Status check_declarant(const Declarant& declarant) {
    const std::ptrdiff_t code = characters_of(declarant.code);
    if (code < 1 || code > 18) return bad("copCode", "1 to 18 characters are needed");
    const std::ptrdiff_t name = characters_of(declarant.name);
    if (name < 1 || name > 100) return bad("copName", "1 to 100 characters are needed");
    // BaseTransfer would take 30, but the same number is the envelope's SenderId, which takes 16 (reference 3.4).
    if (declarant.dxp_id.empty() || declarant.dxp_id.size() > 16) return bad("dxpId", "1 to 16 characters are needed");
    for (const char c : declarant.dxp_id) {
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')))
            return bad("dxpId", "only capitals and digits stand in it");
    }
    return Done{};
}

Result<std::string> write_ceb411(const std::string& guid, const Declarant& declarant,
                                 std::span<const PaymentDocument> documents) {
    if (documents.empty() || documents.size() > kMostPayments) {
        throw LogicError("a message of " + std::to_string(documents.size()) + " payments");
    }
    if (const Status good = check_declarant(declarant); !good) return good.error();
    for (const PaymentDocument& document : documents) {
        if (const Status good = check_document(document); !good) return good.error();
    }
    xml::Writer to(1024 + 1024 * documents.size());
    to.declaration();
    to.open("ceb:CEB411Message").attribute("xmlns:ceb", kNamespace).attribute("guid", guid).attribute("version", "1.0");
    to.line();
    for (const PaymentDocument& document : documents) write_payment(to, document);
    to.open("ceb:BaseTransfer")
        .element("ceb:copCode", declarant.code)
        .element("ceb:copName", declarant.name)
        .element("ceb:dxpMode", "DXP")
        .element("ceb:dxpId", declarant.dxp_id)
        .close()
        .line();
    to.close();
    return to.finish();
}

}  // namespace huiqiao::customs
