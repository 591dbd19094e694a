#pragma once
// Rows of platforms, their keys, merchants, payees and persons. Personal data goes in and out sealed: one blob a row,
// bound to table, row and column, so a row's blob opens nowhere else. Ids are the caller's. Missing rows are left out
// of what is loaded; a blob that does not open is an Error, never an empty name.
// Merchants, payees and platforms are few and read often; persons are many, written in bulk.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/crypto/sealer.h"
#include "src/db/database.h"
#include "src/db/lock_ranks.h"
#include "src/parties/merchant.h"
#include "src/parties/payee.h"
#include "src/parties/person.h"
#include "src/parties/platform.h"

namespace huiqiao::parties {

/// A person on its way into a row: sealed before the write group begins, so that sealing costs no writer's time.
struct SealedPerson {
    std::string id;
    std::string platform_id;
    std::string number_index;
    std::string sealed;
};

/// What decides about a new order, without anything sealed.
struct PayeeFacts {
    std::string id;
    std::string merchant_id;
    PartyState state;
    Currency currency;
    std::string country;
};

class PartyStore {
 public:
    PartyStore(const crypto::Sealer& sealer, const crypto::BlindIndex& index) : sealer_(sealer), index_(index) {}

    static void insert_platforms(db::Tx& tx, std::span<const Platform> platforms);
    static void insert_keys(db::Tx& tx, std::span<const PlatformKey> keys);
    static void insert_merchants(db::Tx& tx, std::span<const Merchant> merchants);
    void insert_payees(db::Tx& tx, std::span<const Payee> payees) const;
    static void insert_persons(db::Tx& tx, std::span<const SealedPerson> persons, Instant now);

    [[nodiscard]] SealedPerson seal(const Person& person) const;
    /// The webhook secret as it goes into Platform::sealed_webhook_secret, and back.
    [[nodiscard]] std::string seal_webhook_secret(const std::string& platform_id, std::string_view secret) const;
    [[nodiscard]] Result<Secret> webhook_secret(const Platform& platform) const;

    /// By id.
    static std::map<std::string, Platform> platforms(db::Reader& reader, std::span<const std::string> ids);
    static std::map<std::string, Merchant> merchants(db::Reader& reader, std::span<const std::string> ids);
    static std::map<std::string, PayeeFacts> payee_facts(db::Reader& reader, std::span<const std::string> ids);
    Result<std::map<std::string, Payee>> payees(db::Reader& reader, std::span<const std::string> ids) const;
    Result<std::map<std::string, Person>> persons(db::Reader& reader, std::span<const std::string> ids) const;

    static std::optional<PlatformKey> key(db::Reader& reader, const std::string& key_id);
    static std::vector<Platform> all_platforms(db::Reader& reader);
    /// In order of ids, after the given one.
    static std::vector<Merchant> merchants_of(db::Reader& reader, const std::string& platform_id,
                                              const std::string& after_id, int limit);
    Result<std::vector<Payee>> payees_of(db::Reader& reader, const std::string& merchant_id) const;
    /// Rows of persons with that identity number (normalised), oldest first.
    std::vector<std::string> person_ids_of(db::Reader& reader, std::string_view identity_number, int limit) const;

    /// Locked by the caller. States alone change.
    static void set_platform_state(db::Tx& tx, const std::string& id, PartyState state);
    static void set_merchant_state(db::Tx& tx, const std::string& id, PartyState state);
    static void set_payee_state(db::Tx& tx, const std::string& id, PartyState state);
    static void set_key_state(db::Tx& tx, const std::string& id, KeyState state);

 private:
    const crypto::Sealer& sealer_;
    const crypto::BlindIndex& index_;
};

}  // namespace huiqiao::parties
