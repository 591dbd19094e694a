#include "customs/three_documents.h"

namespace huiqiao::customs {

std::string folded_id_number(std::string_view number) {
    while (!number.empty() && number.front() == ' ') number.remove_prefix(1);
    while (!number.empty() && number.back() == ' ') number.remove_suffix(1);
    std::string folded(number);
    if (!folded.empty() && folded.back() == 'x') folded.back() = 'X';
    return folded;
}

std::vector<Mismatch> match(const OrderDocument& order, const PaymentDocument& payment,
                            const std::optional<WaybillDocument>& waybill, const Money& tolerance) {
    std::vector<Mismatch> found;
    const auto unless = [&](bool good, std::string_view field, std::string_view english, std::string_view chinese) {
        if (!good) found.push_back({field, english, chinese});
    };
    unless(order.order_no == payment.order_no, "orderNo", "the order number differs from the order's",
           "订单号与电子订单不一致");
    if (waybill) {
        unless(waybill->order_no == payment.order_no, "orderNo", "the order number differs from the waybill's",
               "订单号与运单不一致");
    }
    unless(order.platform_code == payment.platform_code, "ebpCode", "the platform's code differs from the order's",
           "电商平台代码与电子订单不一致");
    unless(order.platform_name == payment.platform_name, "ebpName", "the platform's name differs from the order's",
           "电商平台名称与电子订单不一致");
    unless(order.pay_code.empty() || order.pay_code == payment.pay_code, "payCode",
           "the payment enterprise differs from the order's", "支付企业与电子订单不一致");
    unless(order.serial.empty() || order.serial == payment.serial, "payTransactionId",
           "the payment serial differs from the order's", "支付交易编号与电子订单不一致");
    const Money difference = payment.amount - order.actual_paid;
    unless((difference.is_negative() ? -difference : difference) <= tolerance, "amountPaid",
           "the amount paid differs from what the order says", "支付金额与订单实际支付金额不一致");
    if (!order.buyer_verified) {
        unless(folded_id_number(order.buyer_id_number) == folded_id_number(payment.payer_id_number), "payerIdNumber",
               "payer and buyer have different identity numbers", "支付人与订购人证件号码不一致");
        unless(order.buyer_name == payment.payer_name, "payerName", "payer and buyer have different names",
               "支付人与订购人姓名不一致");
    }
    return found;
}

}  // namespace huiqiao::customs
