#pragma once
// GET /v1/quotes: for each currency the best price that a bank has on offer now: bank rate, client rate, markup and mid
// stand apart. A quote promises nothing: the rate of a conversion is its lock's.

#include <map>
#include <string>
#include <vector>

#include "fx/bank_terms.h"
#include "src/api/platform_api.h"
#include "src/base/currency.h"

namespace huiqiao::api {

class QuoteRoutes {
 public:
    /// A bank and a currency that it may be asked for.
    struct Board {
        std::string bank;
        Currency currency;
    };
    QuoteRoutes(PlatformApi& api, std::vector<Board> boards, std::map<std::string, fx::BankTerms> terms)
        : api_(api), boards_(std::move(boards)), terms_(std::move(terms)) {}
    void add_to(http::Router& router);

 private:
    http::Response list(const Call& call);

    PlatformApi& api_;
    std::vector<Board> boards_;
    std::map<std::string, fx::BankTerms> terms_;
};

}  // namespace huiqiao::api
