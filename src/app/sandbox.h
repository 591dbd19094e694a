#pragma once
// `huiqiao sandbox bank|channel|customs`: one simulated counterparty as a process of its own, with its books in a file
// of its own and its keys in the institution's key directory (only in a sandbox do both sides share one). Runs until it
// is told to stop.

#include "src/app/command_line.h"

namespace huiqiao::app {

void add_sandbox(CommandLine& line);

namespace app_error {
inline constexpr ErrorCode kNoSuchBank{"no_such_bank", ErrorGroup::NotFound,
                                       "No account is kept at a bank called {bank}: name a counterparty of the "
                                       "configuration that keeps one.",
                                       "没有账户开立于名为 {bank} 的银行，请指明配置中有账户的对手方。"};
inline constexpr ErrorCode kPlayedElsewhere{
    "played_elsewhere", ErrorGroup::Conflict,
    "Another process already plays this counterparty on {book}. Stop it "
    "first, or give this one another --directory or --name.",
    "另一进程正在以 {book} 模拟该对手方。请先停止它，或另行指定 --directory 或 --name。"};
}  // namespace app_error

}  // namespace huiqiao::app
