#pragma once
// huiqiao phone record | confirm | list: deals on the telephone. The first two print the signed call of the operator
// who records, or confirms with the bank's slip, as `propose` does; list reads the database.

#include <iosfwd>
#include <span>

#include "fx/phone_deal.h"
#include "src/app/command_line.h"

namespace huiqiao::app {

void add_phone_commands(CommandLine& line);

/// Newest first; who is waited for.
void print_phone_deals(std::span<const fx::PhoneDeal> deals, std::ostream& out);

}  // namespace huiqiao::app
