#pragma once
// libxml2's documents as canonical.cpp and signature.cpp share them. Included by .cpp files of this room only. Trees
// are built only of texts that scan() has passed.

#include "src/base/result.h"
#include "src/xml/scan.h"

#include <libxml/tree.h>

#include <memory>
#include <string>
#include <string_view>

namespace huiqiao::xml {

struct DocumentEnd {
    void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};
using Tree = std::unique_ptr<xmlDoc, DocumentEnd>;

/// Without network, without entities, silent.
Result<Tree> libxml_tree(std::string_view scanned_text);

/// Canonical form of the whole document, or of one element as a node of it. bad_xml where libxml2 finds a namespace
/// name that Canonical XML cannot carry.
Result<std::string> canonical_form(xmlDoc& document, const xmlNode* element = nullptr);

bool is_element(const xmlNode& node, std::string_view namespace_uri, std::string_view local_name);

/// The next element of the tree in document order, also leaving `node` behind; nullptr at the end.
xmlNode* next_in_document(xmlNode* node);

}  // namespace huiqiao::xml
