#pragma once
// The whole graph of objects, built in one visible order: database, books, ports, verbs, workers. Owns all of it and
// has no thread of its own: a service runs it with threads and listeners (service.h), a test or the simulator steps it.
// Nobody receives App: each object gets what it needs.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/fix44/unawaited.h"
#include "adapters/simple_pay/adapter.h"
#include "adapters/single_window/adapter.h"
#include "src/app/bank_adapters.h"
#include "src/app/config.h"
#include "src/app/workers.h"
#include "src/calls/call_worker.h"
#include "src/calls/resolve.h"
#include "src/crypto/key_store.h"
#include "src/events/webhook_sender.h"
#include "src/flow/cancel.h"
#include "src/flow/check_quotes.h"
#include "src/flow/close_day.h"
#include "src/flow/collect.h"
#include "src/flow/convert.h"
#include "src/flow/convert_legs.h"
#include "src/flow/declare.h"
#include "src/flow/escalate.h"
#include "src/flow/expire.h"
#include "src/flow/explain_debit.h"
#include "src/flow/fund.h"
#include "src/flow/fund_channel.h"
#include "src/flow/held_locks.h"
#include "src/flow/intake.h"
#include "src/flow/keep_anchors.h"
#include "src/flow/lock_ends.h"
#include "src/flow/phone.h"
#include "src/flow/reconcile.h"
#include "src/flow/register_parties.h"
#include "src/flow/release_order.h"
#include "src/flow/remit.h"
#include "src/flow/resolve_suspense.h"
#include "src/flow/retention.h"
#include "src/flow/unasked_fill.h"
#include "src/flow/watch_buying.h"
#include "src/flow/watch_calendars.h"
#include "src/flow/watch_own_funds.h"
#include "src/flow/watch_transfers.h"
#include "src/flow/watch_waiting.h"
#include "src/ledger/anchor.h"
#include "src/ledger/payout_stops.h"
#include "src/ledger/verify.h"

namespace huiqiao::app {

/// What comes from outside: real for a service, simulated for a test.
struct Surroundings {
    const Clock& clock;
    Random& random;
    /// A client of its own for each of who calls outside.
    std::function<std::unique_ptr<http::Client>()> make_client;
    events::Resolve resolve;
};

/// Files read at start beside the configuration: chart of accounts, calendars, banks' hours.
struct Tables {
    ledger::Chart chart;
    std::map<std::string, Calendar, std::less<>> calendars;
    fx::CutOffs cut_offs;
    std::map<std::string, std::string> payment_enterprises;  // customs code -> registered name
    static Result<Tables> read(const std::filesystem::path& config_directory);
};

class App {
 public:
    /// The database must be migrated. Throws db::DatabaseError or LogicError where something cannot be built.
    App(const Config& config, Tables tables, crypto::InstitutionKeys keys, crypto::KeyStore& key_store,
        db::DatabaseSettings database_settings, Surroundings surroundings);
    ~App();

    /// Steps in the order in which money goes; each may be run by any one thread.
    std::vector<Worker> workers();
    /// Calls or webhooks whose answer is awaited.
    [[nodiscard]] bool is_busy() const;
    /// The whole proof of the books (huiqiao verify).
    ledger::VerifyReport verify();

    struct Parts;
    [[nodiscard]] Parts& parts() { return *parts_; }

 private:
    std::unique_ptr<Parts> parts_;
};

/// The graph itself, in order of construction. For app.cpp, service.cpp and tests/support only.
struct App::Parts {
    Parts(const Config& config, Tables tables, crypto::InstitutionKeys institution_keys, crypto::KeyStore& key_store,
          db::DatabaseSettings database_settings, Surroundings surroundings);

    Surroundings surroundings;
    crypto::InstitutionKeys keys;
    IdSource ids;
    db::Database database;
    db::WriteQueue queue;
    crypto::Sealer sealer;
    crypto::BlindIndex blind_index;

    ledger::Ledger ledger;
    ledger::Anchors anchors;
    flow::AnchorHeads anchor_heads;
    flow::AnchorFiles anchor_files;
    ledger::PayoutStops payout_stops;
    parties::PartyStore parties;
    calls::Calls calls;
    operators::WorkItems work_items;

    simple_pay::Adapter channel;
    BankAdapters banks;
    single_window::Adapter single_window;
    customs::Seal customs_seal;

    flow::RegisterParties register_parties;
    flow::Intake intake;
    flow::CheckQuotes check_quotes;
    flow::CloseTrades close_trades;
    flow::Cancel cancel;
    flow::Expire expire;
    flow::Collect collect;
    fx::ValueDates value_dates;
    fx::BankHours bank_hours;
    flow::Convert convert;
    flow::PhoneDeals phone;
    flow::HeldLocks held_locks;
    flow::LockEnds lock_ends;
    flow::PurchaseLegs purchase_legs;
    flow::LockEndLines lock_end_lines;
    flow::Remit remit;
    flow::ChannelFunding channel_funding;
    flow::Fund fund;
    flow::Reconcile reconcile;
    flow::Declare declare;
    flow::CloseDay close_day;
    flow::Retention retention;
    flow::WatchWaiting watch_waiting;
    flow::WatchCalendars watch_calendars;
    flow::WatchOwnFunds watch_own_funds;
    flow::WatchTransfers watch_transfers;
    flow::WatchBuying watch_buying;

    flow::ReleaseOrder release_order;
    flow::ResolveSuspense resolve_suspense;
    flow::ExplainDebit explain_debit;
    std::unique_ptr<flow::Decision> declare_again;
    std::unique_ptr<flow::Decision> own_transfer;
    std::unique_ptr<flow::Decision> settle_phone;
    std::unique_ptr<flow::Decision> settle_far_off;
    std::unique_ptr<flow::Decision> settle_transfer;
    std::unique_ptr<flow::Decision> settle_lock_end;
    /// Every verb that two persons carry out.
    [[nodiscard]] std::vector<const flow::Decision*> decisions() const {
        return {&release_order,       &resolve_suspense,     &explain_debit,
                declare_again.get(),  own_transfer.get(),    settle_phone.get(),
                settle_far_off.get(), settle_transfer.get(), settle_lock_end.get()};
    }

    calls::AnswerHandlers handlers;
    flow::EscalateToOperators escalations;
    calls::CallOperations call_operations;
    calls::Resolve resolve;
    fix44::Unawaited fix_unawaited;
    flow::UnaskedFills unasked_fills;
    std::unique_ptr<http::Client> call_client;
    calls::CallWorker call_worker;
    std::unique_ptr<http::Client> webhook_client;
    events::WebhookSender webhooks;
};

}  // namespace huiqiao::app
