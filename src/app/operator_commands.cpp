#include "src/app/operator_commands.h"

#include <CLI/CLI.hpp>

#include <iostream>

#include "src/app/house.h"
#include "src/base/encoding.h"
#include "src/operators/change_operator.h"

namespace huiqiao::app {

namespace {

struct OperatorOptions {
    ConfigSource source;
    std::string id;
    std::string name;
    std::string role;
    std::string person;  // his staff number: two operators of one person never make and check one matter
};

struct ChangeOptions {
    ConfigSource source;
    std::string id;
    std::string person;
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

int bad_person(const std::string& person) {
    return not_begun(Error(operators::operators_error::kNoPersonId, {{"person", person}}));
}

int run_new_operator(const OperatorOptions& who) {
    const std::optional<operators::Role> role = operators::role_from_text(who.role);
    if (!role || !who.id.starts_with(operators::kOperatorIdPrefix)) {
        std::cerr
            << "An operator's id begins with opr_, and the role is dealer, confirmer or viewer. Nothing was changed.\n"
               "操作员编号以 opr_ 开头，角色为 dealer（交易员）、confirmer（复核员）或 "
               "viewer（查看员）。未作任何改动。\n";
        return 2;
    }
    if (!operators::is_person_id(who.person)) return bad_person(who.person);
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
    item->who.role = *role;
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

int change(const ChangeOptions& options, std::optional<operators::OperatorState> state) {
    operators::ChangeOperator changing;
    const auto house = House::open(options.source, false);
    if (house == nullptr) return 2;
    auto item = std::make_shared<operators::OperatorChange>();
    item->id = options.id;
    item->state = state;
    item->person_id = options.person;
    const Status done = house->app->parts().queue.run(changing, item);
    house->app->parts().queue.stop();
    if (!done) return wrong(done.error());
    if (item->error) return wrong(*item->error);
    const std::string english = state ? std::string(operators::to_text(*state)) : "of person " + options.person;
    const std::string chinese = !state                                          ? "属于人员 " + options.person
                                : *state == operators::OperatorState::Suspended ? "已停用"
                                                                                : "在岗";
    std::cout << "Operator " << options.id << " is " << english << (item->is_new ? "" : " already") << ".\n操作员 "
              << options.id << (item->is_new ? " " : " 原已如此：") << chinese << "。\n";
    for (const std::string& other : item->with)
        std::cout << "So is " << other << ", who was of the same person.\n"
                  << other << " 与其为同一人，一并改为该人员。\n";
    return 0;
}

int run_person(const ChangeOptions& options) {
    if (!operators::is_person_id(options.person)) return bad_person(options.person);
    return change(options, std::nullopt);
}

void add_operator(CommandLine& line) {
    const auto options = std::make_shared<OperatorOptions>();
    CLI::App& person =
        line.add("operator", "Register an operator and make his key", [options] { return run_new_operator(*options); });
    CommandLine::add_source(person, options->source);
    person.add_option("id", options->id, "opr_...")->required();
    person.add_option("name", options->name, "For the others to know him by")->required();
    person.add_option("role", options->role, "dealer, confirmer or viewer")->required();
    person
        .add_option("--person", options->person,
                    "Whose operator it is: a staff number, the same for all operators of that person")
        ->required();
}

void add_change(CommandLine& line, const char* name, const char* description, operators::OperatorState state) {
    const auto options = std::make_shared<ChangeOptions>();
    CLI::App& changing = line.add(name, description, [options, state] { return change(*options, state); });
    CommandLine::add_source(changing, options->source);
    changing.add_option("id", options->id, "opr_...")->required();
}

void add_person(CommandLine& line) {
    const auto options = std::make_shared<ChangeOptions>();
    CLI::App& naming = line.add("operator-person", "Name, once, whose operator it is that was registered without one",
                                [options] { return run_person(*options); });
    CommandLine::add_source(naming, options->source);
    naming.add_option("id", options->id, "opr_...")->required();
    naming.add_option("person", options->person, "A staff number, the same for all operators of that person")
        ->required();
}

}  // namespace

void add_operator_commands(CommandLine& line) {
    add_operator(line);
    add_change(line, "operator-suspend", "Let an operator sign nothing any more", operators::OperatorState::Suspended);
    add_change(line, "operator-resume", "Let a suspended operator sign again", operators::OperatorState::Active);
    add_person(line);
}

}  // namespace huiqiao::app
