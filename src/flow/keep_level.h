#pragma once
// Holds provision accounts in CNY at the level that the configuration gives them, so that each bank that deals has
// money of ours to be paid from: what is missing (to what is free there and under way to it) is moved from the account
// into which buyers pay, no more than is free there and not needed for orders that only that bank serves; what those
// lack is moved back. Nothing goes to a bank that did not tell its rates when it was last asked, unless it deals on the
// telephone only. What stands at a bank that has been silent for longer than fx::Board bears counts for no order and is
// not fetched: a person is told of it. A payment by the paying account's bank, with a hold, only queried once it is
// sent. Customers' money stays customers' money, so it needs no two persons. Less than a hundredth of the level is not
// worth a payment, and one that was refused or came back is not followed by another for an hour. What becomes of it:
// src/flow/provision_transfer.h.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "src/flow/remit.h"
#include "src/operators/work_item.h"

namespace huiqiao::flow {

inline constexpr std::string_view kCnyAtSilentBank = "cny_at_silent_bank";  // work item; subject: the account

class KeepLevel {
 public:
    /// parts must outlive it.
    explicit KeepLevel(const RemitParts& parts);
    ~KeepLevel();

    /// How many transfers were ordered; none while payouts in CNY are stopped or the paying bank is closed.
    int step(Instant now);

 private:
    void tell_stuck(std::vector<operators::NewWorkItem> stuck, std::map<std::string, std::string> told);

    const RemitParts& parts_;
    std::unique_ptr<db::Operation> top_up_;
    std::unique_ptr<db::Operation> tell_;
    Instant looked_at_{};
};

}  // namespace huiqiao::flow
