#pragma once
// huiqiao quote: what each bank offers for one amount now, side by side, whichever side of the deal is fixed. It reads
// what stands in the books, asks no bank and promises nothing.

#include <iosfwd>
#include <span>

#include "fx/all_in.h"
#include "src/app/command_line.h"
#include "src/http/json_writer.h"

namespace huiqiao::app {

void add_quote_command(CommandLine& line);

/// Best first, each with what it costs all-in and why it is not taken. fixed: the amount that they are offers for.
void print_offers(std::span<const fx::Offer> offers, const Money& fixed, Instant now, std::ostream& out);
/// The same as objects of the open array, for scripts.
void write_offers(http::JsonWriter& json, std::span<const fx::Offer> offers, const Money& fixed, Instant now);

}  // namespace huiqiao::app
