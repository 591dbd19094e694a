#include "src/xml/libxml_types.h"

#include <libxml/c14n.h>
#include <libxml/parser.h>

#include <new>

namespace huiqiao::xml {

namespace {

std::string_view text_of(const xmlChar* text) {
    return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

// Called by libxml2 for every node of the document, attributes and namespaces included (those come with the element
// that bears them as `parent`).
int is_within(void* element, xmlNode* node, xmlNode* parent) {
    const xmlNode* at = node;
    if (node->type == XML_NAMESPACE_DECL || node->type == XML_ATTRIBUTE_NODE) at = parent;
    for (; at != nullptr; at = at->parent) {
        if (at == element) return 1;
    }
    return 0;
}

// libxml2 would print to the standard error stream what our results say. The setting is each thread's own.
void be_silent() {
    thread_local bool silent = false;
    if (silent) return;
    xmlSetStructuredErrorFunc(nullptr, [](void* /*context*/, xmlError* /*error*/) {});
    silent = true;
}

struct BufferEnd {
    void operator()(xmlOutputBuffer* buffer) const { xmlOutputBufferClose(buffer); }
};

}  // namespace

Result<Tree> libxml_tree(std::string_view scanned_text) {
    static const bool prepared = [] {
        xmlInitParser();
        return true;
    }();
    constexpr int kOptions = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    be_silent();
    if (!prepared || scanned_text.size() > 0x7FFFFFFFU) return Error(kXmlTooLarge, {{"limit", "bytes"}});
    Tree tree(xmlReadMemory(scanned_text.data(), static_cast<int>(scanned_text.size()), nullptr, "UTF-8", kOptions));
    if (tree == nullptr) return bad_xml(0, "it is not well-formed");
    return tree;
}

Result<std::string> canonical_form(xmlDoc& document, const xmlNode* element) {
    be_silent();
    const std::unique_ptr<xmlOutputBuffer, BufferEnd> buffer(xmlAllocOutputBuffer(nullptr));
    if (buffer == nullptr) throw std::bad_alloc();
    // The callback takes its argument as void*, and does not write through it.
    void* const wanted = const_cast<xmlNode*>(element);
    const int length = xmlC14NExecute(&document, element == nullptr ? nullptr : is_within, wanted, XML_C14N_1_0,
                                      nullptr, 0, buffer.get());
    if (length < 0 || xmlOutputBufferFlush(buffer.get()) < 0) return bad_xml(0, "it has no canonical form");
    return std::string(reinterpret_cast<const char*>(xmlOutputBufferGetContent(buffer.get())),
                       xmlOutputBufferGetSize(buffer.get()));
}

bool is_element(const xmlNode& node, std::string_view namespace_uri, std::string_view local_name) {
    return node.type == XML_ELEMENT_NODE && text_of(node.name) == local_name &&
           text_of(node.ns == nullptr ? nullptr : node.ns->href) == namespace_uri;
}

xmlNode* next_in_document(xmlNode* node) {
    do {
        if (node->type == XML_ELEMENT_NODE && node->children != nullptr) {
            node = node->children;
        } else {
            while (node != nullptr && node->next == nullptr) node = node->parent;
            if (node == nullptr || node->type == XML_DOCUMENT_NODE) return nullptr;
            node = node->next;
        }
    } while (node->type != XML_ELEMENT_NODE);
    return node;
}

}  // namespace huiqiao::xml
