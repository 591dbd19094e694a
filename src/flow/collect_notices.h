#pragma once
// The write operations on notices: storing them before they are acknowledged, processing those that wait, and putting
// off those whose processing failed. Only collect*.cpp and the bench include it.

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
