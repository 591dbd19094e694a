#pragma once
// One `serve` a SQLite file: its writer leans on nobody else writing in groups for long. Held until the process ends,
// however it ends.

#include <filesystem>
#include <string>

#include "src/base/result.h"

namespace huiqiao::app {

class LockFile {
 public:
    /// kServedElsewhere where another process holds it.
    static Result<LockFile> take(const std::filesystem::path& file);
    ~LockFile();
    LockFile(LockFile&& other) noexcept;
    LockFile& operator=(LockFile&&) = delete;

 private:
    explicit LockFile(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

namespace app_error {
inline constexpr ErrorCode kServedElsewhere{
    "served_elsewhere", ErrorGroup::Conflict,
    "Another service works on this database ({file} is locked). Stop it first, or "
    "use MariaDB, where any number may run.",
    "另一服务进程正在使用该数据库（{file} 已锁定）。请先停止它，或改用 MariaDB。"};
}  // namespace app_error

}  // namespace huiqiao::app
