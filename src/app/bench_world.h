#pragma once
// The institution as the bench runs it: the product's own objects over one durable database, one platform with a
// thousand merchants and their payees, and orders that differ as in life. No counterparty answers; nothing is sent.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/simple_pay/adapter.h"
#include "src/app/private_mariadb.h"
#include "src/crypto/system_random.h"
#include "src/db/write_queue.h"
#include "src/flow/cancel.h"
#include "src/flow/intake.h"
#include "src/http/client.h"
#include "src/ledger/ledger.h"
#include "src/operators/work_item.h"

namespace huiqiao::app {

/// Where databases of one engine come from.
class BenchEngine {
 public:
    BenchEngine(db::Engine engine, std::filesystem::path directory);

    [[nodiscard]] std::string name() const { return engine_ == db::Engine::Sqlite ? "sqlite" : "mariadb"; }
    /// A fresh database at this program's schema, on the disk.
    db::DatabaseSettings fresh(const Clock& clock, const std::string& name);
    /// Of one that was made.
    [[nodiscard]] db::DatabaseSettings settings(const std::string& name) const;
    [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
    /// CPU time that the database took outside this process.
    [[nodiscard]] std::int64_t server_cpu_us() const;

 private:
    db::Engine engine_;
    std::filesystem::path directory_;
    std::unique_ptr<PrivateMariaDb> server_;
};

/// By which a world seals, and finds what is sealed.
struct BenchKeys {
    crypto::KeyRing sealing;
    Secret blind_index;
    static BenchKeys random();
};

class BenchWorld {
 public:
    static constexpr int kMerchants = 1000;
    static constexpr const char* kPlatform = "plt_bench";
    static constexpr const char* kKeyId = "key_bench";
    static constexpr const char* kChannel = "sandbox-pay";

    BenchWorld(db::DatabaseSettings settings, ledger::Chart chart, BenchKeys keys = BenchKeys::random());

    /// Order number n: its buyer, amount and merchant follow from n; `merchant` fixes the merchant.
    static flow::IntakeOrder order(std::int64_t n, std::optional<int> merchant = std::nullopt);
    /// The same as a platform writes it.
    static std::string order_json(std::int64_t n);
    /// POST of one such order to a service at that port, signed now by the platform.
    static http::OutgoingRequest signed_order(std::int64_t n, int port, const crypto::SigningKey& platform_key,
                                              const Clock& clock, Random& random);
    /// The same for a body of one's own: an order, or a batch of them.
    static http::OutgoingRequest signed_post(const std::string& target, std::string body, int port,
                                             const crypto::SigningKey& platform_key, const Clock& clock,
                                             Random& random);
    /// Prepared as the API prepares it, one order an item.
    std::vector<std::shared_ptr<db::Item>> intake_items(std::int64_t first, int count,
                                                        std::optional<int> merchant = std::nullopt);
    /// Throws std::runtime_error where one was not written or not accepted.
    void take_in(const std::vector<std::shared_ptr<db::Item>>& items);
    void register_parties();
    /// As a service knows them that starts over used books.
    void know_currencies();

    SystemClock clock;
    crypto::SystemRandom random;
    IdSource ids;
    crypto::SigningKey platform_key;
    db::Database database;
    db::WriteQueue queue;
    crypto::Sealer sealer;
    crypto::BlindIndex blind_index;
    ledger::Ledger ledger;
    parties::PartyStore parties;
    calls::Calls calls;
    operators::WorkItems work_items;
    simple_pay::Adapter channel;
    flow::Intake intake;
    flow::Cancel cancel;
};

}  // namespace huiqiao::app
