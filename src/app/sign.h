#pragma once
// Commands around keys. `huiqiao sign` prints a signed curl call that a newcomer can try; `huiqiao propose` one by
// which a maker proposes a verb of two persons, with the hash of his evidence.

#include <string>
#include <vector>

#include "src/api/sign_command.h"
#include "src/app/command_line.h"
#include "src/app/config.h"
#include "src/base/result.h"

namespace huiqiao::app {

/// What `--body` stands for, as curl's --data-binary reads it: "@file" is that file's bytes, "@-" those of the standard
/// input, anything else itself. The error of read_text() where there is no such file.
Result<std::string> body_of(const std::string& given);

struct SignOptions {
    api::SignCommand command;
    std::string listener;                // of operators; empty: as the configuration says
    std::filesystem::path config_file;   // whose clock dates the signature
    std::vector<std::string> overrides;  // section.key=value, wins over the file
    std::filesystem::path key_file;
    std::string key_id;
    std::string algorithm;
};

/// "http://127.0.0.1:8082": where the configuration's operators' listener is reached on this machine.
std::string operators_url(const Config& config);

/// An operator's key and listener, as every command has them that prints his signed call.
void add_signer(CLI::App& command, SignOptions& options);
/// Prints the signed call of a POST to that path of the listener.
int print_signed_post(SignOptions options, const std::string& path, std::string body);

void add_key_commands(CommandLine& line);

}  // namespace huiqiao::app
