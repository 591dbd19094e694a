#pragma once
// Taking in orders: each order of a request is accepted, found again (a replay), in conflict with one that stands under
// its number, or refused by a rule; one refusal never touches its neighbours. An accepted order stands with its
// persons, lines, payment and the channel's call in the same COMMIT; the number is its platform's for ever.
// Pure rules and sealing run on the caller's thread (prepare), the rest on the writer's. It does not authenticate.

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/calls/calls.h"
#include "src/crypto/sealer.h"
#include "src/db/write_queue.h"
#include "src/orders/order_store.h"
#include "src/parties/party_store.h"

namespace huiqiao::orders {
class CollectionChannel;
}

namespace huiqiao::flow {

struct IntakePerson {
    std::string name;
    std::string identity_type;  // "resident_id", "passport"
    std::string identity_number;
    std::string phone;  // may be empty
};

struct IntakeLine {
    std::string name;
    std::int64_t quantity = 0;
    Money unit_price = Money::zero(Currency::known("CNY"));
    Money total = Money::zero(Currency::known("CNY"));
};

struct IntakeEvidence {
    std::string institution;
    std::string transaction_no;
    Instant paid_at{};
};

/// Money as the platform gave it, in whatever currency: other than CNY is refused by rule.
struct IntakeOrder {
    std::string platform_order_no;
    std::string merchant_id;
    std::string trade_kind;                   // orders::TradeKind, or what is refused: virtual_goods, capital_item …
    std::string payout_kind;                  // orders::PayoutKind
    std::optional<Currency> payout_currency;  // absent: CNY
    std::string payee_id;                     // empty for payout kind none
    Money total = Money::zero(Currency::known("CNY"));  // goods + freight + tax - discount
    Money freight = Money::zero(Currency::known("CNY"));
    Money tax = Money::zero(Currency::known("CNY"));
    Money discount = Money::zero(Currency::known("CNY"));
    std::vector<IntakeLine> lines;
    IntakePerson buyer;
    std::optional<IntakePerson> payer;               // absent: the buyer
    std::string customs_port;                        // declared trade: four digits
    std::optional<IntakeEvidence> evidence;          // payout kind none
    std::optional<std::chrono::seconds> pay_within;  // absent: the setting
    std::string quote_id{};                          // the platform's quote that it takes; empty: none
};

struct IntakeRequest {
    std::string platform_id;  // authenticated
    std::string request_id;
    std::vector<IntakeOrder> orders;  // 1 to 500
};

/// What became of one order.
struct IntakeAnswer {
    enum class Kind { Accepted, Replayed, Refused };
    Kind kind = Kind::Refused;
    std::optional<orders::Order> order;  // Accepted, Replayed: as it stands now
    std::optional<Error> error;          // Refused: by rule or in conflict
};

struct IntakeSettings {
    std::int64_t most_per_order_minor = 500'000'000;       // fen: any order
    std::int64_t most_per_declared_order_minor = 500'000;  // customs limit of one retail order: CNY 5,000
    std::int64_t most_of_one_piece_minor = 2'600'000;      // and CNY 26,000 where it is one indivisible piece
    std::chrono::seconds pay_within{std::chrono::hours(2)};
    std::chrono::seconds pay_within_at_most{std::chrono::hours(72)};
    std::size_t most_lines = 50;
    std::string channel = "sandbox-pay";  // where buyers pay; the calls' counterparty
};

class IntakeWork;

/// Made by Intake::prepare. Answers stand in the order of the request.
class IntakeItem final : public db::Item {
 public:
    struct Prepared;  // intake's own (intake_item.h)
    std::vector<IntakeAnswer> answers;
    ~IntakeItem() override;

 private:
    friend class Intake;
    friend class IntakeWork;
    IntakeItem();
    std::string platform_id_;
    std::string request_id_;
    std::vector<Prepared> prepared_;
    std::map<std::string, parties::SealedPerson> persons_;  // by id, of all its orders
};

class Intake final : public db::Operation {
 public:
    static constexpr std::size_t kMostOrders = 500;

    /// Everything outlives the operation.
    Intake(const Clock& clock, IdSource& ids, const parties::PartyStore& parties,
           const crypto::BlindIndex& fingerprints, const calls::Calls& calls, const orders::CollectionChannel& channel,
           IntakeSettings settings);

    /// Pure: checks what needs no database, seals persons, gives ids. Any thread. Error only where the request as a
    /// whole cannot be taken (no order, more than kMostOrders).
    Result<std::shared_ptr<IntakeItem>> prepare(const IntakeRequest& request) const;

