#pragma once
// What the bank's two words about a business mean to us: REQSTS (where it stands) and RTNFLG (how it ended, said only
// with REQSTS FIN). One table of every pair that the bank documents; whatever is not in it is Unknown.

#include <span>
#include <string_view>

#include "src/base/exchange.h"

namespace huiqiao::direct_link {

struct State {
    std::string_view reqsts;
    std::string_view rtnflg;
    Outcome opening;  // said of the deal's record: the mother deal and its rounds of details, nothing dealt yet
    Outcome deal;     // said of the order to deal
};

std::span<const State> states();
Outcome outcome_of_opening(std::string_view reqsts, std::string_view rtnflg);
Outcome outcome_of_deal(std::string_view reqsts, std::string_view rtnflg);

}  // namespace huiqiao::direct_link
