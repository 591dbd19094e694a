#include "src/flow/register_parties.h"

#include "src/events/webhook_url.h"

namespace huiqiao::flow {

namespace {

using parties::party_error::kBadParty;
using parties::party_error::kPartyTaken;

Error bad(std::string kind, std::string field, std::string why) {
    return Error(kBadParty, {{"kind", std::move(kind)}, {"field", std::move(field)}, {"why", std::move(why)}});
}

/// '|' would make two business keys meet.
bool is_id(std::string_view id) {
    if (id.empty() || id.size() > 64) return false;
    for (const char c : id) {
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        if (!plain) return false;
    }
    return true;
}

Status check_platform(const parties::Platform& platform, bool allow_loopback) {
    if (!is_id(platform.id)) return bad("platform", "id", "1 to 64 letters, digits, '_' and '-'");
    if (!parties::is_name(platform.name, 100)) return bad("platform", "name", "1 to 100 characters");
    if (!platform.customs_code.empty()) {
        if (!parties::is_customs_code(platform.customs_code)) {
            return bad("platform", "customs_code", "10 characters, or an 18-character social credit code");
        }
        if (!parties::is_name(platform.customs_name, 100)) {
            return bad("platform", "customs_name", "the registered name is needed with the code");
        }
    }
    if (!platform.webhook_url.empty()) {
        const auto url = events::parse_webhook_url(platform.webhook_url, allow_loopback);
        if (!url) return url.error();
    }
    return Done{};
}

Status check_merchant(const parties::Merchant& merchant) {
    if (!is_id(merchant.id)) return bad("merchant", "id", "1 to 64 letters, digits, '_' and '-'");
    if (!parties::is_name(merchant.name, 140)) return bad("merchant", "name", "1 to 140 characters");
    if (merchant.agreement.fee_basis_points < 0 || merchant.agreement.fee_basis_points > 10'000) {
        return bad("merchant", "fee_basis_points", "0 to 10000");
    }
    if (merchant.agreement.fee_minimum_minor < 0) return bad("merchant", "fee_minimum", "not below zero");
    return Done{};
}

Status check_key(const parties::PlatformKey& key) {
    if (!is_id(key.id)) return bad("key", "id", "1 to 64 letters, digits, '_' and '-'");
    if (key.algorithm != crypto::SignatureAlgorithm::Ed25519 && key.algorithm != crypto::SignatureAlgorithm::Sm2Sm3) {
        return bad("key", "algorithm", "ed25519 or sm2_sm3");
    }
    if (!crypto::VerifyKey::from_text(key.algorithm, key.public_key)) {
        return bad("key", "public_key", "not a public key of that algorithm");
    }
    if (key.not_before >= key.not_after) return bad("key", "not_after", "later than not_before");
    return Done{};
}

template <class T>
std::vector<std::string> ids_of(const std::vector<T>& things) {
    std::vector<std::string> ids;
    for (const T& thing : things) ids.push_back(thing.id);
    return ids;
}

template <class Found>
std::optional<Error> taken(const char* kind, const Found& found) {
    if (found.empty()) return std::nullopt;
    return Error(kPartyTaken, {{"kind", kind}, {"id", found.begin()->first}});
}

class RegisterWork final : public db::Work {
 public:
    RegisterWork(const RegisterParties& rules, const parties::PartyStore& store,
                 std::span<const std::shared_ptr<db::Item>> items)
        : rules_(rules), store_(store) {
        for (const auto& item : items) items_.push_back(static_cast<RegisterItem*>(item.get()));
    }

    void run(db::Group& group) override {
        for (RegisterItem* item : items_) {
            item->error.reset();
            if (item->skipped) continue;
            item->error = refused(group.tx, *item);
            if (item->error) continue;
            if (!item->platforms.empty()) parties::PartyStore::insert_platforms(group.tx, item->platforms);
            if (!item->keys.empty()) parties::PartyStore::insert_keys(group.tx, item->keys);
            if (!item->merchants.empty()) parties::PartyStore::insert_merchants(group.tx, item->merchants);
            if (!item->payees.empty()) store_.insert_payees(group.tx, item->payees);
        }
    }

 private:
    std::optional<Error> refused(db::Reader& reader, const RegisterItem& item) const {
        using parties::PartyStore;
        const Status good = rules_.check(item);
        if (!good) return good.error();
        if (auto error = taken("platform", PartyStore::platforms(reader, ids_of(item.platforms)))) return error;
        if (auto error = taken("merchant", PartyStore::merchants(reader, ids_of(item.merchants)))) return error;
        if (auto error = taken("payee", PartyStore::payee_facts(reader, ids_of(item.payees)))) return error;
        for (const parties::PlatformKey& key : item.keys) {
            if (PartyStore::key(reader, key.id)) return Error(kPartyTaken, {{"kind", "key"}, {"id", key.id}});
        }
        return std::nullopt;
    }

    const RegisterParties& rules_;
    const parties::PartyStore& store_;
    std::vector<RegisterItem*> items_;
};

}  // namespace

Status RegisterParties::check(const RegisterItem& item) const {
    for (const auto& platform : item.platforms) {
        if (const Status good = check_platform(platform, allow_loopback_webhooks_); !good) return good;
    }
    for (const auto& merchant : item.merchants) {
        if (const Status good = check_merchant(merchant); !good) return good;
    }
    for (const auto& key : item.keys) {
        if (const Status good = check_key(key); !good) return good;
    }
    for (const auto& payee : item.payees) {
        if (!is_id(payee.id)) return bad("payee", "id", "1 to 64 letters, digits, '_' and '-'");
        if (const Status good = parties::check_payee(payee); !good) return good;
    }
    return Done{};
}

std::unique_ptr<db::Work> RegisterParties::begin(std::span<const std::shared_ptr<db::Item>> items) {
    return std::make_unique<RegisterWork>(*this, store_, items);
}

}  // namespace huiqiao::flow
