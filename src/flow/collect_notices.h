#pragma once
// The write operations on notices: storing them before they are acknowledged, processing those that wait, and putting
// off those whose processing failed. Only collect*.cpp and the bench include it.

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "src/flow/collect_facts.h"

namespace huiqiao::flow {

/// Headers and body as one text, and back.
std::string encode_notice(const orders::WireHeaders& headers, std::string_view body);
std::pair<orders::WireHeaders, std::string> decode_notice(std::string_view text);

struct ProcessItem final : db::Item {
    std::string notice_id;
    std::string channel;
    std::optional<orders::ChannelNotice> notice;  // absent: genuine, but it cannot be read
};

/// Notices as they were read when this process took them in, until it processes them: the common one is neither opened
/// nor verified a second time. Bounded; what is not here (taken in before a restart, by another process, or too long
/// ago) is read from its row.
class FreshNotices {
 public:
    static constexpr std::size_t kMost = 20'000;

    void keep(const NoticeItem& stored);
    /// Fills in the item's notice. False where it is not here.
    bool take(ProcessItem& item);

 private:
    std::mutex mutex_;
    std::map<std::string, std::optional<orders::ChannelNotice>> by_id_;  // ids sort by time
};

class StoreNotices final : public db::Operation {
 public:
    StoreNotices(CollectCounters& counters, FreshNotices& fresh) : counters_(counters), fresh_(fresh) {}
    [[nodiscard]] std::string_view name() const override { return "store_notices"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;

 private:
    CollectCounters& counters_;
    FreshNotices& fresh_;
};

class ProcessNotices final : public db::Operation {
 public:
    explicit ProcessNotices(const CollectParts& parts) : parts_(parts) {}
    [[nodiscard]] std::string_view name() const override { return "process_notices"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;

 private:
    const CollectParts& parts_;
};

/// Notices whose processing met a fault of ours: tried again later, so that they keep no other one waiting, and held in
/// the end. Items are those of ProcessNotices.
class PutOffNotices final : public db::Operation {
 public:
    explicit PutOffNotices(const CollectParts& parts) : parts_(parts) {}
    [[nodiscard]] std::string_view name() const override { return "put_off_notices"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;

 private:
    const CollectParts& parts_;
};

}  // namespace huiqiao::flow
