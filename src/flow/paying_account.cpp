#include "src/flow/paying_account.h"

#include "src/base/planted.h"

#include <algorithm>

namespace huiqiao::flow {

namespace {

const PaidFrom* find(std::span<const PaidFrom> left, const std::string& account) {
    const auto found =
        std::find_if(left.begin(), left.end(), [&](const PaidFrom& each) { return each.account == account; });
    return found == left.end() ? nullptr : &*found;
}

/// Of what was bought for it and is still there for it, into accounts that are known: what is paid from each.
std::vector<PaidFrom> as_bought(const Money& amount, std::span<const PaidFrom> left,
                                const std::map<std::string, Money>& bought) {
    std::vector<PaidFrom> parts;
    Money rest = amount;
    for (const auto& [account, there] : bought) {
        if (find(left, account) == nullptr || !there.is_positive() || !rest.is_positive()) continue;
        parts.push_back({account, std::min(there, rest)});
        rest -= parts.back().amount;
    }
    return rest.is_positive() ? std::vector<PaidFrom>{} : parts;
}

}  // namespace

std::vector<PaidFrom> paid_from(const Money& amount, std::span<const PaidFrom> left,
                                const std::map<std::string, Money>& bought) {
    std::vector<PaidFrom> parts = as_bought(amount, left, bought);
    if (is_planted(Bug::PaidFromElsewhere)) parts.clear();
    if (parts.empty()) {
        const auto has_all =
            std::find_if(left.begin(), left.end(), [&](const PaidFrom& each) { return each.amount >= amount; });
        if (has_all != left.end()) parts.push_back({has_all->account, amount});
        return parts;
    }
    const bool is_there = std::all_of(parts.begin(), parts.end(), [&](const PaidFrom& part) {
        return find(left, part.account)->amount >= part.amount;
    });
    return is_there ? parts : std::vector<PaidFrom>{};
}

}  // namespace huiqiao::flow
