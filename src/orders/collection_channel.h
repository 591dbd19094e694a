#pragma once
// The ports to a collection channel: where a buyer pays CNY, and how the channel settles with us. Pure: they make the
// exact bytes and read what came; the calls room stores them, and lets them be signed each time they leave. Whatever an
// adapter does not know for sure is Unknown. Hostile bytes are never an exception.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/date.h"
#include "src/base/exchange.h"
#include "src/base/result.h"

namespace huiqiao::orders {

/// A payment to be placed at the channel. Placing it twice with the same reference and content is one payment there.
struct PaymentRequest {
    std::string reference;  // ours
    Money amount;           // CNY
    std::string subject;    // what the buyer sees, no personal data
    Instant expires_at{};
};

/// What the channel says of a payment of ours, in an answer or a notice.
enum class ChannelState { Waiting, Paid, Failed, Closed };

struct ChannelPayment {
    std::string reference;       // ours
    std::string channel_number;  // theirs; empty while Waiting
    ChannelState state = ChannelState::Waiting;
    std::optional<Money> amount;  // really received; there where Paid
    Instant paid_at{};
    std::string pay_url;  // there in the answer to an order
    std::string reason;   // of Failed
};

/// The answer to an order, a query or a close. instruction: Confirmed where the channel has the payment and said its
/// state (also Waiting); RejectedFinal only for an order that it refused for good; Unknown for everything else, "not
/// found" and "paid already" too, which its reason code tells (channel_reason).
struct ChannelAnswer {
    InstructionAnswer instruction;
    std::optional<ChannelPayment> payment;  // there where Confirmed
};

/// Reason codes that mean something to us, whatever a channel's own words are.
namespace channel_reason {
inline constexpr std::string_view kNotFound = "NOT_FOUND";
inline constexpr std::string_view kPaidAlready = "ORDER_PAID";  // of a close: there is money
}  // namespace channel_reason

enum class NoticeKind { Payment, Refund };

struct ChannelNotice {
    std::string event_id;  // theirs, one a fact; repeats carry the same
    NoticeKind kind = NoticeKind::Payment;
    ChannelPayment payment;
};

using WireHeaders = std::vector<std::pair<std::string, std::string>>;

class CollectionChannel {
 public:
    virtual ~CollectionChannel() = default;
    [[nodiscard]] virtual WireRequest order(const PaymentRequest& request) const = 0;
    [[nodiscard]] virtual WireRequest query(std::string_view reference) const = 0;
    /// Nobody can pay it any more once the channel says that it is closed. Closing what is closed changes nothing.
    [[nodiscard]] virtual WireRequest close(std::string_view reference) const = 0;
    /// Any of these, as it leaves: a channel takes a signature for some minutes only.
    virtual void sign(WireRequest& request) const = 0;
    /// Of an order, a query or a close. An answer that is not signed by the channel, or about another reference, is
    /// Unknown.
    [[nodiscard]] virtual ChannelAnswer read_answer(std::string_view reference, const WireAnswer& answer) const = 0;
    /// kForgedNotice where the signature is missing or wrong, kBadNotice where it is genuine but cannot be read.
    /// An old genuine notice is good: it is known again by its content (NTF-05).
    [[nodiscard]] virtual Result<ChannelNotice> read_notice(const WireHeaders& headers,
                                                            std::string_view body) const = 0;
};

/// One payment in the channel's settlement of a day.
struct SettlementLine {
    std::string reference;       // ours
    std::string channel_number;  // theirs
    Money gross;
    Money cost;  // the channel's; net = gross - cost
};

/// Lines sum to the totals (checked when read). deposit_reference stands on the bank's statement line of the net
/// amount.
struct ChannelSettlement {
    Date date;  // of the channel's day that it settles
    std::string deposit_reference;
    Money gross;
    Money cost;
    std::vector<SettlementLine> lines;
};

class ChannelSettlements {
 public:
    virtual ~ChannelSettlements() = default;
    [[nodiscard]] virtual WireRequest settlement_file(Date date) const = 0;
    virtual void sign(WireRequest& request) const = 0;
    /// Errors: kNoSettlementYet (ask later), kBadSettlementFile (do not book; a person looks).
    [[nodiscard]] virtual Result<ChannelSettlement> read_settlement_file(Date date, const WireAnswer& answer) const = 0;
};

namespace channel_error {
inline constexpr ErrorCode kForgedNotice{"forged_notice", ErrorGroup::Unauthenticated,
                                         "The notice's signature is not the channel's.",
                                         "通知签名不是该渠道的有效签名。"};
inline constexpr ErrorCode kBadNotice{"bad_notice", ErrorGroup::Syntax, "The notice cannot be read: {why}.",
                                      "通知无法读取：{why}。"};
inline constexpr ErrorCode kNoSettlementYet{"no_settlement_yet", ErrorGroup::Retry,
                                            "The channel has no settlement of {date} yet.",
                                            "渠道尚未提供 {date} 的结算文件。"};
inline constexpr ErrorCode kBadSettlementFile{"bad_settlement_file", ErrorGroup::Internal,
                                              "The channel's settlement file cannot be used: {why}.",
                                              "渠道结算文件不可用：{why}。"};
}  // namespace channel_error

}  // namespace huiqiao::orders
