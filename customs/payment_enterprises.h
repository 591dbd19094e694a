#pragma once
// Payment enterprises as customs has them registered: code and exact name (config/payment_enterprises.csv). Needed
// where another institution collected and we transmit: the document names that institution, by its registered name.

#include <map>
#include <string>
#include <string_view>

#include "src/base/result.h"

namespace huiqiao::customs {

/// "code,name" lines with that heading; '#' begins a comment line. Errors name the line.
Result<std::map<std::string, std::string>> parse_payment_enterprises(std::string_view csv);

namespace customs_error {
inline constexpr ErrorCode kBadEnterpriseTable{"bad_payment_enterprises", ErrorGroup::Syntax,
                                               "The table of payment enterprises is wrong in line {line}: {why}.",
                                               "支付企业代码表第 {line} 行有误：{why}。"};
}  // namespace customs_error

}  // namespace huiqiao::customs
