#pragma once
// Taking in platforms, their keys, merchants and payees, all of an item or none of it. Ids are the caller's, so that a
// repeat is seen: an id that is there already refuses the whole item (kPartyTaken).

#include <optional>
#include <vector>

#include "src/db/write_queue.h"
#include "src/parties/party_error.h"
#include "src/parties/party_store.h"

namespace huiqiao::flow {

struct RegisterItem final : db::Item {
    std::vector<parties::Platform> platforms;
    std::vector<parties::PlatformKey> keys;
    std::vector<parties::Merchant> merchants;
    std::vector<parties::Payee> payees;
    std::optional<Error> error;  // kBadParty, kBadPayee, kPartyTaken
};

class RegisterParties final : public db::Operation {
 public:
    RegisterParties(const parties::PartyStore& store, bool allow_loopback_webhooks)
        : store_(store), allow_loopback_webhooks_(allow_loopback_webhooks) {}

    /// The rules alone; run() asks them too.
    [[nodiscard]] Status check(const RegisterItem& item) const;

    [[nodiscard]] std::string_view name() const override { return "register_parties"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;

 private:
    const parties::PartyStore& store_;
    bool allow_loopback_webhooks_;
};

}  // namespace huiqiao::flow
