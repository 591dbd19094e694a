#pragma once
// huiqiao rates --import FILE and --refused: figures of central parity and public boards taken in, and the quotes that
// were refused, with their reasons. Of a file all is imported or nothing.

#include <filesystem>
#include <iosfwd>
#include <span>

#include "fx/quote.h"
#include "src/app/house.h"

namespace huiqiao::app {

/// The exit code of the command; what became of the file is printed.
int import_rates(House& house, const std::filesystem::path& file);

/// The newest first.
void print_refused(std::span<const fx::Quote> quotes, std::ostream& out);

namespace import_error {
inline constexpr ErrorCode kNoFigures{"no_reference_rates", ErrorGroup::Syntax,
                                      "{file} has a heading and no figures below it. Nothing was imported.",
                                      "{file} 只有表头，没有数据。未导入任何数据。"};
}  // namespace import_error

}  // namespace huiqiao::app
