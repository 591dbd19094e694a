#pragma once
// What every subcommand of the institution's side begins with: configuration, clock, keys, tables, database at this
// program's schema, and the graph of objects over them.

#include <memory>
#include <optional>

#include "src/app/app.h"
#include "src/app/command_line.h"
#include "src/crypto/system_random.h"

namespace huiqiao::app {

struct House {
    Config config;
    std::unique_ptr<Clock> clock;
    crypto::SystemRandom random;
    std::unique_ptr<crypto::KeyStore> key_store;
    std::unique_ptr<App> app;

    /// Reads the configuration and opens the database; migrates it where `migrate` says so, else requires it to be at
    /// this schema. On a fault it says what to do on the error stream and returns nothing.
    static std::unique_ptr<House> open(const ConfigSource& source, bool migrate);
};

namespace app_error {
inline constexpr ErrorCode kNotMigrated{
    "database_not_migrated", ErrorGroup::Retry,
    "The database is not at this program's schema. Run: huiqiao migrate --config {file}",
    "数据库结构与本程序不符，请运行：huiqiao migrate --config {file}"};
inline constexpr ErrorCode kNoDatabase{
    "no_database", ErrorGroup::Retry,
    "There is no database {database} (database.path); nothing was made. Is the path right? A new one is made by: "
    "huiqiao migrate --config {file}",
    "数据库文件 {database}（database.path）不存在，未作任何改动。请确认路径；新建请运行："
    "huiqiao migrate --config {file}"};
inline constexpr ErrorCode kNoDirectory{"directory_not_made", ErrorGroup::Retry,
                                        "The directory {directory} cannot be made: {why}.",
                                        "无法创建目录 {directory}（{why}）。"};
inline constexpr ErrorCode kCannotBuild{
    "cannot_start", ErrorGroup::Internal,
    "The service cannot start, by a fault of this program: {why}. Nothing was started. Keep this line, and tell who "
    "maintains the program.",
    "程序内部错误，服务无法启动，尚未启动任何部分。请保留本行并告知程序维护者：{why}"};
}  // namespace app_error

}  // namespace huiqiao::app
