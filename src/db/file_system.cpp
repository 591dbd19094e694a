#include "src/db/file_system.h"

#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "src/db/database.h"

namespace huiqiao::db {

namespace {

// NFS, SMB, CIFS, SMB2, AFS, OpenAFS, Coda, NCP, 9P, Ceph, GPFS, Lustre, OCFS2, GFS2.
constexpr std::array<std::uint32_t, 14> kNetworkTypes{0x6969,     0x517B,     0xFF534D42, 0xFE534D42, 0x5346414F,
                                                      0x6B414653, 0x73757245, 0x564C,     0x01021997, 0x00C36400,
                                                      0x47504653, 0x0BD00BD0, 0x7461636F, 0x01161970};

}  // namespace

bool is_network_file_system(std::int64_t type) {
    return std::find(kNetworkTypes.begin(), kNetworkTypes.end(), static_cast<std::uint32_t>(type)) !=
           kNetworkTypes.end();
}

void require_local_file(const std::string& path) {
    const std::filesystem::path directory = std::filesystem::absolute(path).parent_path();
    struct statfs standing {};
    if (::statfs(directory.c_str(), &standing) != 0 || !is_network_file_system(standing.f_type)) return;
    throw DatabaseError(Failure::Bug, 0,
                        "the SQLite file stands on a network file system, which cannot keep its log: " + path);
}

}  // namespace huiqiao::db
