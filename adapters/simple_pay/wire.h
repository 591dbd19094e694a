#pragma once
// The channel's protocol (simple_pay, version 1), as pure text: what is sent, what is signed, and how its JSON and its
// settlement file are read. JSON over HTTP; amounts are texts in yuan; times are yyyyMMddHHmmss in Shanghai. Every
// message of either side carries X-Pay-Key-Id, X-Pay-Timestamp (Unix seconds), X-Pay-Nonce and X-Pay-Signature (base64)
// over
//   requests:            METHOD \n target \n timestamp \n nonce \n body \n
//   answers and notices: timestamp \n nonce \n body \n
// Paths: POST /pay/v1/orders, GET /pay/v1/orders/{out_trade_no}, POST /pay/v1/orders/{out_trade_no}/close,
// GET /pay/v1/settlements/{yyyyMMdd}. A close is answered by the closed trade, or by a refusal: ORDER_PAID, USER_PAYING
// (ask again), NOT_FOUND.

#include <optional>
#include <string>
#include <string_view>

#include "src/orders/collection_channel.h"

namespace huiqiao::simple_pay {

inline constexpr std::string_view kKeyIdHeader = "X-Pay-Key-Id";
inline constexpr std::string_view kTimestampHeader = "X-Pay-Timestamp";
inline constexpr std::string_view kNonceHeader = "X-Pay-Nonce";
inline constexpr std::string_view kSignatureHeader = "X-Pay-Signature";

std::string order_body(std::string_view institution, const orders::PaymentRequest& request);
std::string close_body(std::string_view institution);
std::string signed_text_of_request(const WireRequest& request, std::string_view timestamp, std::string_view nonce);
std::string signed_text_of_answer(std::string_view timestamp, std::string_view nonce, std::string_view body);

/// A trade as the channel describes it. Errors say why, without amounts or references.
struct Trade {
    std::string institution;
    orders::ChannelPayment payment;
};
Result<Trade> read_trade(std::string_view body);

/// The code of an answer that is no trade: "ORDER_REFUSED" …; empty where the body is not of that form.
struct Refusal {
    std::string code;
    std::string message;
};
Refusal read_refusal(std::string_view body);

struct NoticeText {
    std::string event_id;
    orders::NoticeKind kind;
    Trade trade;
};
Result<NoticeText> read_notice(std::string_view body);

/// The file's lines and totals; the sums are checked.
Result<orders::ChannelSettlement> read_settlement(std::string_view institution, Date date, std::string_view csv);

}  // namespace huiqiao::simple_pay
