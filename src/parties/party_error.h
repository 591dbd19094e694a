#pragma once
// What is refused about parties. None of these carries personal data.

#include "src/base/error.h"

namespace huiqiao::parties::party_error {

inline constexpr ErrorCode kBadPerson{"bad_person", ErrorGroup::Rule,
                                      "The person's '{field}' is not acceptable: {why}.",
                                      "人员信息字段“{field}”不符合要求：{why}。"};
inline constexpr ErrorCode kBadPayee{"bad_payee", ErrorGroup::Rule, "The payee's '{field}' is not acceptable: {why}.",
                                     "收款人字段“{field}”不符合要求：{why}。"};
inline constexpr ErrorCode kBadIdentityType{"bad_identity_type", ErrorGroup::Rule,
                                            "'{text}' is not an identity type; use resident_id or passport.",
                                            "“{text}”不是证件类型，请使用 resident_id 或 passport。"};
inline constexpr ErrorCode kPartyTaken{"party_taken", ErrorGroup::Conflict, "{kind} {id} exists already.",
                                       "{kind} {id} 已存在。"};
inline constexpr ErrorCode kBadParty{"bad_party", ErrorGroup::Rule, "The {kind}'s '{field}' is not acceptable: {why}.",
                                     "{kind} 的字段“{field}”不符合要求：{why}。"};

}  // namespace huiqiao::parties::party_error
