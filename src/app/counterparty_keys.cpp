#include "src/app/counterparty_keys.h"

namespace huiqiao::app {

Status check_counterparty_keys(crypto::KeyStore& store, const Config& config) {
    struct Theirs {
        std::string name;
        crypto::SignatureAlgorithm algorithm;
        std::string whose_en;
        std::string whose_zh;
    };
    std::vector<Theirs> all{{kChannelKey.name, kChannelKey.algorithm, "the channel sandbox-pay", "渠道 sandbox-pay"}};
    std::vector<std::string> ours{kChannelClientKey};
    for (const Config::Bank& bank : config.banks) {
        all.push_back(
            {bank.verify_key, crypto::SignatureAlgorithm::Ed25519, "the bank " + bank.name, "银行 " + bank.name});
        ours.push_back(bank.client_key);
    }
    all.push_back({kWindowKey.name, kWindowKey.algorithm, "the single window", "单一窗口"});
    for (const auto& [name, algorithm, whose_en, whose_zh] : all) {
        const Result<crypto::VerifyKey> read = store.verify_key(name, algorithm);
        if (read) continue;
        return Error(app_error::kNoCounterpartyKey, {{"whose", whose_en},
                                                     {"whose_zh", whose_zh},
                                                     {"why", read.error().english()},
                                                     {"why_zh", read.error().chinese()},
                                                     {"file", (config.keys_directory / (name + ".pub")).string()}});
    }
    for (const std::string& name : ours) {
        const Result<crypto::SigningKey> own = store.signing_key(name, crypto::SignatureAlgorithm::Ed25519);
        if (!own) return own.error();
    }
    return Done{};
}

}  // namespace huiqiao::app
