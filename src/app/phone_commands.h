#pragma once
// huiqiao phone record | confirm | list | show ID: deals on the telephone. The first two print the signed call of the
// operator who records, or confirms with the bank's slip, as `propose` does; the others read the database.

#include <iosfwd>
#include <span>
#include <string>

#include "fx/phone_deal.h"
#include "src/app/command_line.h"

namespace huiqiao::app {

void add_phone_commands(CommandLine& line);

/// Newest first; who is waited for.
void print_phone_deals(std::span<const fx::PhoneDeal> deals, std::ostream& out);
/// Record and slip side by side, where they differ, and who is waited for. reference: its purchase's; dealer: at the
/// bank, opened.
void print_phone_deal(const fx::PhoneDeal& deal, const std::string& reference, const std::string& dealer,
                      std::ostream& out);

}  // namespace huiqiao::app
