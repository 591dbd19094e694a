#pragma once
// The FIX 4.4 fields and values that both sides of a conversation write, by the standard's names. Says nothing of what
// they mean to either.

#include <string_view>

namespace huiqiao::fix44 {

namespace tag {
inline constexpr int kAccount = 1;
inline constexpr int kAvgPx = 6;
inline constexpr int kClOrdId = 11;
inline constexpr int kCumQty = 14;
inline constexpr int kCurrency = 15;
inline constexpr int kExecId = 17;
inline constexpr int kHandlInst = 21;
inline constexpr int kLastPx = 31;
inline constexpr int kLastQty = 32;
inline constexpr int kOrderId = 37;
inline constexpr int kOrderQty = 38;
inline constexpr int kOrdStatus = 39;
inline constexpr int kOrdType = 40;
inline constexpr int kPrice = 44;
inline constexpr int kRefSeqNum = 45;
inline constexpr int kSenderCompId = 49;
inline constexpr int kSide = 54;
inline constexpr int kSymbol = 55;
inline constexpr int kText = 58;
inline constexpr int kTimeInForce = 59;
inline constexpr int kTransactTime = 60;
inline constexpr int kValidUntilTime = 62;
inline constexpr int kSettlDate = 64;
inline constexpr int kOrdRejReason = 103;
inline constexpr int kQuoteId = 117;
inline constexpr int kNetMoney = 119;
inline constexpr int kSettlCurrency = 120;
inline constexpr int kQuoteReqId = 131;
inline constexpr int kBidPx = 132;
inline constexpr int kOfferPx = 133;
inline constexpr int kNoRelatedSym = 146;
inline constexpr int kExecType = 150;
inline constexpr int kLeavesQty = 151;
inline constexpr int kQuoteCancelType = 298;
inline constexpr int kRefMsgType = 372;
inline constexpr int kBusinessRejectRefId = 379;
inline constexpr int kBusinessRejectReason = 380;
inline constexpr int kQuoteType = 537;
inline constexpr int kMidPx = 631;
inline constexpr int kQuoteRequestRejectReason = 658;
}  // namespace tag

inline constexpr std::string_view kIndicative = "0";  // of 537
inline constexpr std::string_view kTradeable = "1";

}  // namespace huiqiao::fix44
