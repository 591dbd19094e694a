#pragma once
// The one order in which groups lock tables. A lower rank is locked first; two tables never share a rank.

namespace huiqiao::db::lock_rank {
inline constexpr int kExternalCall = 10;
inline constexpr int kNotice = 15;
inline constexpr int kStatement = 18;
inline constexpr int kOrder = 20;
inline constexpr int kPayment = 30;
inline constexpr int kRefund = 35;
inline constexpr int kQuote = 40;
inline constexpr int kReferenceSource = 42;
inline constexpr int kPlatformQuote = 43;
inline constexpr int kFxLock = 45;
inline constexpr int kPurchase = 50;
inline constexpr int kUnaskedFill = 55;
inline constexpr int kRemittance = 60;
inline constexpr int kDeclaration = 70;
inline constexpr int kAnchorFile = 75;
inline constexpr int kExposureKept = 77;
inline constexpr int kWorkItem = 80;
inline constexpr int kOperator = 83;
inline constexpr int kParty = 85;
inline constexpr int kEvent = 87;
inline constexpr int kHold = 90;
inline constexpr int kAccount = 100;
}  // namespace huiqiao::db::lock_rank
