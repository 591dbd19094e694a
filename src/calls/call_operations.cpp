#include "src/calls/call_operations.h"

#include "src/calls/claim_calls.h"
#include "src/calls/record_answers.h"

namespace huiqiao::calls {

void AnswerHandlers::add(AnswerHandler& handler) {
    if (!handlers_.emplace(std::string(handler.operation()), &handler).second) {
        throw LogicError("two answer handlers for " + std::string(handler.operation()));
    }
}

AnswerHandler& AnswerHandlers::of(std::string_view operation) const {
    const auto place = handlers_.find(operation);
    if (place == handlers_.end()) throw LogicError("no answer handler for " + std::string(operation));
    return *place->second;
}

std::vector<AnswerHandler*> AnswerHandlers::all() const {
    std::vector<AnswerHandler*> every;
    for (const auto& [name, handler] : handlers_) every.push_back(handler);
    return every;
}

CallOperations::CallOperations(const AnswerHandlers& handlers, Escalations& escalations, const crypto::Sealer& sealer,
                               Random& random, CallRules rules)
    : handlers_(handlers),
      sealer_(sealer),
      rules_(rules),
      claim_(std::make_unique<ClaimCalls>(handlers, escalations, rules_)),
      record_(std::make_unique<RecordAnswers>(handlers, escalations, sealer, random, rules_)) {}

CallOperations::~CallOperations() = default;

db::Operation& CallOperations::claim() {
    return *claim_;
}
db::Operation& CallOperations::record() {
    return *record_;
}

}  // namespace huiqiao::calls
