#pragma once
// The keys by which we and the counterparties know each other, by file: theirs (<name>.pub, which they give out) and
// our own towards them (<name>.key). Checked before anything is built from them, so that one that is missing is said by
// name. It makes no key of theirs.

#include "src/app/config.h"
#include "src/crypto/key_store.h"

namespace huiqiao::app {

struct CounterpartyKey {
    const char* name;  // of its file
    crypto::SignatureAlgorithm algorithm;
};

inline constexpr CounterpartyKey kChannelKey{"sandbox_channel", crypto::SignatureAlgorithm::Ed25519};
inline constexpr CounterpartyKey kWindowKey{"sandbox_customs", crypto::SignatureAlgorithm::RsaSha1};

/// Our own key towards it, made at the first start where keys may be made. Those of banks are named by their sections.
inline constexpr const char* kChannelClientKey = "channel_client";

/// kNoCounterpartyKey for the first of theirs that cannot be used, with whose it is and where it belongs;
/// crypto::kKeyFileUnusable for one of ours.
Status check_counterparty_keys(crypto::KeyStore& store, const Config& config);

namespace app_error {
inline constexpr ErrorCode kNoCounterpartyKey{
    "no_counterparty_key", ErrorGroup::Retry,
    "The service cannot start without the public key of {whose}: {why} Nothing was started. Put the key as {whose} "
    "gives "
    "it out, in PEM, into {file}; in a sandbox start 'huiqiao sandbox' first, which makes it.",
    "缺少{whose_zh}的公钥，服务无法启动：{why_zh}尚未启动任何部分。请将其提供的公钥以 PEM 格式放入 "
    "{file}；沙箱环境请先启动 huiqiao sandbox，由其生成密钥。"};
}  // namespace app_error

}  // namespace huiqiao::app
