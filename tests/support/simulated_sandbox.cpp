#include "tests/support/simulated_sandbox.h"

#include "adapters/sandbox/bank/bank.h"
#include "adapters/sandbox/bank/direct_link.h"
#include "adapters/sandbox/bank/fix_desk.h"
#include "adapters/sandbox/bank/fx.h"
#include "adapters/sandbox/bank/telephone.h"
#include "adapters/sandbox/channel.h"
#include "adapters/sandbox/customs.h"
#include "customs/payment_enterprises.h"
#include "src/base/crash_point.h"

#include <algorithm>

namespace huiqiao::testing {

namespace {

db::DatabaseSettings file(const std::filesystem::path& directory, const std::string& name) {
    db::DatabaseSettings settings;
    settings.path = (directory / (name + ".db")).string();
    settings.time_from_server = false;
    return settings;
}

http::Request received(const sandbox::Sending& sending) {
    http::Request request;
    request.method = sending.method;
    if (!http::set_target(request, sending.target)) throw LogicError("bad target " + sending.target);
    request.headers = sending.headers;
    request.headers.set("Host", sending.to);
    request.body = sending.body;
    request.peer = "127.0.0.1";
    return request;
}

}  // namespace

class SimulatedSandbox::Impl {
 public:
    explicit Impl(const Parts& parts)
        : ids_(parts.clock, parts.random),
          cny_calendar_(Calendar::parse(app::read_text("config/calendars/CNY.csv").value()).value()),
          channel_books_(file(parts.directory, "channel"), parts.clock),
          customs_books_(file(parts.directory, "customs"), parts.clock),
          customs_key_(parts.keys.signing_key("sandbox_customs", crypto::SignatureAlgorithm::RsaSha1).value()),
          customs_certificate_(
              parts.keys.certificate("sandbox_customs", customs_key_, "Sandbox Single Window", parts.clock.now())
                  .value()) {
        for (const app::Config::Bank& bank : parts.config.banks) {
            const bool is_first = bank.name == parts.config.bank;
            const auto books = bank_books_.try_emplace(
                bank.name,
                std::make_unique<db::Database>(file(parts.directory, is_first ? "bank" : bank.name), parts.clock));
            all_.emplace_back(bank.name, make_bank(parts, bank, *books.first->second));
        }
        all_.emplace_back("sandbox-pay", make_channel(parts));
        all_.emplace_back("single-window", make_customs(parts));
    }

    [[nodiscard]] auto& all() { return all_; }
    db::Database& books(std::string_view name) {
        if (const auto bank = bank_books_.find(name); bank != bank_books_.end()) return *bank->second;
        return name == "sandbox-pay" ? channel_books_ : customs_books_;
    }

 private:
    /// As its section says; the first by its character.
    static std::unique_ptr<sandbox::Counterparty> make_bank(const Parts& parts, const app::Config::Bank& bank,
                                                            db::Database& books) {
        app::Config::SandboxBank played = parts.config.sandbox_bank(bank.name);
        if (bank.name == parts.config.bank) {
            played.cut_off_hour = parts.bank.cut_off_hour;
            played.execute_after = parts.bank.execute_after;
            played.settle_after = parts.bank.settle_after;
        }
        sandbox::bank::FxSettings fx{
            .prices = sandbox::bank::PriceBook::parse(app::read_text("sample_data/bank_rates.csv").value(),
                                                      played.half_spread_bp)
                          .value(),
            .board_life = played.board_life,
            .lock_life = played.lock_life,
            .settle_after = played.settle_after};
        sandbox::bank::BankSettings settings;
        for (const auto* accounts : {&parts.config.accounts, &parts.config.own_accounts}) {
            for (const app::Config::ProvisionAccount& account : *accounts) {
                if (account.bank == bank.name) settings.accounts.emplace_back(account.name, account.currency.code());
                if (account.bank != bank.name) settings.elsewhere.emplace(account.name, account.bank);
            }
        }
        settings.customer_id = bank.client_id;
        settings.cut_off_hour = played.cut_off_hour;
        settings.execute_after = played.execute_after;
        settings.customer_key =
            parts.keys.signing_key(bank.client_key, crypto::SignatureAlgorithm::Ed25519).value().verify_key();
        settings.bank_key = parts.keys.signing_key(bank.verify_key, crypto::SignatureAlgorithm::Ed25519).value();
        std::vector<std::unique_ptr<sandbox::bank::BankPart>> more;
        more.push_back(std::make_unique<sandbox::bank::Telephone>(fx.prices, fx.settle_after));
        more.push_back(std::make_unique<sandbox::bank::DirectLinkFront>(sandbox::bank::DirectLinkFrontSettings{
            .prices = fx.prices, .charset = bank.direct_link.charset, .settle_after = fx.settle_after}));
        sandbox::bank::FixDeskSettings fix{.prices = fx.prices, .accounts = {}};
        if (bank.deals == app::kFixDeals) fix.accounts.insert(bank.foreign.begin(), bank.foreign.end());
        auto room = std::make_unique<sandbox::bank::ForeignExchange>(std::move(fx));
        auto fix_desk = std::make_unique<sandbox::bank::FixDesk>(*room, std::move(fix));
        more.push_back(std::move(room));
        more.push_back(std::move(fix_desk));
        return std::make_unique<sandbox::bank::Bank>(books, std::move(settings), std::move(more), parts.clock.now());
    }
    std::unique_ptr<sandbox::Counterparty> make_channel(const Parts& parts) {
        sandbox::ChannelSettings settings;
        settings.buyer_pays_after = parts.buyer_pays_after;
        settings.cost_basis_points = parts.channel_cost_basis_points;
        settings.bank = parts.config.bank;
        settings.settlement_account = parts.config.cny_account;
        auto own = parts.keys.signing_key("sandbox_channel", crypto::SignatureAlgorithm::Ed25519).value();
        auto theirs =
            parts.keys.signing_key("channel_client", crypto::SignatureAlgorithm::Ed25519).value().verify_key();
        return std::make_unique<sandbox::Channel>(channel_books_, ids_, std::move(own), std::move(theirs),
                                                  &cny_calendar_, std::move(settings));
    }

