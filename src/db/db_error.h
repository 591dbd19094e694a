#pragma once
// What callers of the database room meet as Errors (not as exceptions): the write queue's refusals and the
// migrations' complaints. None of them names a value that was written.

#include "src/base/error.h"

namespace huiqiao::db::db_error {

inline constexpr ErrorCode kQueueFull{"queue_full", ErrorGroup::Retry,
                                      "Too much work is waiting to be written. Ask again in a moment.",
                                      "等待写入的请求过多，请稍后重试。"};
inline constexpr ErrorCode kBusy{"database_busy", ErrorGroup::Retry,
                                 "Others kept changing the same rows. Nothing was written; ask again.",
                                 "相同数据正被其他请求修改，本次未写入，请重试。"};
inline constexpr ErrorCode kDatabaseLost{"database_lost", ErrorGroup::Retry,
                                         "The database cannot be reached. Nothing was written; ask again later.",
                                         "数据库暂时不可用，本次未写入，请稍后重试。"};
inline constexpr ErrorCode kWithdrawn{"withdrawn", ErrorGroup::Retry,
                                      "The time for this request ran out before it began. Nothing was written.",
                                      "请求在开始处理前已超时，未写入任何数据。"};
inline constexpr ErrorCode kOutcomeUnknown{"outcome_unknown", ErrorGroup::Unknown,
                                           "It is not known yet whether this was written. Ask by the same key.",
                                           "写入结果尚不确定，请用同一键值查询。"};
inline constexpr ErrorCode kWriteFailed{"write_failed", ErrorGroup::Internal,
                                        "This request could not be written because of a fault of ours: {why}.",
                                        "由于系统内部错误，该请求未能写入：{why}。"};
inline constexpr ErrorCode kStopping{"stopping", ErrorGroup::Retry,
                                     "This service is shutting down. Nothing was written; ask again.",
                                     "服务正在停止，本次未写入，请重试。"};
inline constexpr ErrorCode kMigrationChanged{"migration_changed", ErrorGroup::Internal,
                                             "Migration {name} was applied with another text than this program has.",
                                             "迁移 {name} 已应用，但其内容与本程序不一致。"};
inline constexpr ErrorCode kSchemaNewer{"schema_newer", ErrorGroup::Internal,
                                        "The database has migration {number}, which this program does not know.",
                                        "数据库已应用迁移 {number}，本程序不认识该版本。"};

}  // namespace huiqiao::db::db_error
