#include "customs/return_code.h"

#include <array>
#include <charconv>

namespace huiqiao::customs {

namespace {

constexpr std::array<ReturnCode, 21> kCodes{{
    {2, Meaning::AtPort, "The e-port is declaring it.", "电子口岸申报中"},
    {3, Meaning::AtCustoms, "It was sent to customs.", "发送海关成功"},
    {4, Meaning::AgainLater, "It could not be sent to customs.", "发送海关失败"},
    {100, Meaning::Rejected, "Customs rejected it.", "海关退单"},
    {120, Meaning::Accepted, "Customs has stored it.", "海关入库"},
    {399, Meaning::Accepted, "Customs has closed it.", "海关审结"},
    {-10101, Meaning::Rejected, "The enterprise's type is not valid: check our registration.",
     "企业类型无效，请核对注册信息"},
    {-10102, Meaning::Rejected, "The enterprise's code is not valid: check our registration.",
     "企业代码无效，请核对注册信息"},
    {-401001, Meaning::Information, "A query found no payment voucher.", "查询不到支付凭证"},
    {-401002, Meaning::Information, "A query found no payment status.", "查询不到支付状态"},
    {-401003, Meaning::Rejected, "There are several payment vouchers for this key: one order, two vouchers.",
     "同一关键字存在多张支付凭证"},
    {-401004, Meaning::AgainAsNew, "There is no payment voucher for this key.", "关键字对应的支付凭证不存在"},
    {-401005, Meaning::Rejected, "The payment message is empty.", "支付业务报文为空"},
    {-401006, Meaning::AgainAsNew, "Nothing was found that could be changed or deleted.",
     "申报类型有误：未找到可变更或删除的支付凭证"},
    {-401007, Meaning::AgainAsChange, "A payment document of this number is there already.",
     "该支付编号的支付凭证已存在"},
    {-401008, Meaning::Stands, "It was declared to customs already and may be changed no more.",
     "已向海关申报，当前状态不允许变更"},
    {-401009, Meaning::Rejected, "A parameter check failed.", "参数校验不通过"},
    {-401010, Meaning::Rejected, "No operation was found.", "未找到对应操作"},
    {-401011, Meaning::AgainLater, "Customs' system had an exception.", "系统异常"},
    {-401012, Meaning::AgainNewer, "The message is older than the one that customs has.", "旧报文，已忽略"},
    {-401013, Meaning::Rejected, "There are too many documents in the message.", "报文表头数量超限"},
}};

}  // namespace

std::span<const ReturnCode> return_codes() {
    return kCodes;
}

ReturnCode return_code(std::int64_t number) {
    for (const ReturnCode& code : kCodes) {
        if (code.number == number) return code;
    }
    if (number < 0)
        return {number, Meaning::Rejected, "Customs reports an error that we do not know.", "海关返回未知错误代码"};
    return {number, Meaning::Information, "Customs reports a state that says nothing of payments.", "海关返回其他状态"};
}

std::optional<std::int64_t> parse_return_status(std::string_view text) {
    if (text.empty() || text.size() > 10) return std::nullopt;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace huiqiao::customs
