#pragma once
// The adapter to a channel that speaks simple_pay: signs what we send and proves what comes. It decides nothing, keeps
// nothing and sends nothing. Final refusals are those of an explicit list; whatever else comes is Unknown.

#include <string>

#include "src/base/clock.h"
#include "src/base/id.h"
#include "src/crypto/signing_key.h"
#include "src/orders/collection_channel.h"

namespace huiqiao::simple_pay {

struct AdapterSettings {
    std::string institution;     // mch_id: who we are at the channel
    std::string our_key_id;      // under which the channel knows our key
    std::string channel_key_id;  // of the key by which the channel signs
};

class Adapter final : public orders::CollectionChannel, public orders::ChannelSettlements {
 public:
    /// Keys of RSA with SHA-256 in production; the protocol takes any algorithm that both sides agree on.
    Adapter(const Clock& clock, IdSource& ids, crypto::SigningKey our_key, crypto::VerifyKey channel_key,
            AdapterSettings settings);

    [[nodiscard]] WireRequest order(const orders::PaymentRequest& request) const override;
    [[nodiscard]] WireRequest query(std::string_view reference) const override;
    [[nodiscard]] WireRequest close(std::string_view reference) const override;
    void sign(WireRequest& request) const override;
    [[nodiscard]] orders::ChannelAnswer read_answer(std::string_view reference,
                                                    const WireAnswer& answer) const override;
    [[nodiscard]] Result<orders::ChannelNotice> read_notice(const orders::WireHeaders& headers,
                                                            std::string_view body) const override;
    [[nodiscard]] WireRequest settlement_file(Date date) const override;
    [[nodiscard]] Result<orders::ChannelSettlement> read_settlement_file(Date date,
                                                                         const WireAnswer& answer) const override;

 private:
    [[nodiscard]] bool is_signed(const orders::WireHeaders& headers, std::string_view body) const;

    const Clock& clock_;
    IdSource& ids_;
    crypto::SigningKey our_key_;
    crypto::VerifyKey channel_key_;
    AdapterSettings settings_;
};

}  // namespace huiqiao::simple_pay
