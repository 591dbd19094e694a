#include "adapters/sandbox/bank/bank.h"

#include "adapters/sandbox/bank/fix_desk.h"
#include "adapters/sandbox/bank/payments.h"
#include "adapters/sandbox/bank/statements.h"
#include "adapters/sandbox/bank/telephone.h"
#include "adapters/sandbox/bank/transfers.h"
#include "src/base/encoding.h"
#include "src/crypto/hash.h"
#include "src/http/json.h"

#include <set>

namespace huiqiao::sandbox::bank {
namespace {

constexpr std::string_view kDirectLink = "/direct-link";  // where that part is handed in

constexpr db::Command kNumberTable{
    "CREATE TABLE IF NOT EXISTS bank_number (kind TEXT NOT NULL PRIMARY KEY, last INTEGER NOT NULL) STRICT"};
constexpr db::Insert kInsertNumber{"bank_number", "kind, last", "ti"};
constexpr db::Select kLastNumber{"SELECT last FROM bank_number WHERE kind = :p1", "i"};
constexpr db::Command kRaiseNumber{"UPDATE bank_number SET last = last + 1 WHERE kind = :p1"};

// How often the same bytes came: the bank does the same thing once, so its other books do not show it.
constexpr db::Command kToldTable{
    "CREATE TABLE IF NOT EXISTS bank_told (path TEXT NOT NULL, body_hash TEXT NOT NULL, times INTEGER NOT NULL, "
    "PRIMARY KEY (path, body_hash)) STRICT"};
constexpr db::Insert kInsertTold{"bank_told", "path, body_hash, times", "tti"};
constexpr db::Command kToldAgain{"UPDATE bank_told SET times = times + 1 WHERE path = :p1 AND body_hash = :p2"};

void count_told(db::Tx& tx, const http::Request& request) {
    if (request.method != http::Method::Post) return;
    const std::string hash = hex(crypto::sha256(request.body));
    db::Rows first;
    first.add(request.path, hash, 0);
    tx.insert_absent(kInsertTold, first);
    tx.execute(kToldAgain, {request.path, hash});
}

std::int64_t next_number(db::Tx& tx, std::string_view kind) {
    db::Rows first;
    first.add(kind, 0);
    tx.insert_absent(kInsertNumber, first);
    tx.execute(kRaiseNumber, {kind});
    return tx.select(kLastNumber, {kind}).integer(0, 0);
}

http::Response problem(int status, std::string_view what) {
    return http::Response::json(status, http::JsonWriter().open_object().field("error", what).close_object().take());
}

std::vector<std::string> fault_names(const std::vector<std::unique_ptr<BankPart>>& parts) {
    std::vector<std::string> names{"outage", "timeout_before_effect", "timeout_after_effect"};
    for (const auto& part : parts) {
        for (std::string& name : part->faults()) names.push_back(std::move(name));
    }
    return names;
}

std::vector<std::unique_ptr<BankPart>> all_parts(const BankSettings& settings,
                                                 std::vector<std::unique_ptr<BankPart>> more) {
    std::vector<std::unique_ptr<BankPart>> parts;
    parts.push_back(std::make_unique<Payments>(
        PaymentSettings{settings.cut_off_hour, settings.cut_off_minute, settings.execute_after, settings.elsewhere}));
    parts.push_back(std::make_unique<Statements>());
    for (auto& part : more) parts.push_back(std::move(part));
    return parts;
}

}  // namespace

class Bank::Impl {
 public:
    Impl(db::Database& books, BankSettings settings, std::vector<std::unique_ptr<BankPart>> more_parts, Instant now)
        : books_(books),
          settings_(std::move(settings)),
          parts_(all_parts(settings_, std::move(more_parts))),
          faults_(fault_names(parts_)) {
        books_.write([&](db::Tx& tx) {
            create_account_tables(tx);
            tx.execute(kNumberTable);
            tx.execute(kToldTable);
            create_transfer_table(tx);
            for (const auto& part : parts_) part->create_tables(tx);
            for (const auto& [account, currency] : settings_.accounts) {
                open_account(tx, account, Currency::known(currency), now);
            }
        });
    }

    http::Response answer(const http::Request& request, Instant now) {
        if (auto response = faults_.answer(request, now)) return std::move(*response);
        if (request.path == "/admin/books" && request.method == http::Method::Get) return show_books();
        if (request.path == "/admin/accounts" && request.method == http::Method::Post) return open(request, now);
        if (request.path == "/internal/deposits" && request.method == http::Method::Post) return deposit(request, now);
        if (request.path == kTelephone) return speak(request, now);
        const bool is_served =
            request.path.starts_with("/v1/") || request.path == kDirectLink || request.path == kFixPath;
        if (is_served) return serve(request, now);
        return problem(404, "no such path");
    }

    std::vector<Sending> due(Instant now) {
        std::vector<Sending> sendings;
        books_.write([&](db::Tx& tx) {
            run_due(tx, now);
            sendings = transfers_due(tx, now);
        });
        std::erase_if(sendings, [&](const Sending& each) { return !in_hands_.insert(each.id).second; });
        return sendings;
    }

    void sent(const std::string& id, const http::Outcome& outcome, Instant now) {
        in_hands_.erase(id);
        const bool is_taken = outcome.kind == http::OutcomeKind::Answered && outcome.answer.status / 100 == 2;
        books_.write([&](db::Tx& tx) { transfer_sent(tx, id, is_taken, now); });
    }

 private:
    Counter counter(db::Tx& tx, Instant now) {
        return Counter{tx, now, faults_, [&tx](std::string_view kind) { return next_number(tx, kind); }};
    }

    void run_due(db::Tx& tx, Instant now) {
        Counter at = counter(tx, now);
        for (const auto& part : parts_) part->due(at);
    }

