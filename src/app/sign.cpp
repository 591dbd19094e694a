#include "src/app/sign.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <iterator>

#include "src/api/proposal.h"
#include "src/app/house.h"
#include "src/base/encoding.h"
#include "src/crypto/hash.h"

namespace huiqiao::app {

namespace {

struct ProposeOptions {
    SignOptions sign;  // method, path and body are made here
    api::ProposalCommand proposal;
    std::filesystem::path evidence_file;  // hashed, not sent: it stays with the operator; empty: none
};

int not_begun(const Error& error) {
    complain(error);
    return 2;
}

int run_sign(SignOptions options) {
    Result<std::string> body = body_of(options.command.body);
    if (!body) return not_begun(body.error());
    options.command.body = *std::move(body);
    const Result<Config> config = load_config(options.config_file, options.overrides);
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
    return print_signed_post(std::move(options.sign), "/v1/ops/approvals", *body);
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
    sign.add_option("--set", options->overrides, "section.key=value, wins over the file");
}

void add_propose(CommandLine& line) {
    const auto options = std::make_shared<ProposeOptions>();
    CLI::App& propose = line.add("propose", "Print the signed call of a maker who proposes an action",
                                 [options] { return run_propose(*options); });
    propose.add_option("action", options->proposal.action, "One of those below")->required();
    propose.add_option("content", options->proposal.content, "JSON object as below, without reason and evidence")
        ->required();
    propose.add_option("--reason", options->proposal.reason, "10 to 250 characters, for the checker and the books")
        ->required();
    propose.add_option("--evidence", options->evidence_file, "The file that shows it; hashed, not sent");
    add_signer(propose, options->sign);
    std::string actions = "Actions and their content:\n";
    for (const api::ProposedAction& each : api::proposed_actions()) {
        actions += "  " + std::string(each.name) + (each.takes_evidence ? " (with --evidence)" : " (no evidence)") +
                   "\n      " + std::string(each.content) + "\n";
    }
    propose.footer(actions + "The signature is good for five minutes; the approval that it asks for ends after a day.");
}

}  // namespace

std::string operators_url(const Config& config) {
    const std::string& address = config.listen_address;
    const bool is_any = address.empty() || address == "0.0.0.0" || address == "::";
    const bool is_six = address.find(':') != std::string::npos;
    const std::string host = is_any ? "127.0.0.1" : is_six ? "[" + address + "]" : address;
    return "http://" + host + ":" + std::to_string(config.operators_port);
}

int print_signed_post(SignOptions options, const std::string& path, std::string body) {
    if (options.listener.empty()) {
        const Result<Config> config = load_config(options.config_file, options.overrides);
        if (!config) return not_begun(config.error());
        options.listener = operators_url(*config);
    }
    options.command.method = "POST";
    options.command.url = options.listener + path;
    options.command.body = std::move(body);
    return run_sign(std::move(options));
}

void add_signer(CLI::App& command, SignOptions& options) {
    options.algorithm = "ed25519";
    command.add_option("--key", options.key_file, "Private key, PEM")->required();
    command.add_option("--key-id", options.key_id, "opr_... of who signs")->required();
    command.add_option("--url", options.listener,
                       "The operators' listener; where it is left out, the configuration's on this machine");
    command
        .add_option("--config", options.config_file,
                    "Configuration file: where operators are listened to, and whose clock dates the signature")
        ->default_val("config/huiqiao.conf");
    command.add_option("--set", options.overrides, "section.key=value, wins over the file");
}

Result<std::string> body_of(const std::string& given) {
    if (!given.starts_with('@')) return given;
    if (given != "@-") return read_text(given.substr(1));
    return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

void add_key_commands(CommandLine& line) {
    add_sign(line);
    add_propose(line);
}

}  // namespace huiqiao::app
