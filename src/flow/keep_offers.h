#pragma once
// The evidence of best execution of what is not bought by the best price of the moment: a lock that a dealer takes, a
// purchase that draws on one, a deal on the telephone. What all banks showed then is compared for the same CNY and
// kept, as it is for a purchase that is opened by a price (fx/quote_store.h, fx_offer). It decides nothing.

#include <string>
#include <vector>

#include "src/flow/convert_parts.h"

namespace huiqiao::flow {

/// The boards of that currency of all banks that show one: where takers of it meet. They are to be locked, since a
/// quote is spoken of anew only under its board's lock.
std::vector<std::string> boards_of(const ConvertParts& parts, Currency currency);

/// Under the locks of all of boards_of(), once the CNY is held. subject: the purchase, or the lock that was taken before
/// there was one. account: on which it is held; at banks that are paid from another one, what is free there counts. Goes
/// by the number of banks.
void keep_offers(db::Group& group, const ConvertParts& parts, const std::string& subject, Currency currency,
                 const Money& cny, const std::string& account);

}  // namespace huiqiao::flow
