#pragma once
// The body of a maker's proposal, made from what he types at a shell: which actions there are, what the content of each
// holds, and whether it takes the hash of a document. What can be seen to be wrong is refused here, before anything is
// signed; whether an action can be carried out is the service's to say.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "src/base/result.h"

namespace huiqiao::api {

struct ProposedAction {
    std::string_view name;
    std::string_view content;  // its shape, as help shows it
    bool takes_evidence = true;
};
std::span<const ProposedAction> proposed_actions();

struct ProposalCommand {
    std::string action;
    std::string content;  // a JSON object, without reason and evidence
    std::string reason;
    std::optional<std::string> evidence_sha256;  // of the document that shows it, in hex
};

/// What POST /v1/ops/approvals takes.
Result<std::string> proposal_body(const ProposalCommand& command);

namespace api_error {
inline constexpr ErrorCode kNoSuchAction{
    "no_such_action", ErrorGroup::Syntax,
    "There is no action '{action}'. These are there: {actions}. Nothing was signed.",
    "没有操作“{action}”。可用的操作：{actions}。未作签名。"};
inline constexpr ErrorCode kBadContent{"bad_content", ErrorGroup::Syntax,
                                       "The argument CONTENT is no JSON object: {why}. {action} takes {shape}. Nothing "
                                       "was signed.",
                                       "参数 CONTENT 不是 JSON 对象：{why}。{action} 的内容形如 {shape}。未作签名。"};
inline constexpr ErrorCode kGroundsInContent{
    "grounds_in_content", ErrorGroup::Syntax,
    "The argument CONTENT holds '{field}'; give it by {option}. Nothing was signed.",
    "参数 CONTENT 中含有“{field}”，请改用 {option}。未作签名。"};
inline constexpr ErrorCode kBadReason{"bad_reason", ErrorGroup::Syntax,
                                      "--reason must be text of 10 to 250 characters. Nothing was signed.",
                                      "--reason 须为 10 至 250 个字符的文字。未作签名。"};
inline constexpr ErrorCode kProposalEvidence{
    "proposal_evidence", ErrorGroup::Syntax,
    "{action} needs --evidence: the file that shows it, which is hashed and not sent. Nothing was signed.",
    "{action} 须有 --evidence：证明文件，只取散列，不发送。未作签名。"};
inline constexpr ErrorCode kNoEvidenceTaken{"no_evidence_taken", ErrorGroup::Syntax,
                                            "{action} takes no evidence: leave --evidence out. Nothing was signed.",
                                            "{action} 不带证明文件，请去掉 --evidence。未作签名。"};
}  // namespace api_error

}  // namespace huiqiao::api