    [[nodiscard]] std::string_view name() const override { return "intake"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;

 private:
    friend class IntakeWork;
    const Clock& clock_;
    IdSource& ids_;
    const parties::PartyStore& parties_;
    const crypto::BlindIndex& fingerprints_;
    const calls::Calls& calls_;
    const orders::CollectionChannel& channel_;
    IntakeSettings settings_;
};

namespace intake_error {
inline constexpr ErrorCode kBatchSize{"batch_size", ErrorGroup::Rule, "A request carries 1 to {most} orders.",
                                      "每次请求可包含 1 至 {most} 个订单。"};
inline constexpr ErrorCode kOrderNoConflict{
    "order_no_conflict", ErrorGroup::Conflict,
    "Order number {number} stands for order {order}, which differs in: {field}.",
    "订单号 {number} 已对应订单 {order}，且字段不同：{field}。"};
inline constexpr ErrorCode kBadOrderNo{"bad_order_no", ErrorGroup::Rule,
                                       "An order number has 1 to 60 printable ASCII characters and no space.",
                                       "订单号应为 1 至 60 个可打印 ASCII 字符，且不含空格。"};
inline constexpr ErrorCode kTradeRefused{"trade_refused", ErrorGroup::Declined,
                                         "Trade kind '{kind}' is not served: {why}.",
                                         "不受理贸易类型“{kind}”：{why}。"};
inline constexpr ErrorCode kPayoutRefused{
    "payout_refused", ErrorGroup::Rule, "Payout kind '{kind}' does not fit: {why}.", "付款方式“{kind}”不适用：{why}。"};
inline constexpr ErrorCode kTotalMismatch{
    "total_mismatch", ErrorGroup::Rule, "Lines {goods} + freight + tax - discount make {sum}, the total says {total}.",
    "明细合计 {goods} 加运费、税款减折扣为 {sum}，与总额 {total} 不符。"};
inline constexpr ErrorCode kBadLine{"bad_line", ErrorGroup::Rule, "Line {line} is not acceptable: {why}.",
                                    "第 {line} 行不符合要求：{why}。"};
inline constexpr ErrorCode kNotCny{"not_cny", ErrorGroup::Rule, "Buyers pay in CNY; '{field}' is in {currency}.",
                                   "买家以人民币付款；字段“{field}”的货币为 {currency}。"};
inline constexpr ErrorCode kOverLimit{"over_limit", ErrorGroup::Declined,
                                      "The limit of {what} is {limit}; this order has {amount}.",
                                      "{what} 为 {amount}，超过限额 {limit}。"};
inline constexpr ErrorCode kIdentityNeeded{"identity_needed", ErrorGroup::Rule,
                                           "Declared trade needs the resident identity number of '{field}'.",
                                           "申报类贸易需要“{field}”的居民身份证号。"};
inline constexpr ErrorCode kPayerDiffers{"payer_differs", ErrorGroup::Rule,
                                         "Buyer and payer must be the same person, since the platform does not verify "
                                         "identities.",
                                         "平台未承诺核验身份，订购人与支付人须为同一人。"};
inline constexpr ErrorCode kBadPort{"bad_customs_port", ErrorGroup::Rule,
                                    "Declared trade needs a customs district of four digits, other trade has none.",
                                    "申报类贸易需填四位关区代码，其他贸易不填。"};
inline constexpr ErrorCode kEvidenceNeeded{"evidence_needed", ErrorGroup::Rule, "Evidence of the payment: {why}.",
                                           "支付凭证：{why}。"};
inline constexpr ErrorCode kBadPayWithin{"bad_pay_within", ErrorGroup::Rule,
                                         "The time to pay must be between 60 and {most} seconds.",
                                         "支付时限应在 60 至 {most} 秒之间。"};
inline constexpr ErrorCode kNotRegistered{
    "platform_not_registered", ErrorGroup::Declined,
    "The platform has no customs registration, so nothing can be declared for it.",
    "平台无海关注册登记，无法为其申报。"};
inline constexpr ErrorCode kPlatformClosed{"platform_not_active", ErrorGroup::Forbidden, "The platform is not active.",
                                           "平台状态不是正常。"};
inline constexpr ErrorCode kNoMerchant{"merchant_not_found", ErrorGroup::Rule,
                                       "The platform has no merchant {merchant} that is active.",
                                       "平台没有正常状态的商户 {merchant}。"};
inline constexpr ErrorCode kNoQuote{
    "quote_not_found", ErrorGroup::Rule,
    "You have no quote {quote} that an order can take. Nothing was submitted; ask for one by POST /v1/quotes.",
    "您没有可供订单使用的报价 {quote}，订单未提交；请用 POST /v1/quotes 询价。"};
inline constexpr ErrorCode kQuoteOver{
    "quote_expired", ErrorGroup::Rule,
    "Quote {quote} was over at {until}. Nothing was submitted; ask for a new one by POST /v1/quotes.",
    "报价 {quote} 已于 {until} 失效，订单未提交；请用 POST /v1/quotes 重新询价。"};
inline constexpr ErrorCode kQuoteTaken{"quote_taken", ErrorGroup::Conflict,
                                       "Quote {quote} was taken by order {order}; a quote is taken once.",
                                       "报价 {quote} 已被订单 {order} 使用，每个报价只能使用一次。"};
inline constexpr ErrorCode kQuoteDiffers{
    "quote_mismatch", ErrorGroup::Rule,
    "Quote {quote} is for {field} {quoted}; the order has {given}. Nothing was submitted.",
    "报价 {quote} 的 {field} 为 {quoted}，订单为 {given}，订单未提交。"};
inline constexpr ErrorCode kNoPayee{"payee_not_found", ErrorGroup::Rule,
                                    "The merchant has no payee {payee} that is active and takes {currency}: {why}.",
                                    "商户没有可收 {currency} 的正常收款人 {payee}：{why}。"};
}  // namespace intake_error

}  // namespace huiqiao::flow
