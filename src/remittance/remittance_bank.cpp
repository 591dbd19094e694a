#include "src/remittance/remittance_bank.h"

namespace huiqiao::remittance {

Status check_for_automatic_payout(std::string_view bank, const RemittanceBankTraits& traits) {
    if (traits.answers_by_reference && traits.lists_by_day) return Done{};
    const bool no_query = !traits.answers_by_reference;
    return Error(remittance_error::kNoAutomaticPayout,
                 {{"bank", std::string(bank)},
                  {"lacks", no_query ? "answers no query by our reference" : "lists no day's payments"},
                  {"lacks_zh", no_query ? "不支持按我方编号查询" : "不提供按日清单"}});
}

}  // namespace huiqiao::remittance
