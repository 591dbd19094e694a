#pragma once
// One page of a walk over quotes of one kind, by id, that looks for those whose client's rate is not the bank's. There
// is none (reference 3.2), so that no index can lead to one: the walk reads every row, a bounded number by each
// statement.

#include <string>
#include <vector>

namespace huiqiao::fx {

struct MarkedUpPage {
    std::vector<std::string> ids;
    std::string last;  // the last id that was looked at: the next page is behind it; empty where there was no row
};

}  // namespace huiqiao::fx
