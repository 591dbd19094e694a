#include "src/app/sign.h"

#include <iostream>

#include "src/app/house.h"
#include "src/base/encoding.h"
#include "src/crypto/hash.h"
#include "src/http/json.h"
#include "src/http/json_writer.h"
#include "src/operators/operator.h"

namespace huiqiao::app {

namespace {

int complain(const Error& error) {
    std::cerr << error.english() << '\n' << error.chinese() << '\n';
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

}  // namespace

int run_sign(const SignRequest& request) {
    const Result<Config> config = load_config(request.config_file);
    if (!config) return complain(config.error());
    const auto algorithm = crypto::signature_algorithm_from_text(request.algorithm);
    if (!algorithm) {
        std::cerr << "The algorithm must be ed25519 or sm2_sm3.\n";
        return 1;
    }
    const Result<std::string> pem = read_text(request.key_file);
    if (!pem) return complain(pem.error());
    const Result<crypto::SigningKey> key = crypto::SigningKey::from_pem(*algorithm, *pem);
    if (!key) return complain(key.error());
    crypto::SystemRandom random;
    const Result<std::string> line =
        api::signed_curl(request.command, {&key.value(), request.key_id}, make_clock(*config)->now(), random);
    if (!line) return complain(line.error());
    std::cout << *line << '\n';
    return 0;
}

int run_propose(ProposeRequest request) {
    const Result<std::string> evidence = read_text(request.evidence_file);
    if (!evidence) return complain(evidence.error());
    const Result<http::Json> fields = http::Json::parse(request.fields);
    if (!fields) return complain(fields.error());
    if (fields->root().kind() != http::JsonKind::Object) {
        std::cerr << "The content must be a JSON object.\n";
        return 1;
    }
    http::JsonWriter grounds;
    grounds.open_object().field("reason", request.reason);
    grounds.field("evidence_sha256", hex(crypto::sha256(*evidence))).close_object();
    // {"a":1} and {"reason":"…"} become {"reason":"…","a":1}.
    std::string content = grounds.take();
    const std::size_t first = request.fields.find('{');
    content.back() = fields->root().fields().empty() ? ' ' : ',';
    content += request.fields.substr(first + 1);
    http::JsonWriter body;
    body.open_object().field("action", request.action).raw_field("content", content).close_object();
    request.sign.command.method = "POST";
    request.sign.command.url += "/v1/ops/approvals";
    request.sign.command.body = body.take();
    return run_sign(request.sign);
}

int run_new_operator(const NewOperator& who) {
    if ((who.role != "maker" && who.role != "checker") || who.id.substr(0, 4) != "opr_") {
        std::cerr << "An operator's id begins with opr_, and the role is maker or checker.\n";
        return 1;
    }
    RegisterOperator registering;
    const auto house = House::open(who.job, false);
    if (house == nullptr) return 2;
    crypto::KeyStore keys(house->config.keys_directory, crypto::MissingKeys::Create, house->random);
    const Result<crypto::SigningKey> key = keys.signing_key(who.id, crypto::SignatureAlgorithm::Ed25519);
    if (!key) return complain(key.error());
    auto item = std::make_shared<RegisterOperator::Item>();
    item->who.id = who.id;
    item->who.name = who.name;
    item->who.role = who.role == "maker" ? operators::Role::Maker : operators::Role::Checker;
    item->who.public_key = base64(key->verify_key().raw());
    item->who.created_at = house->clock->now();
    const Status done = house->app->parts().queue.run(registering, item);
    house->app->parts().queue.stop();
    if (!done) return complain(done.error());
    if (item->taken) {
        std::cerr << "There is an operator " << who.id << " already; nothing was changed.\n";
        return 1;
    }
    std::cout << "Operator " << who.id << " (" << who.role << ") signs with "
              << (house->config.keys_directory / (who.id + ".key")).string() << ".\n";
    return 0;
}

}  // namespace huiqiao::app