    std::unique_ptr<sandbox::Counterparty> make_customs(const Parts& parts) {
        const app::Config::Institution& institution = parts.config.institution;
        const auto registered =
            customs::parse_payment_enterprises(app::read_text("config/payment_enterprises.csv").value()).value();
        sandbox::CustomsSettings settings;
        settings.senders.push_back(
            {institution.dxp_id, institution.customs_code, institution.customs_name,
             parts.keys.signing_key("customs_rsa", crypto::SignatureAlgorithm::RsaSha1).value().verify_key()});
        settings.enterprises.emplace_back(institution.customs_code, institution.customs_name);
        for (const auto& [code, name] : registered) settings.enterprises.emplace_back(code, name);
        settings.key = &customs_key_;
        settings.certificate = &customs_certificate_;
        return std::make_unique<sandbox::Customs>(customs_books_, std::move(settings));
    }

    IdSource ids_;
    Calendar cny_calendar_;
    std::map<std::string, std::unique_ptr<db::Database>, std::less<>> bank_books_;
    db::Database channel_books_;
    db::Database customs_books_;
    crypto::SigningKey customs_key_;
    crypto::Certificate customs_certificate_;
    std::vector<std::pair<std::string, std::unique_ptr<sandbox::Counterparty>>> all_;
};

SimulatedSandbox::SimulatedSandbox(const Parts& parts) : impl_(std::make_unique<Impl>(parts)) {}
SimulatedSandbox::~SimulatedSandbox() = default;

sandbox::Counterparty& SimulatedSandbox::of(std::string_view name) {
    for (auto& [its_name, counterparty] : impl_->all()) {
        if (its_name == name) return *counterparty;
    }
    throw LogicError("no counterparty " + std::string(name));
}

db::Database& SimulatedSandbox::books(std::string_view name) {
    return impl_->books(name);
}

std::vector<std::string> SimulatedSandbox::names() const {
    std::vector<std::string> names;
    for (const auto& [name, counterparty] : impl_->all()) names.push_back(name);
    return names;
}

int SimulatedSandbox::deliver_due(Instant now, const Take& institution, const Observe& observe) {
    int delivered = 0;
    for (auto& [name, counterparty] : impl_->all()) {
        std::vector<sandbox::Sending> in_hands = counterparty->due(now);
        std::reverse(in_hands.begin(), in_hands.end());
        // What it has in hand when the house dies has no answer.
        const auto unless_it_dies = [&, &counterparty = counterparty](const std::function<void()>& of_the_house) {
            try {
                of_the_house();
            } catch (const SimulatedCrash&) {
                for (const sandbox::Sending& each : in_hands)
                    counterparty->sent(each.id, {http::OutcomeKind::Unknown, {}, "died"}, now);
                throw;
            }
        };
        while (!in_hands.empty()) {
            const sandbox::Sending sending = in_hands.back();
            const bool is_for_the_house = sending.to == "institution";
            ++delivered;
            http::Outcome outcome;
            if (is_for_the_house) {
                unless_it_dies([&] { outcome = institution(received(sending)); });
            } else {
                outcome = {http::OutcomeKind::Answered, of(sending.to).answer(received(sending), now), ""};
            }
            observe(name, sending, outcome);
            counterparty->sent(sending.id, outcome, now);
            in_hands.pop_back();
            // What it acknowledged is stored by now, or lost.
            if (is_for_the_house) unless_it_dies([] { crash_point(kHouseAnswered); });
        }
    }
    return delivered;
}

}  // namespace huiqiao::testing
