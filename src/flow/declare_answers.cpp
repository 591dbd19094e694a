// The carrier's answers to our messages. They prove carrying: only a refusal of the whole message changes a
// declaration. What was not answered goes again by the same bytes, for days (CST-04).

#include <array>

#include "src/flow/declare_parts.h"

namespace huiqiao::flow {

namespace {

/// While nothing is proved: the same bytes again after these pauses; the last one repeats, for four days and more.
constexpr std::array<std::chrono::seconds, 6> kPauses{std::chrono::seconds(30),  std::chrono::seconds(60),
                                                      std::chrono::seconds(120), std::chrono::seconds(300),
                                                      std::chrono::seconds(600), std::chrono::seconds(1800)};
constexpr int kMostSendings = 200;

class DeclareHandler final : public calls::AnswerHandler {
 public:
    explicit DeclareHandler(const DeclareParts& parts) : parts_(parts) {}
    [[nodiscard]] std::string_view operation() const override { return "customs.declare"; }
    [[nodiscard]] std::optional<WireRequest> query(const calls::Call&) const override { return std::nullopt; }

    [[nodiscard]] calls::Reading read(const calls::Call& call, const WireAnswer& answer, bool) const override {
        const customs::CarrierAnswer said = parts_.gateway.read_declare(call.reference, answer);
        calls::Reading reading;
        for (const calls::Instruction& instruction : call.instructions) {
            reading.answers.push_back({instruction.reference, said.outcome, "", std::nullopt, said.code, said.reason});
        }
        return reading;
    }

    void find(db::Reader& reader, const calls::Call& call, const calls::Reading&) override {
        std::vector<std::string> ids;
        for (const calls::Instruction& instruction : call.instructions) ids.push_back(instruction.subject_id);
        found_.put(call.id, DeclarationRows::find(reader, ids, true));
    }
    void claim(db::Claims&, const calls::Call&, const calls::Reading&) override {}
    void lock(db::Locks& locks, const calls::Call& call, const calls::Reading&) override {
        found_.get(call.id)->lock(locks);
    }

    void apply(db::Group& group, const calls::Call& call, const calls::Reading&,
               std::span<const calls::Moved> moved) override {
        const auto rows = found_.get(call.id);
        found_.forget(call.id);
        std::vector<const calls::Moved*> decided;
        for (const calls::Moved& one : moved) {
            const bool decides =
                one.to == calls::InstructionOutcome::Rejected || one.to == calls::InstructionOutcome::Confirmed;
            if (decides && one.from != one.to) decided.push_back(&one);
        }
        if (decided.empty()) return;
        DeclarationsInHand in_hand(group, parts_, *rows);
        for (const calls::Moved* one : decided) {
            // Confirmed: two persons know that customs has it. Rejected: the carrier, or two persons, refuse it.
            const bool confirmed = one->to == calls::InstructionOutcome::Confirmed;
            const customs::ReturnCode code{
                confirmed ? 120 : 100, confirmed ? customs::Meaning::Accepted : customs::Meaning::Rejected,
                confirmed ? "Confirmed by two persons." : "The carrier refused the whole message.",
                confirmed ? "经双人确认已入库" : "单一窗口拒收整份报文"};
            in_hand.apply(one->instruction->subject_id, one->instruction->part_no, code, group.now);
        }
        in_hand.save();
    }

    [[nodiscard]] std::optional<std::chrono::seconds> next_query(int sendings) const override {
        if (sendings >= kMostSendings) return std::nullopt;
        return kPauses.at(std::min(static_cast<std::size_t>(std::max(sendings, 0)), kPauses.size() - 1));
    }

 private:
    const DeclareParts& parts_;
    FoundByCall<DeclarationRows> found_;
};

}  // namespace

std::unique_ptr<calls::AnswerHandler> make_declare_handler(const DeclareParts& parts) {
    return std::make_unique<DeclareHandler>(parts);
}

}  // namespace huiqiao::flow
