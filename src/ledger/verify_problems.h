#pragma once
// What verify can find, each as a sentence that names the row and the numbers.

#include "src/base/error.h"

namespace huiqiao::ledger::verify_problem {

inline constexpr ErrorCode kEntryChanged{
    "entry_changed", ErrorGroup::Internal,
    "Entry {entry} (slot {slot}, no {seq}) was changed: its content has the hash {is}, it was booked with {was}.",
    "分录 {entry}（槽 {slot}，序号 {seq}）被改动：内容哈希为 {is}，入账时为 {was}。"};
inline constexpr ErrorCode kChainBroken{
    "chain_broken", ErrorGroup::Internal,
    "Entry {entry} (slot {slot}, no {seq}) does not follow on the entry before it: it names {named}, that one has "
    "{is}.",
    "分录 {entry}（槽 {slot}，序号 {seq}）与前一分录不衔接：所记为 {named}，前一分录为 {is}。"};
inline constexpr ErrorCode kEntryMissing{"entry_missing", ErrorGroup::Internal,
                                         "Slot {slot}: entries no {from} to {to} are missing.",
                                         "槽 {slot}：缺少序号 {from} 至 {to} 的分录。"};
inline constexpr ErrorCode kTailDiffers{
    "tail_differs", ErrorGroup::Internal,
    "Slot {slot} was at no {slot_seq} ({slot_head}); its journal ends at no {seq} ({head}).",
    "槽 {slot} 应止于序号 {slot_seq}（{slot_head}），日记账止于序号 {seq}（{head}）。"};
inline constexpr ErrorCode kAnchorBroken{
    "anchor_broken", ErrorGroup::Internal,
    "Slot {slot}: no {seq} was anchored with {anchored}; the journal has {is} there.",
    "槽 {slot}：序号 {seq} 的锚定哈希为 {anchored}，日记账中为 {is}。"};
inline constexpr ErrorCode kAnchorForged{"anchor_forged", ErrorGroup::Internal,
                                         "A line of the table of anchors is not signed by our key: {line}.",
                                         "锚定表中有一行不是由本机构密钥签名：{line}。"};
inline constexpr ErrorCode kAnchorFileForged{"anchor_file_forged", ErrorGroup::Internal,
                                             "A line of the file of anchors is not signed by our key: {line}.",
                                             "锚定文件中有一行不是由本机构密钥签名：{line}。"};
inline constexpr ErrorCode kNoAnchors{
    "no_anchors", ErrorGroup::Internal,
    "The table of anchors is empty, and {entries} entries were booked since {since}, longer ago than heads go without "
    "an "
    "anchor. Somebody emptied it, or no service has run since. Compare with the last backup of the database and with "
    "the copy of the file of anchors that you keep elsewhere.",
    "锚定表为空，而自 {since} 以来已入账 {entries} 笔分录，早已超过锚定周期。"
    "该表被人清空，或此后从未运行服务。请与数据库的上次备份以及另存的锚定文件副本比对。"};
inline constexpr ErrorCode kAnchorsFewer{
    "anchors_fewer", ErrorGroup::Internal,
    "The file of anchors {file} was known to hold {before} lines of the database, which has {now} now. Lines were "
    "taken "
    "out of the database. Compare with the last backup and with the copy of the file that you keep elsewhere.",
    "锚定文件 {file} 曾确知含有数据库中的 {before} 行，现在数据库只有 {now} 行：数据库中有行被删除。"
    "请与上次备份以及另存的文件副本比对。"};
inline constexpr ErrorCode kAnchorRemoved{"anchor_removed", ErrorGroup::Internal,
                                          "The file of anchors has a line that is no longer in the database: {line}.",
                                          "锚定文件中的一行在数据库中已不存在：{line}。"};
inline constexpr ErrorCode kAnchorFileGone{
    "anchor_file_gone", ErrorGroup::Internal,
    "The file of anchors {file} is gone; the database has {all} lines of it, the first is: {line}. Somebody removed "
    "it, "
    "or it was not restored from its backup, or no service has run on this host. Put the copy that you keep elsewhere "
    "back and run verify again; without a copy nothing outside the database proves the journal, and 'huiqiao anchors "
    "--complete' writes the lines that the database has. Payouts go on.",
    "锚定文件 {file} 不存在；数据库中有其 {all} "
    "行，首行为：{line}。该文件被人删除，或未从备份恢复，或本机从未运行服务。"
    "请放回另存的副本后重新核对；没有副本，则数据库之外没有任何证据证明日记账，"
    "可用“huiqiao anchors --complete”按数据库补写。付款照常进行。"};
inline constexpr ErrorCode kAnchorFileLacks{
    "anchor_file_lacks_lines", ErrorGroup::Internal,
    "The file of anchors {file} lacks {missing} of {all} lines that the database has; the first of them is: {line}. "
    "Somebody cut the file, or an older copy of it was restored, or it could not be written. Compare it with the copy "
    "that you keep elsewhere, find out who could write to it, and put the whole file back; without a copy 'huiqiao "
    "anchors --complete' writes the missing lines again. Payouts go on.",
    "锚定文件 {file} 缺少数据库所有 {all} 行中的 {missing} 行，首个缺行为：{line}。"
    "文件被人截断，或恢复了较旧的副本，或曾无法写入。请与另存的副本比对，查明何人可写该文件，并放回完整文件；"
    "没有副本时，可用“huiqiao anchors --complete”补写缺行。付款照常进行。"};
inline constexpr ErrorCode kAnchorNotYetWritten{
    "anchor_not_yet_written", ErrorGroup::Retry,
    "The newest {missing} lines are not yet in the file of anchors {file}: {line}. A process ended between its commit "
    "and the file, has not come to it yet, or this host was down while others anchored. A running service writes them "
    "within a minute, else its next start.",
    "最新 {missing} 行尚未写入锚定文件 {file}：{line}。进程在提交与写文件之间结束，或尚未写到，"
    "或本机停机时其他主机写下了锚定。运行中的服务会在一分钟内补写，否则在其下次启动时补写。"};
inline constexpr ErrorCode kEntryUnbalanced{
    "entry_unbalanced", ErrorGroup::Internal,
    "Entry {entry}: {currency} debits {debits}, credits {credits} on the {side} side.",
    "分录 {entry}：{side} 侧 {currency} 借方 {debits}，贷方 {credits}。"};
inline constexpr ErrorCode kPostingUnreadable{"posting_unreadable", ErrorGroup::Internal,
                                              "Entry {entry}, line {line}: {why}.",
                                              "分录 {entry} 第 {line} 行：{why}。"};
inline constexpr ErrorCode kEntryDisordered{
    "entry_disordered", ErrorGroup::Internal,
    "Entry {entry} (slot {slot}, no {seq}) goes back in time: {field} is {is} after {was}.",
    "分录 {entry}（槽 {slot}，序号 {seq}）时间倒退：{field} 为 {is}，前一分录为 {was}。"};
inline constexpr ErrorCode kFactWrong{"fact_wrong", ErrorGroup::Internal,
                                      "Entry {entry} books the fact {fact}, which belongs to {owner}.",
                                      "分录 {entry} 所记事实 {fact} 归属于 {owner}。"};
inline constexpr ErrorCode kFactWithoutEntry{"fact_without_entry", ErrorGroup::Internal,
                                             "The fact {fact} belongs to {entry}, which does not stand in the journal.",
                                             "事实 {fact} 归属的分录 {entry} 不在日记账中。"};
inline constexpr ErrorCode kPostingWithoutEntry{
    "posting_without_entry", ErrorGroup::Internal,
    "Line {line} of {entry} stands in the postings, but the entry does not stand in the journal.",
    "记账明细 {entry} 第 {line} 行没有对应的分录。"};
inline constexpr ErrorCode kBalanceWrong{"balance_wrong", ErrorGroup::Internal,
                                         "Account {account} stands at {stands}; its postings sum to {sum}.",
                                         "账户 {account} 余额为 {stands}，记账合计为 {sum}。"};
inline constexpr ErrorCode kHeldWrong{"held_wrong", ErrorGroup::Internal,
                                      "Account {account} has {stands} held; its open holds sum to {sum}.",
                                      "账户 {account} 冻结额为 {stands}，未结冻结合计为 {sum}。"};
inline constexpr ErrorCode kAccountWrong{"account_wrong", ErrorGroup::Internal,
                                         "The row of account {account} does not fit the chart of accounts: {why}.",
                                         "账户 {account} 的记录与会计科目表不符：{why}。"};
inline constexpr ErrorCode kBelowZero{"guarded_below_zero", ErrorGroup::Internal,
                                      "Account {account} is at {balance}, and payouts in {currency} are not stopped.",
                                      "账户 {account} 余额为 {balance}，但 {currency} 付款未停止。"};
inline constexpr ErrorCode kPositionOpen{"position_open", ErrorGroup::Internal,
                                         "{account} is at {balance} although its purchase is closed.",
                                         "{account} 余额为 {balance}，但其购汇已结清。"};
inline constexpr ErrorCode kSealBroken{"seal_broken", ErrorGroup::Internal, "The seal of {date} does not fit: {why}.",
                                       "{date} 的日结封存不符：{why}。"};

/// What is wrong with the file alone: the rows prove the books all the same, so nothing stops for it.
inline bool is_of_file_alone(const ErrorCode& code) {
    return &code == &kAnchorFileGone || &code == &kAnchorFileLacks || &code == &kAnchorFileForged;
}

}  // namespace huiqiao::ledger::verify_problem
