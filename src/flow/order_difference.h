#pragma once
// In what two requests under one order number differ, by the names of the request's fields: for the platform that has
// to find out which of its orders it meant. Names only, no values. Private to intake.

#include <string>

#include "src/flow/intake_item.h"
#include "src/parties/party_store.h"

namespace huiqiao::flow {

/// Of what stands in the order's own row: "merchant_id, total"; empty where nothing there differs.
std::string differing_columns(const orders::Order& fresh, const orders::Order& standing);

/// Of the rest, between requests whose columns are the same: never empty, since the requests are known to differ.
std::string differing_parts(const IntakeItem::Prepared& fresh, const IntakeItem::Prepared& standing);
/// The same against an order of an earlier group: reads its lines, evidence and persons.
std::string differing_parts(db::Reader& reader, const parties::PartyStore& parties, const IntakeItem::Prepared& fresh,
                            const orders::Order& standing);

}  // namespace huiqiao::flow
