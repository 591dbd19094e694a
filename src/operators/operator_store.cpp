#include "src/operators/operator.h"

#include <algorithm>

namespace huiqiao::operators {

namespace {

constexpr db::Insert kInsert{"operator", "id, person_id, name, role, algorithm, public_key, state, created_at",
                             "tttttt"
                             "ti"};
constexpr db::Select kFind{
    "SELECT id, name, role, algorithm, public_key, state, created_at, person_id FROM operator WHERE id = :p1",
    "tttttti"
    "t"};
constexpr db::Select kAll{
    "SELECT id, name, role, algorithm, public_key, state, created_at, person_id FROM operator ORDER BY id",
    "tttttti"
    "t"};
constexpr db::Select kIdsOfPerson{"SELECT id FROM operator WHERE person_id = :p1 ORDER BY id", "t"};
constexpr db::Command kSetPerson{"UPDATE operator SET person_id = :p2 WHERE id = :p1"};
constexpr db::Command kSetState{"UPDATE operator SET state = :p2 WHERE id = :p1"};

Operator operator_of(const db::Found& found, std::size_t row) {
    Operator who;
    who.id = found.text(row, 0);
    who.name = found.text(row, 1);
    const std::optional<Role> role = role_from_text(found.text(row, 2));
    if (!role) throw LogicError("operator " + who.id + " has an unknown role");
    who.role = *role;
    const auto algorithm = crypto::signature_algorithm_from_text(found.text(row, 3));
    if (!algorithm) throw LogicError("operator " + who.id + " has an unknown algorithm");
    who.algorithm = *algorithm;
    who.public_key = found.text(row, 4);
    who.state = found.text(row, 5) == to_text(OperatorState::Active) ? OperatorState::Active : OperatorState::Suspended;
    who.created_at = from_us(found.integer(row, 6));
    who.person_id = found.text(row, 7);
    return who;
}

}  // namespace

std::string_view to_text(Role role) {
    switch (role) {
        case Role::Dealer: return "dealer";
        case Role::Confirmer: return "confirmer";
        case Role::Viewer: return "viewer";
    }
    throw LogicError("unnamed role");
}

std::optional<Role> role_from_text(std::string_view text) {
    for (const Role role : {Role::Dealer, Role::Confirmer, Role::Viewer})
        if (to_text(role) == text) return role;
    return std::nullopt;
}

std::string_view to_text(OperatorState state) {
    switch (state) {
        case OperatorState::Active: return "active";
        case OperatorState::Suspended: return "suspended";
    }
    throw LogicError("unnamed state of an operator");
}

bool is_person_id(std::string_view text) {
    constexpr std::size_t kLongest = 64;
    return !text.empty() && text.size() <= kLongest && !text.starts_with(kOperatorIdPrefix) &&
           std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
}

void OperatorStore::insert(db::Tx& tx, const Operator& who) {
    if (who.person_id.empty()) throw LogicError("operator " + who.id + " belongs to no person");
    db::Rows rows;
    rows.add(who.id, who.person_id, who.name, to_text(who.role), crypto::to_text(who.algorithm), who.public_key,
             to_text(who.state), who.created_at);
    tx.insert(kInsert, rows);
}

std::optional<Operator> OperatorStore::find(db::Reader& reader, const std::string& id) {
    const db::Found found = reader.select(kFind, {id});
    if (found.empty()) return std::nullopt;
    return operator_of(found, 0);
}

std::vector<Operator> OperatorStore::all(db::Reader& reader) {
    const db::Found found = reader.select(kAll);
    std::vector<Operator> every;
    for (std::size_t row = 0; row < found.size(); ++row) every.push_back(operator_of(found, row));
    return every;
}

std::vector<std::string> OperatorStore::ids_of_person(db::Reader& reader, const std::string& person_id) {
    const db::Found found = reader.select(kIdsOfPerson, {person_id});
    std::vector<std::string> ids;
    for (std::size_t row = 0; row < found.size(); ++row) ids.push_back(found.text(row, 0));
    return ids;
}

void OperatorStore::set_state(db::Tx& tx, const std::string& id, OperatorState state) {
    tx.execute(kSetState, {id, to_text(state)});
}

void OperatorStore::set_person(db::Tx& tx, const std::string& id, const std::string& person_id) {
    tx.execute(kSetPerson, {id, person_id});
}

}  // namespace huiqiao::operators
