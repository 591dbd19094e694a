#pragma once
// The whole house on one thread: App over a SQLite file, the sandbox's counterparties in process, a clock that stands
// still until it is moved, and randomness from one seed, so that a seed is a run. Speaks verbs: submit, advance,
// close_day, reopen, check_books. It may be killed at any named crash point; then its files, as they were at that
// moment, are opened again by new objects and the run goes on.

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/app/app.h"
#include "src/http/json.h"
#include "tests/support/front_door.h"
#include "tests/support/simulated_client.h"
#include "tests/support/simulated_sandbox.h"

namespace huiqiao::testing {

struct DeskSettings {
    std::uint64_t seed = 1;
    Date first_day = Date::of_number(20260512);  // a Tuesday that works in every currency of the sample data
    std::optional<std::chrono::seconds> buyer_pays_after{90};
    int channel_cost_basis_points = 10;  // below every fee of the sample, so that no top-up is needed
    std::vector<std::string> overrides;  // of config/huiqiao.conf: "fx.gather_s=0"
    bool keep_trace = false;
};

/// Orders of sample_data/orders as their platforms send them.
struct SampleOrder {
    std::string platform_id;
    std::string json;
    std::string payout_kind;
    std::string payout_currency;
    std::string trade_kind;
};
const std::vector<SampleOrder>& sample_orders();
/// The first sample orders of each kind of payout and trade in turn, until there are that many.
std::vector<SampleOrder> mixed_sample(std::size_t count);

class TestDesk {
 public:
    explicit TestDesk(DeskSettings settings = {});
    ~TestDesk();
    TestDesk(const TestDesk&) = delete;
    TestDesk& operator=(const TestDesk&) = delete;

    /// Each platform sends its orders as one signed batch, again with the same key where it got no answer. Requires
    /// that each was accepted.
    void submit(const std::vector<SampleOrder>& orders);
    /// One signed POST of a platform.
    http::Response send(const std::string& platform_id, const std::string& target, const std::string& body,
                        const std::string& idempotency_key);
    /// Steps everybody until nobody has anything left to do at this instant.
    void settle();
    /// Moves the clock in steps, settling after each.
    void advance(std::chrono::seconds by, std::chrono::seconds step);
    void live_until(Instant until, std::chrono::seconds step);
    /// From the first morning to the evening of the day when remittances have been debited: coarse where nothing
    /// happens.
    void live_days(int days);
    void close_day();

    /// Drops every object, as a polite stop does, and opens the same files again.
    void reopen();
    /// Dies at the n-th passing of that point from now on; the files are taken as they are at that moment.
    void crash_at(std::string point, int occurrence);
    [[nodiscard]] bool has_crashed() const { return crashes_ > 0; }
    /// How often each crash point was passed so far.
    [[nodiscard]] const std::map<std::string, int>& passed() const { return passed_; }

    /// A request to a counterparty's own side, answered 2xx: "sandbox-bank", "/admin/books".
    http::Json ask(const std::string& counterparty, http::Method method, const std::string& target,
                   const std::string& body = "");
    void fault(const std::string& counterparty, const std::string& body);
    /// How many times that fault took place.
    int happened(const std::string& counterparty, const std::string& fault);

    /// The proof of the books, the equations, and that the bank and the channel say the same in their own books.
    void check_books();
    /// Two persons look into the counterparty's books for what is escalated, and say what they found. How many.
    int decide_escalated();
    /// Every order final, nothing held, nothing on its way, no work item open.
    void check_all_done();
    [[nodiscard]] std::int64_t number(std::string_view sql);
    /// First column of every row, as text.
    [[nodiscard]] std::vector<std::string> texts(std::string_view sql);
    /// "completed 12, expired 1": orders by state.
    [[nodiscard]] std::string order_states();

    /// Every call and answer, every sending, every change of a state, every event and journal entry in order.
    [[nodiscard]] const std::string& trace() const { return trace_; }
    /// All rows of all tables of the house, in order.
    [[nodiscard]] std::string all_rows();

    [[nodiscard]] ManualClock& clock() { return clock_; }
    [[nodiscard]] app::App::Parts& parts() { return app_->parts(); }
    [[nodiscard]] std::function<SimulatedClient::Network(const http::OutgoingRequest&)>& network() { return network_; }
    [[nodiscard]] Date first_day() const { return settings_.first_day; }
    /// Outgoing calls so far: "POST http://127.0.0.1:7801 /v1/payments".
    [[nodiscard]] const std::vector<std::string>& calls() const { return calls_; }
    bool notices_arrive = true;

 private:
    void lay_out();
    void open();
    void drop();
    [[nodiscard]] db::DatabaseSettings database_settings() const;
    void register_parties();
    int round();
    /// Runs it; where it dies at a crash point, opens again what is left. False where it died.
    bool survive(const std::function<void()>& what);
    void note(const std::string& line);
    void note_changes();
    http::Outcome take_as_institution(const http::Request& request);
    std::unique_ptr<http::Client> make_client();
    void check_bank();
    void check_channel();

    DeskSettings settings_;
    ManualClock clock_;
    SeededRandom random_;
    SeededRandom sandbox_random_;
    SeededRandom platform_random_;
    std::map<std::string, crypto::SigningKey> platform_keys_;
    std::filesystem::path root_;
    std::filesystem::path directory_;  // of this generation
    int generation_ = 0;
    app::Config config_;
    std::unique_ptr<crypto::KeyStore> keys_;
    std::unique_ptr<SimulatedSandbox> sandbox_;
    std::unique_ptr<app::App> app_;
    std::unique_ptr<FrontDoor> front_;
    std::vector<app::Worker> workers_;
    std::function<SimulatedClient::Network(const http::OutgoingRequest&)> network_;
    std::vector<std::string> calls_;
    int batches_ = 0;

    std::map<std::string, int> passed_;
    std::string crash_point_;
    int crash_in_ = 0;
    int crashes_ = 0;

    std::string trace_;
    std::map<std::string, std::map<std::string, std::string>> states_;  // by table and id, as last noted
};

}  // namespace huiqiao::testing
