#pragma once
// The two write operations on notices: storing them before they are acknowledged, and processing those that wait. Only
// collect*.cpp and the bench include it.

#include <optional>
#include <string>
#include <utility>

#include "src/flow/collect_facts.h"

namespace huiqiao::flow {

/// Headers and body as one text, and back.
std::string encode_notice(const orders::WireHeaders& headers, std::string_view body);
std::pair<orders::WireHeaders, std::string> decode_notice(std::string_view text);

class StoreNotices final : public db::Operation {
 public:
    explicit StoreNotices(CollectCounters& counters) : counters_(counters) {}
    [[nodiscard]] std::string_view name() const override { return "store_notices"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;

 private:
    CollectCounters& counters_;
};

struct ProcessItem final : db::Item {
    std::string notice_id;
    std::string channel;
    std::optional<orders::ChannelNotice> notice;  // absent: genuine, but it cannot be read
};

class ProcessNotices final : public db::Operation {
 public:
    explicit ProcessNotices(const CollectParts& parts) : parts_(parts) {}
    [[nodiscard]] std::string_view name() const override { return "process_notices"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override;

 private:
    const CollectParts& parts_;
};

}  // namespace huiqiao::flow
