#pragma once
// The whole house on one thread: App over a SQLite file, the sandbox's counterparties in process, a clock that stands
// still until it is moved, and randomness from one seed, so that a seed is a run. Speaks verbs: submit, advance,
// close_day, reopen, check_books. It may be killed at any named crash point; then its files, as they were at that
// moment, are opened again by new objects and the run goes on.

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "src/app/app.h"
#include "src/http/json.h"
#include "src/http/message_signature.h"
#include "tests/support/desk_clock.h"
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
    BankCharacter bank;
    /// Counterparties that keep accounts; empty: the one into which the channel pays. Others are as the configuration's
    /// [sandbox NAME] says.
    std::set<std::string> banks;
    std::string cut_offs;  // the text of a config/cut_offs.csv; empty: the shipped one
    /// Of the provision accounts; empty: all that are configured. Fewer are asked for fewer statements.
    std::set<std::string> currencies;
    /// Begins from files that were made once in this process: migrated, with keys and parties. Then keys and parties
    /// are no matter of the seed.
    bool prepared = false;
    /// Where set, the house's database fails at times: its workers then outlive that, as a service's do.
    db::AroundWriter around_writer;
    /// Told of every line of the trace, where there is one.
    std::function<void(const std::string&)> on_note;
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
    /// One signed request of an operator: "opr_maker" or "opr_checker".
    http::Response send_as_operator(const std::string& operator_id, http::Method method, const std::string& target,
                                    const std::string& body = "");
    /// Everybody once: what counterparties send, what each worker does. How many things were done; a death is one.
    int turn();
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
    [[nodiscard]] int crashes() const { return crashes_; }
    /// The house stands, and is neither being opened nor dropped.
    [[nodiscard]] bool is_open() const { return is_open_; }
    /// Asked at each crash point: whether to die there.
    std::function<bool(std::string_view point)> dies_at = [](std::string_view) { return false; };
    /// Before each worker's turn, by its name; what dies in there dies with the turn.
    std::function<void(const std::string& worker)> before = [](const std::string&) {};
    /// Runs it; where it dies at a crash point, opens again what is left. False where it died.
    bool survive(const std::function<void()>& what);
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
    [[nodiscard]] ledger::VerifyReport verify() { return app_->verify(); }
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

    [[nodiscard]] DeskClock& clock() { return clock_; }
    [[nodiscard]] app::App::Parts& parts() { return app_->parts(); }
    [[nodiscard]] std::function<SimulatedClient::Fate(const http::OutgoingRequest&)>& network() { return network_; }
    /// What the platforms' endpoint answers to a webhook.
    std::function<http::Response(const http::Request&)> webhook = [](const auto&) {
        return http::Response::text(200, "");
    };
    /// Whether this notice, when it has been taken, is never known to its sender to have been.
    std::function<bool()> acknowledgement_lost = [] { return false; };
    [[nodiscard]] SimulatedSandbox& sandbox() { return *sandbox_; }
    /// The configuration as it was read: its banks are the counterparties that keep accounts.
    [[nodiscard]] const app::Config& config() const { return config_; }
    void note(const std::string& line);
    [[nodiscard]] Date first_day() const { return settings_.first_day; }
    /// Outgoing calls so far: "POST http://127.0.0.1:7801 /v1/payments".
    [[nodiscard]] const std::vector<std::string>& calls() const { return calls_; }
    bool notices_arrive = true;

 private:
    void lay_out();
    void make_fresh();
    void copy_prepared();
    void open();
    void open_sandbox();
    void drop_house();
    void drop();
    [[nodiscard]] db::DatabaseSettings database_settings() const;
    void register_parties();
    void register_operators();
    [[nodiscard]] http::Request received(http::OutgoingRequest outgoing, const http::SignatureKey& key);
    int round();
    int work(const app::Worker& worker, Instant now);
    [[nodiscard]] bool is_noted() const { return settings_.keep_trace || settings_.on_note; }
    void note_changes();
    http::Outcome take_as_institution(const http::Request& request);
    std::unique_ptr<http::Client> make_client();
    void check_bank(const std::string& bank);
    void check_channel();

    DeskSettings settings_;
    DeskClock clock_;
    SeededRandom random_;
    SeededRandom sandbox_random_;
    SeededRandom platform_random_;
    std::map<std::string, crypto::SigningKey> platform_keys_;
    std::map<std::string, crypto::SigningKey> operator_keys_;
    std::filesystem::path root_;
    std::filesystem::path directory_;  // of this generation
    int generation_ = 0;
    app::Config config_;
    std::unique_ptr<crypto::KeyStore> keys_;
    std::unique_ptr<SimulatedSandbox> sandbox_;
    std::unique_ptr<app::App> app_;
    std::unique_ptr<FrontDoor> front_;
    std::vector<app::Worker> workers_;
    std::function<SimulatedClient::Fate(const http::OutgoingRequest&)> network_;
    std::vector<std::string> calls_;
    int batches_ = 0;
    bool is_open_ = false;

    std::map<std::string, int> passed_;
    std::string crash_point_;
    int crash_in_ = 0;
    int crashes_ = 0;

    std::string trace_;
    std::map<std::string, std::map<std::string, std::string>> states_;  // by table and id, as last noted
};

}  // namespace huiqiao::testing
