#include "adapters/fix44/unawaited.h"

#include "adapters/fix44/tags.h"
#include "adapters/fix44/wire.h"

namespace huiqiao::fix44 {

namespace {

constexpr std::size_t kMostSenders = 20;  // a session each; what they say of themselves may be anything

}  // namespace

void Unawaited::took(const Message& message, Instant now) {
    ++messages_;
    if (message.type() != "8" || message.only(tag::kExecType) != "F") return;
    UnawaitedFill fill{std::string(message.only(tag::kClOrdId)),
                       std::string(message.only(tag::kOrderId)),
                       {},
                       std::string(message.only(tag::kSenderCompId))};
    if (const Result<Currency> dealt = Currency::find(std::string(message.only(tag::kCurrency))))
        fill.dealt_in_all = quantity_of(*dealt, message.only(tag::kCumQty));
    const std::scoped_lock lock(mutex_);
    if (kept_.fills.size() < kMost) {
        kept_.fills.push_back(std::move(fill));
    } else {
        if (++kept_.not_kept == 1) kept_.first_not_kept = now;
        kept_.last_not_kept = now;
        if (kept_.senders.size() < kMostSenders) kept_.senders.insert(std::move(fill.sender));
    }
}

Unawaited::Taken Unawaited::take_fills() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(kept_, {});
}

}  // namespace huiqiao::fix44
