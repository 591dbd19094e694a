#pragma once
// Commands around keys: a signed curl call that a newcomer can try, a proposal with the hash of its evidence, and a new
// operator with a key of his own.

#include <filesystem>
#include <string>

#include "src/api/sign_command.h"
#include "src/app/jobs.h"

namespace huiqiao::app {

struct SignRequest {
    api::SignCommand command;
    std::filesystem::path config_file;  // whose clock dates the signature
    std::filesystem::path key_file;     // private key, PEM
    std::string key_id;
    std::string algorithm = "ed25519";
};

/// Prints the command line. 1 where the key or the request cannot be used.
int run_sign(const SignRequest& request);

struct ProposeRequest {
    SignRequest sign;    // url of the operators' listener; method and body are made here
    std::string action;  // "declare_again"
    std::string fields;  // JSON object of the content, without reason and evidence
    std::string reason;
    std::filesystem::path evidence_file;  // hashed, not sent: it stays with the operator
};

/// Prints the signed curl call by which a maker proposes a verb of two persons.
int run_propose(ProposeRequest request);

struct NewOperator {
    JobCommand job;
    std::string id;  // "opr_liwei"
    std::string name;
    std::string role;  // "maker", "checker"
};

/// Makes a key beside the institution's (keys/<id>.key) and registers the operator under it. Run it at the shell of the
/// machine that holds the keys: that access is what authorises it.
int run_new_operator(const NewOperator& who);

}  // namespace huiqiao::app
