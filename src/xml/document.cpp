#include "src/xml/document.h"

#include "src/xml/scan.h"

#include <pugixml.hpp>

namespace huiqiao::xml {

namespace {

pugi::xml_node node_of(void* element) {
    return pugi::xml_node(static_cast<pugi::xml_node_struct*>(element));
}

std::string_view local_of(std::string_view name) {
    const std::size_t colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string_view prefix_of(std::string_view name) {
    const std::size_t colon = name.find(':');
    return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
}

bool is_wanted(const pugi::xml_node& node, std::string_view local_name) {
    return node.type() == pugi::node_element && (local_name.empty() || local_of(node.name()) == local_name);
}

}  // namespace

std::string_view Node::name() const {
    return local_of(node_of(element_).name());
}

std::string_view Node::prefix() const {
    return prefix_of(node_of(element_).name());
}

std::string_view Node::namespace_uri() const {
    const std::string_view wanted = prefix();
    const std::string declaration = wanted.empty() ? "xmlns" : "xmlns:" + std::string(wanted);
    for (pugi::xml_node node = node_of(element_); node.type() == pugi::node_element; node = node.parent()) {
        if (const pugi::xml_attribute found = node.attribute(declaration.c_str())) return found.value();
    }
    return {};
}

std::string Node::text() const {
    std::string joined;
    for (const pugi::xml_node& child : node_of(element_).children()) {
        if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) joined += child.value();
    }
    return joined;
}

std::optional<std::string_view> Node::attribute(std::string_view local_name) const {
    for (const pugi::xml_attribute& attribute : node_of(element_).attributes()) {
        const std::string_view name = attribute.name();
        if (name == "xmlns" || prefix_of(name) == "xmlns") continue;
        if (local_of(name) == local_name) return attribute.value();
    }
    return std::nullopt;
}

Node Node::child(std::string_view local_name) const {
    return first_child(local_name);
}

Children Node::children(std::string_view local_name) const {
    return {first_child(local_name), local_name};
}

Node Node::parent() const {
    const pugi::xml_node parent = node_of(element_).parent();
    return parent.type() == pugi::node_element ? Node(parent.internal_object()) : Node();
}

std::size_t Node::position() const {
    const auto offset = node_of(element_).offset_debug();
    return offset < 0 ? 0 : static_cast<std::size_t>(offset);
}

Node Node::first_child(std::string_view local_name) const {
    pugi::xml_node node = node_of(element_).first_child();
    while (node && !is_wanted(node, local_name)) node = node.next_sibling();
    return Node(node.internal_object());
}

Node Node::next_sibling(std::string_view local_name) const {
    pugi::xml_node node = node_of(element_).next_sibling();
    while (node && !is_wanted(node, local_name)) node = node.next_sibling();
    return Node(node.internal_object());
}

Children::Iterator& Children::Iterator::operator++() {
    at_ = at_.next_sibling(local_name_);
    return *this;
}

Children::Iterator Children::Iterator::operator++(int) {
    Iterator before = *this;
    ++*this;
    return before;
}

struct Document::Tree {
    pugi::xml_document pugi;
};

Document::Document(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Result<Document> Document::parse(std::string_view text, const Limits& limits) {
    const auto scanned = scan(text, limits);
    if (!scanned) return scanned.error();
    constexpr unsigned kOptions =
        pugi::parse_cdata | pugi::parse_escapes | pugi::parse_wconv_attribute | pugi::parse_eol | pugi::parse_ws_pcdata;
    auto tree = std::make_unique<Tree>();
    const pugi::xml_parse_result parsed =
        tree->pugi.load_buffer(scanned->text.data(), scanned->text.size(), kOptions, pugi::encoding_utf8);
    if (!parsed) return bad_xml(static_cast<std::size_t>(parsed.offset), "it is not well-formed");
    return Document(std::move(tree));
}

Node Document::root() const {
    return Node(tree_->pugi.document_element().internal_object());
}

}  // namespace huiqiao::xml
