#pragma once
// The messages of a demo as files for a reader: what was sent to customs and to the bank with its answers, and beside
// each envelope what it carries, decoded and indented. Polls that brought nothing are left out. The bytes that were
// signed are those of the envelopes; an indented text proves nothing.

#include <filesystem>
#include <string>
#include <string_view>

#include "src/calls/message_store.h"

namespace huiqiao::app {

/// <reference>.xml, <reference>.ceb411.xml, <reference>.answer<n>.xml.
void write_declaration(const std::filesystem::path& folder, const calls::Message& message);
/// Of one poll: receipt<number>.<type>.xml for each mail that came, and its envelope.
void write_receipts(const std::filesystem::path& folder, const calls::Message& message);
/// <reference>.xml, <reference>.answer<n>.xml.
void write_payment(const std::filesystem::path& folder, const calls::Message& message);

/// Each element on a line of its own, two spaces a level; text stays beside its element.
std::string indented(std::string_view xml);

}  // namespace huiqiao::app
