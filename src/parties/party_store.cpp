#include "src/parties/party_store.h"

#include "src/base/encoding.h"
#include "src/parties/sealed_fields.h"

namespace huiqiao::parties {

namespace {

constexpr db::Insert kInsertPlatform{"platform",
                                     "id, name, state, customs_code, customs_name, identity_verified, webhook_url, "
                                     "webhook_secret, created_at",
                                     "tttttitti"};
constexpr std::string_view kPlatformKinds = "tttttitti";
constexpr db::Select kPlatforms{
    "SELECT id, name, state, customs_code, customs_name, identity_verified, webhook_url, webhook_secret, created_at "
    "FROM platform WHERE id IN (:list)",
    kPlatformKinds};
constexpr db::Select kAllPlatforms{
    "SELECT id, name, state, customs_code, customs_name, identity_verified, webhook_url, webhook_secret, created_at "
    "FROM platform ORDER BY id",
    kPlatformKinds};

constexpr db::Insert kInsertKey{"platform_key", "id, platform_id, algorithm, public_key, state, not_before, not_after",
                                "tttttii"};
constexpr db::Select kKey{
    "SELECT id, platform_id, algorithm, public_key, state, not_before, not_after FROM platform_key WHERE id = :p1",
    "tttttii"};

constexpr db::Insert kInsertMerchant{"merchant",
                                     "id, platform_id, name, state, fee_basis_points, fee_minimum_minor, "
                                     "channel_cost_bearer, fx_result_bearer, created_at, quote_expiry",
                                     "ttttiittit"};
constexpr std::string_view kMerchantKinds = "ttttiittit";
constexpr db::Select kMerchants{
    "SELECT id, platform_id, name, state, fee_basis_points, fee_minimum_minor, channel_cost_bearer, fx_result_bearer, "
    "created_at, quote_expiry FROM merchant WHERE id IN (:list)",
    kMerchantKinds};
constexpr db::Select kMerchantsOf{
    "SELECT id, platform_id, name, state, fee_basis_points, fee_minimum_minor, channel_cost_bearer, fx_result_bearer, "
    "created_at, quote_expiry FROM merchant WHERE platform_id = :p1 AND id > :p2 ORDER BY id LIMIT :p3",
    kMerchantKinds};

constexpr db::Insert kInsertPayee{
    "payee", "id, merchant_id, state, currency, country, account_index, sealed, created_at", "ttttttti"};
constexpr db::Select kPayeeFacts{"SELECT id, merchant_id, state, currency, country FROM payee WHERE id IN (:list)",
                                 "ttttt"};
constexpr db::Select kPayees{
    "SELECT id, merchant_id, state, currency, country, sealed, created_at FROM payee WHERE id IN (:list)", "tttttti"};
constexpr db::Select kPayeesOf{
    "SELECT id, merchant_id, state, currency, country, sealed, created_at FROM payee WHERE merchant_id = :p1 ORDER BY "
    "id",
    "tttttti"};

constexpr db::Insert kInsertPerson{"person", "id, platform_id, number_index, sealed, created_at", "tttti"};
constexpr db::Select kPersons{"SELECT id, platform_id, sealed FROM person WHERE id IN (:list)", "ttt"};
constexpr db::Select kPersonsByNumber{
    "SELECT id FROM person WHERE number_index = :p1 ORDER BY created_at, id LIMIT :p2", "t"};

constexpr db::Update kPlatformState{"platform", "id", "state", "tt"};
constexpr db::Update kMerchantState{"merchant", "id", "state", "tt"};
constexpr db::Update kPayeeState{"payee", "id", "state", "tt"};
constexpr db::Update kKeyState{"platform_key", "id", "state", "tt"};

Platform platform_from(const db::Found& found, std::size_t row) {
    return {found.text(row, 0), found.text(row, 1), party_state_from_text(found.text(row, 2)),
            found.text(row, 3), found.text(row, 4), found.integer(row, 5) != 0,
            found.text(row, 6), found.text(row, 7), from_us(found.integer(row, 8))};
}

Merchant merchant_from(const db::Found& found, std::size_t row) {
    return {found.text(row, 0),
            found.text(row, 1),
            found.text(row, 2),
            party_state_from_text(found.text(row, 3)),
            {found.integer(row, 4), found.integer(row, 5), bearer_from_text(found.text(row, 6)),
             bearer_from_text(found.text(row, 7)), quote_expiry_from_text(found.text(row, 9))},
            from_us(found.integer(row, 8))};
}

Result<Payee> payee_from(const db::Found& found, std::size_t row, const crypto::Sealer& sealer) {
    Payee payee;
    payee.id = found.text(row, 0);
    payee.merchant_id = found.text(row, 1);
    payee.state = party_state_from_text(found.text(row, 2));
    payee.currency = Currency::known(found.text(row, 3));
    payee.country = found.text(row, 4);
    payee.created_at = from_us(found.integer(row, 6));
    Result<std::string> plain = sealer.open({"payee", payee.id, "sealed"}, found.text(row, 5));
    if (!plain) return plain.error();
    auto fields = split_fields(*plain, 9);
    if (!fields) throw LogicError("payee " + payee.id + " is not sealed as we seal");
    std::size_t at = 0;
    for (std::string* field : {&payee.name, &payee.account, &payee.bic, &payee.clearing_code, &payee.bank_name,
                               &payee.street, &payee.town, &payee.post_code, &payee.residence}) {
        *field = std::move((*fields)[at++]);
    }
    return payee;
}

void set_state(db::Tx& tx, const db::Update& update, const std::string& id, std::string_view state) {
    db::Rows rows;
    rows.add(id, state);
    tx.update(update, rows);
}

}  // namespace

void PartyStore::insert_platforms(db::Tx& tx, std::span<const Platform> platforms) {
    db::Rows rows;
    for (const Platform& p : platforms) {
        rows.add(p.id, p.name, to_text(p.state), p.customs_code, p.customs_name, p.identity_verified ? 1 : 0,
                 p.webhook_url, p.sealed_webhook_secret, p.created_at);
    }
    tx.insert(kInsertPlatform, rows);
}

void PartyStore::insert_keys(db::Tx& tx, std::span<const PlatformKey> keys) {
    db::Rows rows;
    for (const PlatformKey& k : keys) {
        rows.add(k.id, k.platform_id, crypto::to_text(k.algorithm), k.public_key, to_text(k.state), k.not_before,
                 k.not_after);
    }
    tx.insert(kInsertKey, rows);
}

void PartyStore::insert_merchants(db::Tx& tx, std::span<const Merchant> merchants) {
    db::Rows rows;
    for (const Merchant& m : merchants) {
        rows.add(m.id, m.platform_id, m.name, to_text(m.state), m.agreement.fee_basis_points,
                 m.agreement.fee_minimum_minor, to_text(m.agreement.channel_cost), to_text(m.agreement.fx_result),
                 m.created_at, to_text(m.agreement.quote_expiry));
    }
    tx.insert(kInsertMerchant, rows);
}

void PartyStore::insert_payees(db::Tx& tx, std::span<const Payee> payees) const {
    db::Rows rows;
    for (const Payee& p : payees) {
        const std::string plain = join_fields(
            {p.name, p.account, p.bic, p.clearing_code, p.bank_name, p.street, p.town, p.post_code, p.residence});
        rows.add(p.id, p.merchant_id, to_text(p.state), p.currency.code(), p.country,
                 index_.of("payee_account", p.country + "|" + p.account),
                 sealer_.seal({"payee", p.id, "sealed"}, plain), p.created_at);
    }
    tx.insert(kInsertPayee, rows);
}

void PartyStore::insert_persons(db::Tx& tx, std::span<const SealedPerson> persons, Instant now) {
    db::Rows rows;
    for (const SealedPerson& p : persons) rows.add(p.id, p.platform_id, p.number_index, p.sealed, now);
    tx.insert(kInsertPerson, rows);
}

SealedPerson PartyStore::seal(const Person& person) const {
    const std::string plain =
        join_fields({person.name, to_text(person.identity_type), person.identity_number, person.phone});
    return {person.id, person.platform_id, index_.of("identity_number", person.identity_number),
            sealer_.seal({"person", person.id, "sealed"}, plain)};
}

std::string PartyStore::seal_webhook_secret(const std::string& platform_id, std::string_view secret) const {
    return sealer_.seal({"platform", platform_id, "webhook_secret"}, secret);
}

Result<Secret> PartyStore::webhook_secret(const Platform& platform) const {
    if (platform.sealed_webhook_secret.empty()) return Secret();
    Result<std::string> plain =
        sealer_.open({"platform", platform.id, "webhook_secret"}, platform.sealed_webhook_secret);
    if (!plain) return plain.error();
    return Secret(*plain);
}

std::map<std::string, Platform> PartyStore::platforms(db::Reader& reader, std::span<const std::string> ids) {
    const db::Found found = reader.select(kPlatforms, {}, ids);
    std::map<std::string, Platform> platforms;
    for (std::size_t row = 0; row < found.size(); ++row)
        platforms.emplace(found.text(row, 0), platform_from(found, row));
    return platforms;
}

std::map<std::string, Merchant> PartyStore::merchants(db::Reader& reader, std::span<const std::string> ids) {
    const db::Found found = reader.select(kMerchants, {}, ids);
    std::map<std::string, Merchant> merchants;
    for (std::size_t row = 0; row < found.size(); ++row)
        merchants.emplace(found.text(row, 0), merchant_from(found, row));
    return merchants;
}

std::map<std::string, PayeeFacts> PartyStore::payee_facts(db::Reader& reader, std::span<const std::string> ids) {
    const db::Found found = reader.select(kPayeeFacts, {}, ids);
    std::map<std::string, PayeeFacts> facts;
    for (std::size_t row = 0; row < found.size(); ++row) {
        facts.emplace(found.text(row, 0),
                      PayeeFacts{found.text(row, 0), found.text(row, 1), party_state_from_text(found.text(row, 2)),
                                 Currency::known(found.text(row, 3)), found.text(row, 4)});
    }
    return facts;
}

Result<std::map<std::string, Payee>> PartyStore::payees(db::Reader& reader, std::span<const std::string> ids) const {
    const db::Found found = reader.select(kPayees, {}, ids);
    std::map<std::string, Payee> payees;
    for (std::size_t row = 0; row < found.size(); ++row) {
        Result<Payee> payee = payee_from(found, row, sealer_);
        if (!payee) return payee.error();
        payees.emplace(found.text(row, 0), std::move(payee).value());
    }
    return payees;
}

Result<std::map<std::string, Person>> PartyStore::persons(db::Reader& reader, std::span<const std::string> ids) const {
    const db::Found found = reader.select(kPersons, {}, ids);
    std::map<std::string, Person> persons;
    for (std::size_t row = 0; row < found.size(); ++row) {
        const std::string& id = found.text(row, 0);
        Result<std::string> plain = sealer_.open({"person", id, "sealed"}, found.text(row, 2));
        if (!plain) return plain.error();
        auto fields = split_fields(*plain, 4);
        if (!fields) throw LogicError("person " + id + " is not sealed as we seal");
        persons.emplace(id, Person{id, found.text(row, 1), (*fields)[0], identity_type_from_text((*fields)[1]).value(),
                                   (*fields)[2], (*fields)[3]});
    }
    return persons;
}

std::optional<PlatformKey> PartyStore::key(db::Reader& reader, const std::string& key_id) {
    const db::Found found = reader.select(kKey, {key_id});
    if (found.empty()) return std::nullopt;
    const auto algorithm = crypto::signature_algorithm_from_text(found.text(0, 2));
    if (!algorithm) throw LogicError("key " + key_id + " has no algorithm that we know");
    return PlatformKey{found.text(0, 0),
                       found.text(0, 1),
                       *algorithm,
                       found.text(0, 3),
                       key_state_from_text(found.text(0, 4)),
                       from_us(found.integer(0, 5)),
                       from_us(found.integer(0, 6))};
}

std::vector<Platform> PartyStore::all_platforms(db::Reader& reader) {
    const db::Found found = reader.select(kAllPlatforms);
    std::vector<Platform> platforms;
    for (std::size_t row = 0; row < found.size(); ++row) platforms.push_back(platform_from(found, row));
    return platforms;
}

std::vector<Merchant> PartyStore::merchants_of(db::Reader& reader, const std::string& platform_id,
                                               const std::string& after_id, int limit) {
    const db::Found found = reader.select(kMerchantsOf, {platform_id, after_id, limit});
    std::vector<Merchant> merchants;
    for (std::size_t row = 0; row < found.size(); ++row) merchants.push_back(merchant_from(found, row));
    return merchants;
}

Result<std::vector<Payee>> PartyStore::payees_of(db::Reader& reader, const std::string& merchant_id) const {
    const db::Found found = reader.select(kPayeesOf, {merchant_id});
    std::vector<Payee> payees;
    for (std::size_t row = 0; row < found.size(); ++row) {
        Result<Payee> payee = payee_from(found, row, sealer_);
        if (!payee) return payee.error();
        payees.push_back(std::move(payee).value());
    }
    return payees;
}

std::vector<std::string> PartyStore::person_ids_of(db::Reader& reader, std::string_view identity_number,
                                                   int limit) const {
    const db::Found found = reader.select(kPersonsByNumber, {index_.of("identity_number", identity_number), limit});
    std::vector<std::string> ids;
    for (std::size_t row = 0; row < found.size(); ++row) ids.push_back(found.text(row, 0));
    return ids;
}

void PartyStore::set_platform_state(db::Tx& tx, const std::string& id, PartyState state) {
    set_state(tx, kPlatformState, id, to_text(state));
}
void PartyStore::set_merchant_state(db::Tx& tx, const std::string& id, PartyState state) {
    set_state(tx, kMerchantState, id, to_text(state));
}
void PartyStore::set_payee_state(db::Tx& tx, const std::string& id, PartyState state) {
    set_state(tx, kPayeeState, id, to_text(state));
}
void PartyStore::set_key_state(db::Tx& tx, const std::string& id, KeyState state) {
    set_state(tx, kKeyState, id, to_text(state));
}

}  // namespace huiqiao::parties
