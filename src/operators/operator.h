#pragma once
// Who works with the console. A maker asks, a checker releases what another person asked; the same person never does
// both for one matter (SEC-06). A person may have several operators, each with a role and a key of its own to sign
// with; whose operator it is stands for ever, once it was named (change_operator.h).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/crypto/signing_key.h"
#include "src/db/write_queue.h"

namespace huiqiao::operators {

enum class Role { Maker, Checker };
enum class OperatorState { Active, Suspended };

std::string_view to_text(Role role);
std::string_view to_text(OperatorState state);

struct Operator {
    std::string id;         // opr_…
    std::string person_id;  // staff number or the like, never a name
    std::string name;
    Role role = Role::Maker;
    crypto::SignatureAlgorithm algorithm = crypto::SignatureAlgorithm::Ed25519;
    std::string public_key;  // as crypto::VerifyKey::from_text takes it
    OperatorState state = OperatorState::Active;
    Instant created_at{};
};

class OperatorStore {
 public:
    /// LogicError without a person.
    static void insert(db::Tx& tx, const Operator& who);
    static std::optional<Operator> find(db::Reader& reader, const std::string& id);
    static std::vector<Operator> all(db::Reader& reader);
    /// Of a row that is locked (change_operator.h).
    static void set_state(db::Tx& tx, const std::string& id, OperatorState state);
    static void set_person(db::Tx& tx, const std::string& id, const std::string& person_id);
};

}  // namespace huiqiao::operators
