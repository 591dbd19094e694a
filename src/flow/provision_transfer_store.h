#pragma once
// How far each transfer between provision accounts has come, by the two banks' lines. Whoever adds or saves one has
// locked the balances of both accounts.

#include <optional>
#include <string>
#include <vector>

#include "src/base/clock.h"
#include "src/db/write_queue.h"
#include "src/remittance/remittance.h"

namespace huiqiao::flow {

struct ProvisionTransfer {
    std::string remittance_id;
    std::string to_account;
    Money amount;
    Money left;
    Money arrived;
    Money returned;
    Money settled;  // by two persons (provision_transfer_exit.h)
    Instant since{};
    bool is_open = true;

    /// What left an account of ours and is in none now; below zero where the other bank was faster, or gave too much.
    [[nodiscard]] Money on_its_way() const { return left - arrived - returned - settled; }
    /// After a line: open while nothing left yet, or not all has come.
    void settle() { is_open = !left.is_positive() || !on_its_way().is_zero(); }
};

class ProvisionTransfers {
 public:
    static void add(db::Tx& tx, const ProvisionTransfer& one);
    static void save(db::Tx& tx, const ProvisionTransfer& one);
    static std::optional<ProvisionTransfer> find(db::Reader& reader, const std::string& remittance_id);
    /// Awaited in that account.
    static std::vector<ProvisionTransfer> open_to(db::Reader& reader, const std::string& account);
    /// Whether one to that account was rejected or came back whole at that time or later.
    static bool has_failed_since(db::Reader& reader, const std::string& account, Instant time);
    /// Awaited anywhere since that time or longer; oldest first, at most `limit`.
    static std::vector<ProvisionTransfer> open_since(db::Reader& reader, Instant at_the_latest, int limit);
};

}  // namespace huiqiao::flow
