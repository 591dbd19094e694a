#pragma once
// Reads XML from outside into a small read-only tree. Strict and limited: UTF-8 only (a byte-order mark is skipped),
// well-formed, no DOCTYPE and so no entity but the five of XML itself, bounded size, depth and count of elements.
// Names are asked without prefix, since senders choose prefixes freely; whoever must be sure asks namespace_uri().
// Nodes are handles into their Document and must not outlive it. Checks no schema.

#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "src/base/result.h"
#include "src/xml/errors.h"

namespace huiqiao::xml {

struct Limits {
    std::size_t max_bytes = std::size_t{4} << 20U;
    std::size_t max_depth = 32;  // elements within elements
    std::size_t max_elements = 100'000;
    std::size_t max_attributes = 32;  // of one element
};

class Children;

/// An element, or none: every question to "none" has an empty answer, so that paths may be chained.
class Node {
 public:
    Node() = default;
    explicit operator bool() const { return element_ != nullptr; }
    bool operator==(const Node& other) const = default;

    /// Without prefix.
    [[nodiscard]] std::string_view name() const;
    [[nodiscard]] std::string_view prefix() const;
    [[nodiscard]] std::string_view namespace_uri() const;
    /// All text directly inside, CDATA too, joined across comments; white space is kept.
    [[nodiscard]] std::string text() const;
    /// By local name, never a namespace declaration.
    [[nodiscard]] std::optional<std::string_view> attribute(std::string_view local_name) const;

    /// The first child element of that local name, or none.
    [[nodiscard]] Node child(std::string_view local_name) const;
    /// child(name).text().
    [[nodiscard]] std::string child_text(std::string_view local_name) const { return child(local_name).text(); }
    /// All child elements, or those of one local name (which must outlive the range).
    [[nodiscard]] Children children(std::string_view local_name = {}) const;
    [[nodiscard]] Node parent() const;
    /// Byte offset of its name in the text that was read, a byte-order mark not counted; 0 for none.
    [[nodiscard]] std::size_t position() const;

 private:
    friend class Document;
    friend class Children;
    explicit Node(void* element) : element_(element) {}
    [[nodiscard]] Node first_child(std::string_view local_name) const;
    [[nodiscard]] Node next_sibling(std::string_view local_name) const;
    void* element_ = nullptr;
};

class Children {
 public:
    class Iterator {
     public:
        using value_type = Node;
        using difference_type = std::ptrdiff_t;
        Iterator() = default;
        Iterator(Node at, std::string_view local_name) : at_(at), local_name_(local_name) {}
        const Node& operator*() const { return at_; }
        const Node* operator->() const { return &at_; }
        Iterator& operator++();
        Iterator operator++(int);
        bool operator==(const Iterator& other) const { return at_ == other.at_; }

     private:
        Node at_;
        std::string_view local_name_;
    };
    Children(Node first, std::string_view local_name) : first_(first), local_name_(local_name) {}
    [[nodiscard]] Iterator begin() const { return {first_, local_name_}; }
    [[nodiscard]] Iterator end() const { return {}; }
    [[nodiscard]] bool empty() const { return !first_; }

 private:
    Node first_;
    std::string_view local_name_;
};

class Document {
 public:
    /// bad_xml with the byte position, or xml_too_large. The text need not outlive the document.
    static Result<Document> parse(std::string_view text, const Limits& limits = {});

    Document(Document&&) noexcept;
    Document& operator=(Document&&) noexcept;
    ~Document();

    [[nodiscard]] Node root() const;

 private:
    struct Tree;
    explicit Document(std::unique_ptr<Tree> tree);
    std::unique_ptr<Tree> tree_;
};

}  // namespace huiqiao::xml
