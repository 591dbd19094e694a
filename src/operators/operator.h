#pragma once
// Who works with the console. A dealer makes (asks), a confirmer checks (releases what another person asked), a viewer
// only reads; the same person never makes and checks one matter (SEC-06). A person may have several operators, each
// with a role and a key of its own to sign with; whose operator it is stands for ever, once it was named
// (change_operator.h). A person's id never begins as an operator's does: where it does, the person was not named yet.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/crypto/signing_key.h"
#include "src/db/write_queue.h"

namespace huiqiao::operators {

enum class Role {
    Dealer,     // records, locks, proposes: the maker of a matter
    Confirmer,  // confirms, releases, refuses: its checker
    Viewer,     // reads
};
enum class OperatorState { Active, Suspended };

std::string_view to_text(Role role);
std::optional<Role> role_from_text(std::string_view text);
std::string_view to_text(OperatorState state);

inline constexpr std::string_view kOperatorIdPrefix = "opr_";
/// 1 to 64 small letters, digits, '_' and '-', and not as an operator's id begins.
bool is_person_id(std::string_view text);

struct Operator {
    std::string id;         // opr_…
    std::string person_id;  // staff number or the like, never a name
    std::string name;
    Role role = Role::Dealer;
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
    static std::vector<std::string> ids_of_person(db::Reader& reader, const std::string& person_id);
    /// Of a row that is locked (change_operator.h).
    static void set_state(db::Tx& tx, const std::string& id, OperatorState state);
    static void set_person(db::Tx& tx, const std::string& id, const std::string& person_id);
};

}  // namespace huiqiao::operators
