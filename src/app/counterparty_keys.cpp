#include "src/app/counterparty_keys.h"

namespace huiqiao::app {

Status check_counterparty_keys(crypto::KeyStore& store, const Config& config) {
    struct Theirs {
        const CounterpartyKey* key;
        std::string whose_en;
        std::string whose_zh;
    };
    const std::vector<Theirs> all{{&kChannelKey, "the channel sandbox-pay", "渠道 sandbox-pay"},
                                  {&kBankKey, "the bank " + config.bank, "银行 " + config.bank},
                                  {&kWindowKey, "the single window", "单一窗口"}};
    for (const auto& [key, whose_en, whose_zh] : all) {
        const Result<crypto::VerifyKey> read = store.verify_key(key->name, key->algorithm);
        if (read) continue;
        return Error(app_error::kNoCounterpartyKey,
                     {{"whose", whose_en},
                      {"whose_zh", whose_zh},
                      {"why", read.error().english()},
                      {"why_zh", read.error().chinese()},
                      {"file", (config.keys_directory / (std::string(key->name) + ".pub")).string()}});
    }
    for (const char* name : {kChannelClientKey, kBankClientKey}) {
        const Result<crypto::SigningKey> own = store.signing_key(name, crypto::SignatureAlgorithm::Ed25519);
        if (!own) return own.error();
    }
    return Done{};
}

}  // namespace huiqiao::app
