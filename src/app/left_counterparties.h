#pragma once
// A counterparty that left the configuration (or was renamed there) while calls to it are open: nobody would query what
// is unsure there any more, so the start is refused. It changes nothing.

#include "src/app/config.h"
#include "src/db/database.h"

namespace huiqiao::app {

/// kCounterpartyLeft for the first one. file: where the configuration stands, for the words.
Status check_left_counterparties(db::Database& database, const Config& config, const std::filesystem::path& file);

namespace app_error {
inline constexpr ErrorCode kCounterpartyLeft{
    "counterparty_left", ErrorGroup::Conflict,
    "The service cannot start: the configuration {file} has no section [counterparty {counterparty}], and {calls} "
    "call(s) to it are open, which nobody would send or query any more. Nothing was started and nothing was changed. "
    "Put its section back, and take it out only when its calls have ended.",
    "服务无法启动：配置文件 {file} 中没有 [counterparty {counterparty}] 一节，而发往它的请求尚有 {calls} "
    "个未了结，将无人发送或查询。尚未启动任何部分，也未作任何更改。请恢复该节，待其请求全部了结后再移除。"};
}  // namespace app_error

}  // namespace huiqiao::app
