#pragma once
// What the channel answers to an order, a query or a close, read and applied (calls::AnswerHandler). Answers of one
// group are gathered and written as one set. Only collect*.cpp includes it.

#include <vector>

#include "src/flow/collect_facts.h"

namespace huiqiao::flow {

enum class ChannelOperation { Order, Query, Close };

class CollectAnswers final : public calls::AnswerHandler {
 public:
    CollectAnswers(const CollectParts& parts, ChannelOperation kind) : parts_(parts), kind_(kind) {}

    [[nodiscard]] std::string_view operation() const override;
    [[nodiscard]] std::optional<WireRequest> query(const calls::Call& call) const override;
    void sign(const calls::Call& call, WireRequest& request) const override;
    [[nodiscard]] calls::Reading read(const calls::Call& call, const WireAnswer& answer, bool of_query) const override;
    void find_set(db::Reader& reader, std::span<const calls::Answered> answered) override;
    void claim(db::Claims& claims, const calls::Call& call, const calls::Reading& reading) override;
    void lock(db::Locks& locks, const calls::Call& call, const calls::Reading& reading) override;
    void start(db::Group& group) override;
    void apply(db::Group& group, const calls::Call& call, const calls::Reading& reading,
               std::span<const calls::Moved> moved) override;
    void finish(db::Group& group) override;
    [[nodiscard]] std::optional<std::chrono::seconds> next_query(int queries) const override;

 private:
    const CollectParts& parts_;
    ChannelOperation kind_;
    std::vector<ChannelFact> facts_;  // of the group that is running; the writer's thread alone touches it
};

}  // namespace huiqiao::flow
