#include "src/app/sign.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <iterator>

#include "src/api/proposal.h"
#include "src/api/sign_command.h"
#include "src/app/house.h"
#include "src/base/encoding.h"
#include "src/crypto/hash.h"
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
    SignOptions sign;  // url of the operators' listener; method and body are made here
    api::ProposalCommand proposal;
    std::filesystem::path evidence_file;  // hashed, not sent: it stays with the operator; empty: none
};

struct OperatorOptions {
    ConfigSource source;
    std::string id;
    std::string name;
    std::string role;
    std::string person;  // his staff number: two operators of one person never make and check one matter
};

int wrong(const Error& error) {
    complain(error);
    return 1;
}

int not_begun(const Error& error) {
    complain(error);
    return 2;
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
    if (!body) return not_begun(body.error());
    options.command.body = *std::move(body);
    const Result<Config> config = load_config(options.config_file);
    if (!config) return not_begun(config.error());
    const auto algorithm = crypto::signature_algorithm_from_text(options.algorithm);
    if (!algorithm) {
        std::cerr << "The algorithm must be ed25519 or sm2_sm3.\n算法须为 ed25519 或 sm2_sm3。\n";
        return 2;
    }
    const Result<std::string> pem = read_text(options.key_file);
    if (!pem) return not_begun(pem.error());
    const Result<crypto::SigningKey> key = crypto::SigningKey::from_pem(*algorithm, *pem);
    if (!key) return not_begun(key.error());
    crypto::SystemRandom random;
    const Result<std::string> line =
        api::signed_curl(options.command, {&key.value(), options.key_id}, make_clock(*config)->now(), random);
    if (!line) return not_begun(line.error());
    std::cout << *line << '\n';
    return 0;
}

int run_propose(ProposeOptions options) {
    if (!options.evidence_file.empty()) {
        const Result<std::string> evidence = read_text(options.evidence_file);
        if (!evidence) return not_begun(evidence.error());
        options.proposal.evidence_sha256 = hex(crypto::sha256(*evidence));
    }
    const Result<std::string> body = api::proposal_body(options.proposal);
    if (!body) return not_begun(body.error());
    options.sign.command.method = "POST";
    options.sign.command.url += "/v1/ops/approvals";
    options.sign.command.body = *body;
    return run_sign(options.sign);
}

bool is_person_id(const std::string& text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

int run_new_operator(const OperatorOptions& who) {
    if ((who.role != "maker" && who.role != "checker") || who.id.substr(0, 4) != "opr_") {
        std::cerr << "An operator's id begins with opr_, and the role is maker or checker. Nothing was changed.\n"
                     "操作员编号以 opr_ 开头，角色为 maker 或 checker。未作任何改动。\n";
        return 2;
    }
    if (!is_person_id(who.person)) {
        std::cerr
            << "A person's id is 1 to 64 small letters, digits, '_' and '-', the same for all operators of that "
               "person (a staff number, never a name). Nothing was registered.\n"
               "人员编号为 1 至 64 个小写字母、数字、“_”和“-”，同一人的所有操作员相同（工号，不得为姓名）。未登记。\n";
        return 2;
    }
    RegisterOperator registering;
    const auto house = House::open(who.source, false);
    if (house == nullptr) return 2;
    crypto::KeyStore keys(house->config.keys_directory, crypto::MissingKeys::Create, house->random);
    const Result<crypto::SigningKey> key = keys.signing_key(who.id, crypto::SignatureAlgorithm::Ed25519);
    if (!key) return not_begun(key.error());
    auto item = std::make_shared<RegisterOperator::Item>();
    item->who.id = who.id;
    item->who.person_id = who.person;
    item->who.name = who.name;
    item->who.role = who.role == "maker" ? operators::Role::Maker : operators::Role::Checker;
    item->who.public_key = base64(key->verify_key().raw());
    item->who.created_at = house->clock->now();
    const Status done = house->app->parts().queue.run(registering, item);
    house->app->parts().queue.stop();
    if (!done) return wrong(done.error());
    if (item->taken) {
        std::cerr << "There is an operator " << who.id << " already; nothing was changed.\n操作员 " << who.id
                  << " 已存在，未作任何改动。\n";
        return 1;
    }
    std::cout << "Operator " << who.id << " (" << who.role << ") of person " << who.person << " signs with "
              << (house->config.keys_directory / (who.id + ".key")).string() << ".\n";
    return 0;
}

void add_sign(CommandLine& line) {
    const auto options = std::make_shared<SignOptions>();
    CLI::App& sign = line.add("sign", "Print a signed curl call", [options] { return run_sign(*options); });
    sign.add_option("method", options->command.method, "GET, POST, PUT, PATCH or DELETE")->required();
    sign.add_option("url", options->command.url, "http://host:port/path?query")->required();
    sign.add_option("--body", options->command.body, "The body's text, or @file as for curl");
    sign.add_option("--idempotency-key", options->command.idempotency_key, "Where the route asks for one");
    sign.add_option("--key", options->key_file, "Private key, PEM")->required();
    sign.add_option("--key-id", options->key_id, "As it is registered: key_... of a platform, opr_...")->required();
    sign.add_option("--algorithm", options->algorithm, "ed25519 or sm2_sm3")->default_val("ed25519");
    sign.add_option("--config", options->config_file, "Configuration file: its clock dates the signature")
        ->default_val("config/huiqiao.conf");
}

void add_propose(CommandLine& line) {
    const auto options = std::make_shared<ProposeOptions>();
    options->sign.algorithm = "ed25519";
    CLI::App& propose = line.add("propose", "Print the signed call of a maker who proposes an action",
                                 [options] { return run_propose(*options); });
    propose.add_option("action", options->proposal.action, "One of those below")->required();
    propose.add_option("content", options->proposal.content, "JSON object as below, without reason and evidence")
        ->required();
    propose.add_option("--reason", options->proposal.reason, "10 to 250 characters, for the checker and the books")
        ->required();
    propose.add_option("--evidence", options->evidence_file, "The file that shows it; hashed, not sent");
    propose.add_option("--key", options->sign.key_file, "Private key, PEM")->required();
    propose.add_option("--key-id", options->sign.key_id, "opr_... of the maker")->required();
    propose.add_option("--url", options->sign.command.url, "The operators' listener")
        ->default_val("http://127.0.0.1:8082");
    propose.add_option("--config", options->sign.config_file, "Configuration file: its clock dates the signature")
        ->default_val("config/huiqiao.conf");
    std::string actions = "Actions and their content:\n";
    for (const api::ProposedAction& each : api::proposed_actions()) {
        actions += "  " + std::string(each.name) + (each.takes_evidence ? " (with --evidence)" : " (no evidence)") +
                   "\n      " + std::string(each.content) + "\n";
    }
    propose.footer(actions + "The signature is good for five minutes; the approval that it asks for ends after a day.");
}

void add_operator(CommandLine& line) {
    const auto options = std::make_shared<OperatorOptions>();
    CLI::App& person =
        line.add("operator", "Register an operator and make his key", [options] { return run_new_operator(*options); });
    CommandLine::add_source(person, options->source);
    person.add_option("id", options->id, "opr_...")->required();
    person.add_option("name", options->name, "For the others to know him by")->required();
    person.add_option("role", options->role, "maker or checker")->required();
    person
        .add_option("--person", options->person,
                    "Whose operator it is: a staff number, the same for all operators of that person")
        ->required();
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
