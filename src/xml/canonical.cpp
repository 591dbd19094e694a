#include "src/xml/canonical.h"

#include "src/xml/libxml_types.h"
#include "src/xml/scan.h"

namespace huiqiao::xml {

Result<std::string> canonical(std::string_view text, const Limits& limits) {
    const auto scanned = scan(text, limits);
    if (!scanned) return scanned.error();
    const auto tree = libxml_tree(scanned->text);
    if (!tree) return tree.error();
    return canonical_form(*tree.value());
}

Result<std::string> canonical_element(std::string_view text, std::string_view namespace_uri,
                                      std::string_view local_name, const Limits& limits) {
    const auto scanned = scan(text, limits);
    if (!scanned) return scanned.error();
    const auto tree = libxml_tree(scanned->text);
    if (!tree) return tree.error();
    for (xmlNode* node = xmlDocGetRootElement(tree.value().get()); node != nullptr; node = next_in_document(node)) {
        if (is_element(*node, namespace_uri, local_name)) return canonical_form(*tree.value(), node);
    }
    return bad_xml(0, "element " + std::string(local_name) + " is missing");
}

}  // namespace huiqiao::xml
