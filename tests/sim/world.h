#pragma once
// Everybody around the house, each acting by draws from the seed: platforms that send orders and retry with the same
// key until they are answered, buyers who pay, operators who decide what is escalated, the evening's close; and the
// faults of the network, the counterparties and the machine, as the weather has them. It judges nothing but what it is
// answered.

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "src/base/calendar.h"
#include "tests/sim/banks.h"
#include "tests/sim/simulation.h"
#include "tests/sim/store_faults.h"
#include "tests/sim/weather.h"
#include "tests/support/test_desk.h"

namespace huiqiao::testing::sim {

class World final : private StoreFaults {
 public:
    World(const SimSettings& settings, Weather& weather, std::function<void(const std::string&)> on_note);

    [[nodiscard]] TestDesk& desk() { return *desk_; }
    [[nodiscard]] const std::vector<SimBank>& banks() const { return banks_; }
    /// The bank of ours in whose books that stands, by its own word; nullopt where none has it.
    [[nodiscard]] std::optional<std::string> in_a_banks_books(const db::Select& select, const std::string& reference);
    /// Called after every turn, after every day, and with every request that leaves the house and what becomes of it.
    std::function<void()> look = [] {};
    std::function<void()> each_day = [] {};
    std::function<void(const http::OutgoingRequest&, SimulatedClient::Network)> on_send = [](const auto&, auto) {};

    /// Orders and faults, until all orders are in and the days of faults are over.
    void live_through_faults();
    /// Whatever the counterparties still had in store is taken back, and the clock is set right.
    void heal();
    /// One more step without faults.
    void live_on();

    [[nodiscard]] const std::map<std::string, std::string>& acknowledged() const { return acknowledged_; }
    [[nodiscard]] const std::set<std::string>& cancelled() const { return cancelled_; }
    [[nodiscard]] bool all_sent() const { return batches_.empty(); }
    [[nodiscard]] std::int64_t lived_seconds() const;
    /// Days of statements that were read in vain until nobody reads them any more, all while the bank left lines out:
    /// "sb-usd|20260930". What waits for such a line waits for the person who was told of the day.
    [[nodiscard]] const std::set<std::string>& given_up() const { return given_up_; }
    /// Events that a platform was told and took.
    [[nodiscard]] const std::set<std::string>& heard() const { return heard_; }
    /// Names and numbers of buyers, which must stand nowhere that a person or a platform reads.
    [[nodiscard]] const std::set<std::string>& personal() const { return personal_; }
    /// How often the bank was told to pay a reference twice.
    [[nodiscard]] const std::set<std::string>& paid_twice_by_the_bank() const { return paid_twice_; }
    void count_counterparty_faults();

 private:
    struct Batch {
        Instant due{};
        std::string platform;
        std::string body;
        std::string key;
        std::string first_answer;  // the one that stands, once it was given
    };
    struct Buyer {
        std::optional<Instant> pays_at;
        std::optional<Instant> cancels_at;
        bool pays_late = false;
    };

    /// A call that was recorded, and what the bank made of it.
    struct PhoneCallMade {
        bool is_dealt = false;
        bool is_typed_wrongly = false;  // the slip, the first time
        std::string currency, price, slip_number;
        int unit = 1;
        std::optional<Money> cny, foreign;  // as dealt
        Date value_date;
        Instant slip_at{};
    };

    void plan_orders(int orders, const std::set<std::string>& currencies_of_the_seed);
    void step(std::chrono::seconds by);
    [[nodiscard]] bool is_awake(const Calendar& calendar) const;
    void settle();
    void order_counterparty_faults();
    /// Who does it: the named one, or a bank that is drawn of those that do; empty where none does.
    [[nodiscard]] std::string who_does(FaultKind kind, std::string_view counterparty);
    [[nodiscard]] std::vector<std::string> counterparties() const;
    void send_batches();
    void take_answer(Batch& batch, const http::Response& response);
    /// Whether anybody did something; so the next two.
    bool buyers_act();
    void cancel(const std::string& trade_reference);
    /// By the counterparty's own books: whether it took place; nothing where it is not decided there.
    [[nodiscard]] std::optional<bool> what_the_books_say(const std::string& operation, const std::string& reference);
    [[nodiscard]] http::Response take_webhook(const http::Request& request);
    bool decide_escalated();
    bool ask_for_decisions();
    std::string is_asked_for(const std::string& subject);  // SQL: a waiting approval of it stands
    bool decide_what_is_asked();
    void decide(const http::JsonValue& approval);
    void approve(const std::string& place, const std::string& seen, const std::string& what);
    /// nullopt where nobody answered, or the answer is to try again.
    std::optional<http::Response> as_operator(const std::string& who, http::Method method, const std::string& target,
                                              const std::string& body = "");
    bool dealers_act();
    [[nodiscard]] std::pair<std::string, int> price_at(const SimBank& bank, const std::string& currency);
    bool call_a_bank(const SimBank& bank, const std::string& currency);
    void bank_deals(const SimBank& bank, const std::string& recorded);
    bool follow_phone_deals();
    void ask_to_settle(const std::string& id, const std::string& outcome);
    void enter_slip(const std::string& id);
    void dealers_lock();
    void take_lock(const SimBank& bank, const std::string& currency, std::int64_t collected);
    bool close_day();
    [[nodiscard]] SimulatedClient::Fate fate_of(const http::OutgoingRequest& request);
    [[nodiscard]] SimulatedClient::Fate drawn_fate(const http::OutgoingRequest& request);
    [[nodiscard]] bool dies_at(std::string_view point);
    StoreFault at_begin() override;
    StoreFault at_statement() override;
    StoreFault at_commit() override;
    [[nodiscard]] bool is_house_open() const { return desk_ && desk_->is_open(); }
    [[nodiscard]] bool is_store_down(StoreFault by) const;
    void take_store_down(FaultKind kind, StoreFault by);

    Weather& weather_;
    SeededRandom random_;
    std::vector<SimBank> banks_;
    bool phones_ = false;  // on the second day, on which the banks' own lines are closed
    bool locks_ = false;   // a dealer takes locks
    int calls_made_ = 0;
    std::map<std::string, PhoneCallMade> phone_calls_;  // by phone deal
    std::unique_ptr<TestDesk> desk_;
    std::deque<Batch> batches_;
    std::map<std::string, Buyer> buyers_;              // by the trade's reference
    std::map<std::string, std::string> acknowledged_;  // platform and its number -> our id
    std::map<std::string, Instant> clogged_;           // base address -> until
    std::optional<Instant> clock_right_at_;
    StoreFault store_down_by_ = StoreFault::None;
    Instant store_up_at_{};
    std::map<std::string, std::size_t> counted_;  // counterparty -> faults counted so far
    std::set<std::string> paid_twice_;
    std::set<std::string> cancelled_;  // order ids of which we said so
    std::set<std::string> given_up_;
    std::set<std::string> heard_;
    std::set<std::string> personal_;
    Instant started_{};
    Instant operators_next_{};
    Date day_;
};

}  // namespace huiqiao::testing::sim
