#include "src/app/counterparty_keys.h"

namespace huiqiao::app {

Status check_counterparty_keys(crypto::KeyStore& store, const std::filesystem::path& directory) {
    for (const CounterpartyKey* key : {&kChannelKey, &kBankKey, &kWindowKey}) {
        const Result<crypto::VerifyKey> read = store.verify_key(key->name, key->algorithm);
        if (read) continue;
        return Error(app_error::kNoCounterpartyKey,
                     {{"whose", key->whose_en},
                      {"whose_zh", key->whose_zh},
                      {"why", read.error().english()},
                      {"why_zh", read.error().chinese()},
                      {"file", (directory / (std::string(key->name) + ".pub")).string()}});
    }
    for (const char* name : {kChannelClientKey, kBankClientKey}) {
        const Result<crypto::SigningKey> own = store.signing_key(name, crypto::SignatureAlgorithm::Ed25519);
        if (!own) return own.error();
    }
    return Done{};
}

}  // namespace huiqiao::app
