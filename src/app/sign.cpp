#include "src/app/sign.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <iterator>

#include "src/api/sign_command.h"
#include "src/app/house.h"
#include "src/base/encoding.h"
#include "src/crypto/hash.h"
#include "src/http/json.h"
#include "src/http/json_writer.h"
#include "src/operators/operator.h"

namespace huiqiao::app {

namespace {

struct SignOptions {
    api::SignCommand command;
    std::filesystem::path config_file;  // whose clock dates the signature
    std::filesystem::path key_file;
    std::string key_id;
    std::string algorithm;
};

struct ProposeOptions {
    SignOptions sign;    // url of the operators' listener; method and body are made here
    std::string action;  // "declare_again"
    std::string fields;  // JSON object of the content, without reason and evidence
    std::string reason;
    std::filesystem::path evidence_file;  // hashed, not sent: it stays with the operator
};

struct OperatorOptions {
    ConfigSource source;
    std::string id;
    std::string name;
    std::string role;
};

int wrong(const Error& error) {
    complain(error);
    return 1;
}

/// Registers one operator, by the write queue as everything else.
class RegisterOperator final : public db::Operation {
 public:
    struct Item final : db::Item {
        operators::Operator who;
        bool taken = false;
    };
    [[nodiscard]] std::string_view name() const override { return "register_operator"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override {
        class Registering final : public db::Work {
         public:
            explicit Registering(std::span<const std::shared_ptr<db::Item>> all) : items_(all.begin(), all.end()) {}
            void run(db::Group& group) override {
                for (const auto& each : items_) {
                    auto& item = static_cast<Item&>(*each);
                    item.taken = operators::OperatorStore::find(group.tx, item.who.id).has_value();
                    if (!item.taken) operators::OperatorStore::insert(group.tx, item.who);
                }
            }

         private:
            std::vector<std::shared_ptr<db::Item>> items_;  // shared with the caller, who reads the answer
        };
        return std::make_unique<Registering>(items);
    }
};

int run_sign(SignOptions options) {
    Result<std::string> body = body_of(options.command.body);
    if (!body) return wrong(body.error());
    options.command.body = *std::move(body);
    const Result<Config> config = load_config(options.config_file);
    if (!config) return wrong(config.error());
    const auto algorithm = crypto::signature_algorithm_from_text(options.algorithm);
    if (!algorithm) {
        std::cerr << "The algorithm must be ed25519 or sm2_sm3.\n";
        return 1;
    }
    const Result<std::string> pem = read_text(options.key_file);
    if (!pem) return wrong(pem.error());
    const Result<crypto::SigningKey> key = crypto::SigningKey::from_pem(*algorithm, *pem);
    if (!key) return wrong(key.error());
    crypto::SystemRandom random;
    const Result<std::string> line =
        api::signed_curl(options.command, {&key.value(), options.key_id}, make_clock(*config)->now(), random);
    if (!line) return wrong(line.error());
    std::cout << *line << '\n';
    return 0;
}

int run_propose(ProposeOptions options) {
    const Result<std::string> evidence = read_text(options.evidence_file);
    if (!evidence) return wrong(evidence.error());
    const Result<http::Json> fields = http::Json::parse(options.fields);
    if (!fields) return wrong(fields.error());
    if (fields->root().kind() != http::JsonKind::Object) {
        std::cerr << "The content must be a JSON object.\n";
        return 1;
    }
    http::JsonWriter grounds;
    grounds.open_object().field("reason", options.reason);
    grounds.field("evidence_sha256", hex(crypto::sha256(*evidence))).close_object();
    // {"a":1} and {"reason":"…"} become {"reason":"…","a":1}.
    std::string content = grounds.take();
    const std::size_t first = options.fields.find('{');
    content.back() = fields->root().fields().empty() ? ' ' : ',';
    content += options.fields.substr(first + 1);
    http::JsonWriter body;
    body.open_object().field("action", options.action).raw_field("content", content).close_object();
    options.sign.command.method = "POST";
    options.sign.command.url += "/v1/ops/approvals";
    options.sign.command.body = body.take();
    return run_sign(options.sign);
}

int run_new_operator(const OperatorOptions& who) {
    if ((who.role != "maker" && who.role != "checker") || who.id.substr(0, 4) != "opr_") {
        std::cerr << "An operator's id begins with opr_, and the role is maker or checker.\n";
        return 1;
    }
    RegisterOperator registering;
    const auto house = House::open(who.source, false);
    if (house == nullptr) return 2;
    crypto::KeyStore keys(house->config.keys_directory, crypto::MissingKeys::Create, house->random);
    const Result<crypto::SigningKey> key = keys.signing_key(who.id, crypto::SignatureAlgorithm::Ed25519);
    if (!key) return wrong(key.error());
    auto item = std::make_shared<RegisterOperator::Item>();
    item->who.id = who.id;
    item->who.name = who.name;
    item->who.role = who.role == "maker" ? operators::Role::Maker : operators::Role::Checker;
    item->who.public_key = base64(key->verify_key().raw());
    item->who.created_at = house->clock->now();
    const Status done = house->app->parts().queue.run(registering, item);
    house->app->parts().queue.stop();
    if (!done) return wrong(done.error());
    if (item->taken) {
        std::cerr << "There is an operator " << who.id << " already; nothing was changed.\n";
        return 1;
    }
    std::cout << "Operator " << who.id << " (" << who.role << ") signs with "
              << (house->config.keys_directory / (who.id + ".key")).string() << ".\n";
    return 0;
}

void add_sign(CommandLine& line) {
    const auto options = std::make_shared<SignOptions>();
    CLI::App& sign = line.add("sign", "Print a signed curl call", [options] { return run_sign(*options); });
    sign.add_option("method", options->command.method)->required();
    sign.add_option("url", options->command.url)->required();
    sign.add_option("--body", options->command.body, "The body's text, or @file as for curl");
    sign.add_option("--idempotency-key", options->command.idempotency_key);
    sign.add_option("--key", options->key_file, "Private key, PEM")->required();
    sign.add_option("--key-id", options->key_id)->required();
    sign.add_option("--algorithm", options->algorithm, "ed25519 or sm2_sm3")->default_val("ed25519");
    sign.add_option("--config", options->config_file)->default_val("config/huiqiao.conf");
}

void add_propose(CommandLine& line) {
    const auto options = std::make_shared<ProposeOptions>();
    options->sign.algorithm = "ed25519";
    CLI::App& propose = line.add("propose", "Print the signed call of a maker who proposes an action",
                                 [options] { return run_propose(*options); });
    propose.add_option("action", options->action, "declare_again, release_order, ...")->required();
    propose.add_option("content", options->fields, "JSON, without reason and evidence")->required();
    propose.add_option("--reason", options->reason)->required();
    propose.add_option("--evidence", options->evidence_file, "The file that shows it; hashed, not sent")->required();
    propose.add_option("--key", options->sign.key_file, "Private key, PEM")->required();
    propose.add_option("--key-id", options->sign.key_id, "opr_...")->required();
    propose.add_option("--url", options->sign.command.url)->default_val("http://127.0.0.1:8082");
    propose.add_option("--config", options->sign.config_file)->default_val("config/huiqiao.conf");
}

void add_operator(CommandLine& line) {
    const auto options = std::make_shared<OperatorOptions>();
    CLI::App& person =
        line.add("operator", "Register an operator and make his key", [options] { return run_new_operator(*options); });
    CommandLine::add_source(person, options->source);
    person.add_option("id", options->id, "opr_...")->required();
    person.add_option("name", options->name)->required();
    person.add_option("role", options->role, "maker or checker")->required();
}

}  // namespace

Result<std::string> body_of(const std::string& given) {
    if (!given.starts_with('@')) return given;
    if (given != "@-") return read_text(given.substr(1));
    return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

void add_key_commands(CommandLine& line) {
    add_sign(line);
    add_propose(line);
    add_operator(line);
}

}  // namespace huiqiao::app
