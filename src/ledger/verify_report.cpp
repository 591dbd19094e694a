#include "src/ledger/verify.h"

namespace huiqiao::ledger {

std::string VerifyReport::text_english() const {
    std::string text;
    for (const Error& problem : problems) text += problem.english() + "\n";
    if (problem_count > problems.size()) text += std::to_string(problem_count - problems.size()) + " more problems.\n";
    for (const Error& notice : notices) text += notice.english() + "\n";
    text += is_good() ? "The books are right: " : std::to_string(problem_count) + " problems. Read: ";
    return text + std::to_string(entries) + " entries, " + std::to_string(postings) + " postings, " +
           std::to_string(accounts) + " accounts, " + std::to_string(anchors) + " anchors, " +
           std::to_string(sealed_days) + " sealed days.\n";
}

std::string VerifyReport::text_chinese() const {
    std::string text;
    for (const Error& problem : problems) text += problem.chinese() + "\n";
    if (problem_count > problems.size())
        text += "另有 " + std::to_string(problem_count - problems.size()) + " 个问题。\n";
    for (const Error& notice : notices) text += notice.chinese() + "\n";
    text += is_good() ? "账簿正确：" : "共 " + std::to_string(problem_count) + " 个问题。已核对：";
    return text + std::to_string(entries) + " 笔分录，" + std::to_string(postings) + " 条记账，" +
           std::to_string(accounts) + " 个账户，" + std::to_string(anchors) + " 个锚定，" +
           std::to_string(sealed_days) + " 个已封存日。\n";
}

}  // namespace huiqiao::ledger
