#include "src/app/app.h"

#include <unistd.h>

#include <array>

#include "customs/payment_enterprises.h"
#include "fx/purchase_store.h"
#include "src/app/counterparty_keys.h"
#include "src/app/quote_sources.h"
#include "src/flow/lock_end_settle.h"
#include "src/flow/provision_transfer_exit.h"
#include "src/flow/webhook_endpoints.h"
#include "src/ledger/verify.h"

namespace huiqiao::app {

namespace {

using namespace std::chrono_literals;

constexpr const char* kChannel = "sandbox-pay";
constexpr const char* kDepositMark = "settlement";  // how the channel words its deposits

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

std::vector<flow::ProvisionAccount> as_accounts(const std::vector<Config::ProvisionAccount>& configured) {
    std::vector<flow::ProvisionAccount> accounts;
    for (const Config::ProvisionAccount& account : configured)
        accounts.push_back({account.name, account.currency, account.bank});
    return accounts;
}

std::vector<flow::ProvisionAccount> provision_accounts(const Config& config) {
    return as_accounts(config.accounts);
}

std::set<std::string> currencies_in_use(const Config& config) {
    std::set<std::string> codes{"CNY"};
    for (const Config::ProvisionAccount& account : config.accounts) codes.emplace(account.currency.code());
    return codes;
}

/// Value dates of crosses ask for USD's calendar too.
std::set<std::string> calendars_in_use(const Config& config) {
    std::set<std::string> codes = currencies_in_use(config);
    if (codes.size() > 1) codes.insert("USD");
    return codes;
}

flow::ConvertSettings convert_settings(const Config& config, const BankAdapters& banks, const fx::BankHours& hours) {
    flow::ConvertSettings settings;
    settings.hours = &hours;
    for (const Config::Bank& bank : config.banks) {
        if (!bank.is_dealing()) continue;
        flow::ConvertSettings::BankAccounts accounts{banks.fx_bank(bank.name), bank.cny_account, bank.foreign, {}};
        if (const auto terms = config.fx_terms.find(bank.name); terms != config.fx_terms.end())
            accounts.terms = terms->second;
        accounts.ends = banks.lock_ends(bank.name);
        settings.banks.emplace(bank.name, std::move(accounts));
    }
    settings.orders_a_purchase = config.fx_orders_a_purchase;
    settings.gather = config.fx_gather;
    settings.ask_every = config.fx_ask_every;
    settings.held_locks = config.held_locks_first ? flow::UseHeldLocks::First : flow::UseHeldLocks::Best;
    return settings;
}

flow::WatchBuying::Banks banks_by_currency(const Config& config) {
    flow::WatchBuying::Banks banks;
    for (const Config::Bank& bank : config.banks) {
        if (!bank.is_dealing()) continue;
        for (const auto& [code, account] : bank.foreign) banks[code].push_back(bank.name);
    }
    return banks;
}

/// In CNY, of the banks that deal.
std::vector<std::string> dealing_accounts(const Config& config) {
    std::vector<std::string> accounts;
    for (const Config::Bank& bank : config.banks)
        if (bank.is_dealing()) accounts.push_back(bank.cny_account);
    return accounts;
}

/// What came over FIX unawaited, as flow knows it.
flow::CameFills unasked(fix44::Unawaited::Taken taken) {
    flow::CameFills came{{}, {taken.not_kept, taken.first_not_kept, taken.last_not_kept, std::move(taken.senders)}};
    for (fix44::UnawaitedFill& fill : taken.fills)
        came.fills.push_back(
            {std::move(fill.reference), std::move(fill.order_id), fill.dealt_in_all, std::move(fill.sender)});
    return came;
}

flow::RemitSettings remit_settings(const Config& config, const fx::BankHours& hours) {
    flow::RemitSettings settings;
    settings.hours = &hours;
    settings.accounts = provision_accounts(config);
    settings.own_accounts = as_accounts(config.own_accounts);
    settings.keep = config.keep;
    settings.keep_from = config.cny_account;
    for (const Config::Bank& bank : config.banks) {
        if (bank.deals == kPhoneDeals) settings.by_phone.insert(bank.name);
    }
    for (const auto& [bank, terms] : config.fx_terms) {
        if (terms.largest_deal) settings.largest_deal.emplace(bank, *terms.largest_deal);
    }
    settings.debtor = {.name = config.institution.name,
                       .street = config.institution.street,
                       .building = "",
                       .post_code = config.institution.post_code,
                       .town = config.institution.town,
                       .subdivision = "",
                       .country = config.institution.country};
    settings.debtor_bank_bic = "EXMPCNSH";
    return settings;
}

flow::FundSettings fund_settings(const Config& config) {
    flow::FundSettings settings;
    settings.accounts = provision_accounts(config);
    settings.first_day = config.live_since;
    settings.poll_every = config.statements_every;
    settings.kept_words = {kDepositMark};
    return settings;
}

flow::ChannelFundingSettings channel_funding_settings(const Config& config) {
    flow::ChannelFundingSettings settings;
    settings.channel = kChannel;
    settings.account = config.cny_account;
    settings.first_day = config.live_since;
    settings.deposit_mark = kDepositMark;
    settings.ask_every = config.settlement_files_every;
    return settings;
}

flow::DeclareSettings declare_settings(const Config& config, std::map<std::string, std::string> enterprises) {
    flow::DeclareSettings settings;
    settings.declarant = {config.institution.customs_code, config.institution.customs_name, config.institution.dxp_id};
    settings.enterprises = std::move(enterprises);
    settings.payments_a_message = config.customs_orders_a_message;
    return settings;
}

flow::CollectSettings collect_settings(const Config& config) {
    flow::CollectSettings settings;
    settings.query_above_minor = config.query_above.minor();
    return settings;
}

}  // namespace

Result<Tables> Tables::read(const std::filesystem::path& directory) {
    const Result<std::string> chart_text = read_text(directory / "chart_of_accounts.csv");
    if (!chart_text) return chart_text.error();
    Result<ledger::Chart> chart = ledger::Chart::parse(*chart_text);
    if (!chart) return chart.error();
    const Result<std::string> enterprise_text = read_text(directory / "payment_enterprises.csv");
    if (!enterprise_text) return enterprise_text.error();
    Result<std::map<std::string, std::string>> enterprises = customs::parse_payment_enterprises(*enterprise_text);
    if (!enterprises) return enterprises.error();
    const Result<std::string> cut_off_text = read_text(directory / "cut_offs.csv");
    if (!cut_off_text) return cut_off_text.error();
    Result<fx::CutOffs> cut_offs = fx::CutOffs::parse(*cut_off_text);
    if (!cut_offs) return cut_offs.error();
    Tables tables{std::move(chart).value(), {}, std::move(cut_offs).value(), std::move(enterprises).value()};
    for (const auto& entry : std::filesystem::directory_iterator(directory / "calendars")) {
        const Result<std::string> text = read_text(entry.path());
        if (!text) return text.error();
        Result<Calendar> calendar = Calendar::parse(*text, entry.path().string());
        if (!calendar) return calendar.error();
        tables.calendars.emplace(entry.path().stem().string(), std::move(calendar).value());
    }
    return tables;
}

App::Parts::Parts(const Config& config, Tables tables, crypto::InstitutionKeys institution_keys,
                  crypto::KeyStore& key_store, db::DatabaseSettings database_settings, Surroundings around)
    : surroundings(std::move(around)),
      keys(std::move(institution_keys)),
      ids(surroundings.clock, surroundings.random),
      database(std::move(database_settings), surroundings.clock),
      queue(database, surroundings.clock, ids, {}),
      sealer(std::move(keys.sealing), surroundings.random),
      blind_index(std::move(keys.blind_index)),
      ledger(std::move(tables.chart)),
      anchors(keys.anchors, {.file = config.keys_directory.parent_path() / "anchors.txt", .host = host_name()}),
      anchor_heads(database, queue, anchors),
      anchor_files(database, queue, anchors),
      payout_stops(database, queue, ledger),
      parties(sealer, blind_index),
      calls(sealer),
      channel(surroundings.clock, ids,
              key_store.signing_key(kChannelClientKey, crypto::SignatureAlgorithm::Ed25519).value(),
              key_store.verify_key(kChannelKey.name, kChannelKey.algorithm).value(), {"1900000109", "hq-1", "pay-1"}),
      banks(config.banks, key_store),
      single_window(keys.customs_rsa,
                    {.window_key = key_store.verify_key(kWindowKey.name, kWindowKey.algorithm).value()}),
      customs_seal(xml::kRsaSha1, keys.customs_rsa, keys.customs_rsa_certificate),
      register_parties(parties, config.allow_loopback_webhooks),
      intake(surroundings.clock, ids, parties, blind_index, calls, channel, {}),
      check_quotes(database, queue, quote_sources(config, ledger, bank_hours)),  // looked at once it runs
      close_trades(calls, {{kChannel, &channel}}),
      cancel(close_trades),
      expire(database, queue, close_trades, {}),
      collect(database, queue, ids, ledger, calls, sealer, work_items, close_trades, collect_settings(config)),
      value_dates(std::move(tables.calendars)),
      bank_hours(value_dates, std::move(tables.cut_offs)),
      convert(database, queue, ledger, calls, value_dates, convert_settings(config, banks, bank_hours)),
      phone(database, queue, ledger, calls, sealer, value_dates, convert_settings(config, banks, bank_hours)),
      held_locks(database, queue, ledger, calls, value_dates, convert_settings(config, banks, bank_hours)),
      lock_ends(database, queue, ledger, calls, value_dates, convert_settings(config, banks, bank_hours)),
      purchase_legs(ledger),
      lock_end_lines(ledger),
      remit({database, queue, ledger, calls, parties, banks.remittance_banks(), remit_settings(config, bank_hours)}),
      channel_funding(database, queue, ledger, calls, channel, channel_funding_settings(config)),
      fund(database, queue, ledger, calls, banks.account_banks(),
           {&channel_funding.deposit_lines(), &purchase_legs, &lock_end_lines, &remit.statement_lines()},
           fund_settings(config)),
      reconcile(database, queue, ledger, {.accounts = provision_accounts(config)}),
      declare(database, queue, ids, calls, sealer, parties, single_window, customs_seal,
              declare_settings(config, std::move(tables.payment_enterprises))),
      close_day(database, queue, ledger, anchors),
      retention(database, queue, config.retention),
      watch_waiting(database, queue, ledger, convert_settings(config, banks, bank_hours).banks),
      watch_calendars(database, queue, value_dates, calendars_in_use(config)),
      watch_own_funds(database, queue, ledger, currencies_in_use(config)),
      watch_transfers(database, queue),
      watch_buying(database, queue, value_dates, &bank_hours, banks_by_currency(config), config.fx_deadline_lead),
      release_order(ledger),
      resolve_suspense(ledger),
      explain_debit(ledger),
      declare_again(declare.again(ledger)),
      own_transfer(remit.own_transfer()),
      settle_phone(phone.settle(ledger)),
      settle_far_off(convert.settle_far_off()),
      settle_transfer(flow::make_settle_transfer(ledger)),
      settle_lock_end(flow::make_settle_lock_end(ledger)),
      escalations(work_items),
      call_operations(handlers, escalations, sealer, surroundings.random, {}),
      resolve(handlers, escalations),
      unasked_fills(database, queue, ledger, dealing_accounts(config)),
      call_client(with_fix_sessions(config, surroundings.clock, surroundings.make_client(), fix_unawaited)),
      call_worker(surroundings.clock, surroundings.random, database, queue, *call_client, call_operations,
                  {.owner = ids.next("wkr"), .counterparties = config.counterparties}),
      webhook_client(surroundings.make_client()),
      webhooks(surroundings.clock, database, queue, *webhook_client, keys.answers, flow::platform_endpoints(parties),
               surroundings.resolve, {.allow_loopback = config.allow_loopback_webhooks},
               flow::parked_webhooks_as_work_items()) {
    for (calls::AnswerHandler* handler :
         {&collect.order_handler(), &collect.query_handler(), &collect.close_handler(), &convert.rates_handler(),
          &convert.lock_handler(), &convert.purchase_handler(), &lock_ends.cost_handler(), &lock_ends.end_handler(),
          &remit.pay_handler(), &fund.statement_handler(), &channel_funding.settlement_handler(),
          &declare.declare_handler(), &declare.receipts_handler()}) {
        handlers.add(*handler);
    }
}

App::App(const Config& config, Tables tables, crypto::InstitutionKeys keys, crypto::KeyStore& key_store,
         db::DatabaseSettings database_settings, Surroundings surroundings)
    : parts_(std::make_unique<Parts>(config, std::move(tables), std::move(keys), key_store,
                                     std::move(database_settings), std::move(surroundings))) {}

// The queue stops before the operations that it might still run go.
App::~App() {
    parts_->queue.stop();
}

std::vector<Worker> App::workers() {
    Parts& p = *parts_;
    return {
        {"calls", [&p](Instant) { return p.call_worker.step(); }},
        {"unasked fills",
         [&p](Instant now) { return p.unasked_fills.step(unasked(p.fix_unawaited.take_fills()), now); }},
        {"collect", [&p](Instant now) { return p.collect.step(now); }},
        {"expire", [&p](Instant now) { return p.expire.step(now); }},
        {"fund", [&p](Instant now) { return p.fund.step(now); }},
        {"channel funding", [&p](Instant now) { return p.channel_funding.step(now); }},
        {"keep levels", [&p](Instant now) { return p.remit.keep_levels(now); }},
        {"check quotes", [&p](Instant now) { return p.check_quotes.step(now); }},
        {"convert", [&p](Instant now) { return p.convert.step(now); }},
        {"lock ends", [&p](Instant now) { return p.lock_ends.step(now); }},
        {"remit", [&p](Instant now) { return p.remit.step(now); }},
        {"declare", [&p](Instant now) { return p.declare.step(now); }},
        {"webhooks", [&p](Instant now) { return p.webhooks.step(now); }},
        {"time",
         [&p, last = Instant{}](Instant now) mutable {
             if (now - last < 1s) return 0;
             last = now;
             p.queue.pass_time();
             return 0;
         }},
        {"watch own funds", [&p](Instant now) { return p.watch_own_funds.step(now); }},
        {"watch transfers", [&p](Instant now) { return p.watch_transfers.step(now); }},
        {"watch buying", [&p](Instant now) { return p.watch_buying.step(now); }},
        {"watch calendars", [&p](Instant now) { return p.watch_calendars.step(now); }},
        {"watch waiting", [&p](Instant now) { return p.watch_waiting.step(now); }},
        {"retention", [&p](Instant now) { return p.retention.step(now); }},
        {"anchors", [&p](Instant now) { return static_cast<int>(p.anchor_heads.step(now)); }},
    };
}

bool App::is_busy() const {
    return parts_->call_worker.under_way() > 0 || parts_->webhooks.under_way() > 0 || parts_->queue.waiting() > 0;
}

ledger::VerifyReport App::verify() {
    ledger::VerifySettings settings;
    settings.anchor_file = parts_->anchors.settings().place();
    settings.anchors_every = parts_->anchors.settings().every;
    settings.is_closed_purchase = &fx::PurchaseStore::is_closed;
    return ledger::verify(parts_->database, parts_->ledger.chart(), parts_->keys.anchors.verify_key(), settings);
}

}  // namespace huiqiao::app
