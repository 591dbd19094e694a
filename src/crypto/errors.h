#pragma once
// The error codes of this room. None of them says anything of a key or of sealed contents.

#include "src/base/error.h"

namespace huiqiao::crypto {

inline constexpr ErrorCode kBadKey{"bad_key", ErrorGroup::Rule, "the key cannot be used as {algorithm}.",
                                   "该密钥不能用作 {algorithm}。"};
inline constexpr ErrorCode kBadCertificate{"bad_certificate", ErrorGroup::Rule, "the certificate cannot be read.",
                                           "证书无法读取。"};
inline constexpr ErrorCode kSealUnreadable{"seal_unreadable", ErrorGroup::Internal,
                                           "a sealed value does not open at its place.", "密封数据无法在此处解封。"};
inline constexpr ErrorCode kKeyFileUnusable{"key_file_unusable", ErrorGroup::Internal,
                                            "key file {file} cannot be used: {reason}.",
                                            "密钥文件 {file} 不可用：{reason}。"};

}  // namespace huiqiao::crypto
