#pragma once
// One host's file of anchors, judged against the tables: which of its missing lines were not written yet, and which
// were cut off it. A cut tail and the tail of a host that was down look alike, so the file alone cannot tell: the
// database remembers how many of the tables' lines each host's file was known to hold. A file that holds fewer was cut;
// what came later was not written yet, however long its host was down. Without a memory (an older version, a new host)
// only a line missing far before one that stands is a cut, and the first writing makes the memory. Whoever may change
// the database can change the memory too: it guards against hands that reach the file only.
// It judges and appends; it opens no work item (src/flow/keep_anchors.h).

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "src/base/error.h"
#include "src/db/write_queue.h"

namespace huiqiao::ledger {

/// Which file: a host's name as it stays over restarts, and where the file stands there.
struct AnchorPlace {
    std::string host;
    std::filesystem::path path;
    [[nodiscard]] std::string id() const;
};

/// As it was read.
struct AnchorFile {
    AnchorPlace place;
    bool is_there = false;
    bool is_torn = false;  // its last line has no end
    std::vector<std::string> lines;
};
AnchorFile read_anchor_file(const AnchorPlace& place);

/// How many of the tables' lines the file was known to hold; nullopt: it was never heard of.
using HeldBefore = std::optional<std::int64_t>;

/// Lines of the tables, and whether the file has them.
struct AnchorGap {
    std::vector<std::string> missing;  // in the order of their signing
    std::size_t all = 0;
    std::size_t held = 0;
    bool is_cut = false;  // else what is missing was not written yet
    bool is_old = false;  // the first missing line was signed long before the newest of all

    /// Of file, host, numbers and the first missing line.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> parameters(const AnchorPlace& place) const;
};
/// The memory is read before the file, and the file's lines count only where the tables have them: so neither a line
/// that another process writes meanwhile nor its memory looks like a cut.
AnchorGap gap_of(const std::set<std::string>& table_lines, const AnchorFile& file, const HeldBefore& before);

/// Every line that the file shall hold: anchors and day seals.
std::set<std::string> lines_for_file(db::Reader& reader);
HeldBefore held_before(db::Reader& reader, const AnchorPlace& place);

/// Durably, after what is there; a last line that a crash cut off stays, its whole text follows on a line of its own.
/// Makes the file. kAnchorFile where it cannot be written.
Status append_lines(const AnchorFile& file, std::span<const std::string> lines);

/// The memory, in a group. It grows; `exactly` also lowers it, once a person has looked.
class AnchorMemory {
 public:
    static void claim(db::Claims& claims, const AnchorPlace& place);
    static void lock(db::Locks& locks, const AnchorPlace& place);
    static void remember(db::Group& group, const AnchorPlace& place, std::size_t held, bool exactly);
};

namespace ledger_error {
inline constexpr ErrorCode kAnchorFile{
    "anchor_file", ErrorGroup::Retry,
    "The file of anchors {file} cannot be written. The anchors stand in the database; "
    "the file is completed with the next try.",
    "锚定文件 {file} 无法写入。锚定已存入数据库，下次将补写文件。"};
inline constexpr ErrorCode kAnchorFileCut{
    "anchor_file_cut", ErrorGroup::Conflict,
    "The file of anchors {file} on {host} lacks {missing} of {all} lines that the database has, and not only the "
    "newest; the first of them is: {line}. It was cut, removed, or an older copy was put back. Nothing was written to "
    "it, and nothing is until a person has looked: find out who could write to it, and put back the copy that you keep "
    "elsewhere. Where there is none, 'huiqiao anchors --complete' on that host writes the missing lines and shows "
    "them.",
    "{host} 上的锚定文件 {file} 缺少数据库所有 {all} 行中的 {missing} 行，且不只是最新的行；首个缺行为：{line}。"
    "文件被截断、被删除，或放回了较旧的副本。未写入任何内容，在有人查看之前也不会写入：请查明何人可写该文件，"
    "并放回另存的副本。没有副本时，在该主机上运行“huiqiao anchors --complete”补写缺行并逐行显示。"};
}  // namespace ledger_error

}  // namespace huiqiao::ledger