    /// Everything that the institution itself asks.
    http::Response serve(const http::Request& request, Instant now) {
        std::map<std::string, std::string> about{{"path", request.path},
                                                 {"method", std::string(http::to_text(request.method))}};
        if (request.path == kFixPath) about.emplace("type", fix_type(request.body));
        if (faults_.take("outage", about, now)) return problem(503, "the bank is closed for repair");
        if (faults_.take("timeout_before_effect", about, now)) return problem(kNoAnswer, "");
        if (request.peer != kFixPeer && !is_signed(request))
            return signed_answer(problem(401, "the signature is missing or wrong"));
        http::Response response = problem(404, "no such path");
        books_.write([&](db::Tx& tx) {
            run_due(tx, now);
            count_told(tx, request);
            Counter at = counter(tx, now);
            for (const auto& part : parts_) {
                if (auto answered = part->answer(at, request)) {
                    response = std::move(*answered);
                    break;
                }
            }
        });
        if (faults_.take("timeout_after_effect", about, now)) return problem(kNoAnswer, "");
        return signed_answer(std::move(response));
    }

    /// What the bank's dealer is told by voice: nobody signs.
    http::Response speak(const http::Request& request, Instant now) {
        http::Response response = problem(404, "nobody takes the call");
        books_.write([&](db::Tx& tx) {
            Counter at = counter(tx, now);
            for (const auto& part : parts_) {
                if (auto answered = part->answer(at, request)) response = std::move(*answered);
            }
        });
        return response;
    }

    /// x-bank-signature: Ed25519 over profile, method, target and the body's hash, line by line.
    bool is_signed(const http::Request& request) const {
        if (!settings_.customer_key) return true;
        const std::string* client = request.headers.only("x-bank-client");
        const std::string* text = request.headers.only("x-bank-signature");
        if (client == nullptr || text == nullptr || *client != settings_.customer_id) return false;
        const auto signature = from_base64(*text);
        std::string message = "sandbox-bank-1\n";
        message.append(http::to_text(request.method)).append("\n").append(request.target).append("\n");
        message.append(hex(crypto::sha256(request.body)));
        return signature && settings_.customer_key->verify(message, *signature);
    }

    http::Response signed_answer(http::Response response) const {
        if (!settings_.bank_key) return response;
        const std::string message =
            "sandbox-bank-1\n" + std::to_string(response.status) + "\n" + hex(crypto::sha256(response.body));
        response.headers.set("x-bank-signature", base64(settings_.bank_key->sign(message)));
        return response;
    }

    http::Response show_books() {
        http::JsonWriter json;
        json.open_object();
        books_.read([&](db::Reader& reader) {
            for (const auto& part : parts_) part->write_books(reader, json);
        });
        return http::Response::json(200, json.close_object().take());
    }

    http::Response open(const http::Request& request, Instant now) {
        const Result<http::Json> json = http::Json::parse(request.body);
        if (!json) return problem(400, "not JSON");
        std::vector<Error> errors;
        http::JsonObject object(json->root(), errors);
        const std::string account = object.text("account", {1, 34, false, true});
        const auto currency = object.currency("currency");
        object.finish();
        if (!errors.empty() || !currency) return problem(422, "account and currency are needed");
        books_.write([&](db::Tx& tx) { open_account(tx, account, *currency, now); });
        return http::Response::json(200, "{}");
    }

    http::Response deposit(const http::Request& request, Instant now) {
        const Result<http::Json> json = http::Json::parse(request.body);
        if (!json) return problem(400, "not JSON");
        std::vector<Error> errors;
        http::JsonObject object(json->root(), errors);
        const std::string id = object.text("deposit_id", {1, 64, false, true});
        const std::string account = object.text("account", {1, 34, false, true});
        const auto amount = object.positive_money("amount");
        const std::string reference = object.text("reference", {1, 35, false, true});
        const std::string narrative = object.text("narrative", {0, 140, false, false});
        object.finish();
        if (!errors.empty() || !amount)
            return problem(422, "a deposit needs deposit_id, account, amount, reference, narrative");
        std::optional<Result<std::string>> booked;
        books_.write([&](db::Tx& tx) {
            run_due(tx, now);
            booked = book(tx,
                          Booking{.key = "deposit:" + id,
                                  .account = account,
                                  .amount = *amount,
                                  .is_credit = true,
                                  .code = kReceived,
                                  .end_to_end = reference,
                                  .narrative = narrative,
                                  .value_date = Date::in_shanghai(now),
                                  .return_reason = "",
                                  .instructed = std::nullopt,
                                  .may_overdraw = false},
                          now);
        });
        if (!booked->ok()) return problem(422, booked->error().english());
        return http::Response::json(
            200, http::JsonWriter().open_object().field("bank_reference", booked->value()).close_object().take());
    }

    db::Database& books_;
    BankSettings settings_;
    std::vector<std::unique_ptr<BankPart>> parts_;
    Faults faults_;
    std::set<std::string> in_hands_;  // transfers that somebody carries
};

Bank::Bank(db::Database& books, BankSettings settings, std::vector<std::unique_ptr<BankPart>> more_parts, Instant now)
    : impl_(std::make_unique<Impl>(books, std::move(settings), std::move(more_parts), now)) {}
Bank::~Bank() = default;

http::Response Bank::answer(const http::Request& request, Instant now) {
    return impl_->answer(request, now);
}

std::vector<Sending> Bank::due(Instant now) {
    return impl_->due(now);
}

void Bank::sent(const std::string& id, const http::Outcome& outcome, Instant now) {
    impl_->sent(id, outcome, now);
}

}  // namespace huiqiao::sandbox::bank
