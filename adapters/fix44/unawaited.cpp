#include "adapters/fix44/unawaited.h"

#include "adapters/fix44/tags.h"
#include "adapters/fix44/wire.h"

namespace huiqiao::fix44 {

void Unawaited::took(const Message& message) {
    ++messages_;
    if (message.type() != "8" || message.only(tag::kExecType) != "F") return;
    UnawaitedFill fill{std::string(message.only(tag::kClOrdId)), std::string(message.only(tag::kOrderId)), {}};
    if (const Result<Currency> dealt = Currency::find(std::string(message.only(tag::kCurrency))))
        fill.dealt_in_all = quantity_of(*dealt, message.only(tag::kCumQty));
    const std::scoped_lock lock(mutex_);
    if (kept_.fills.size() < kMost) {
        kept_.fills.push_back(std::move(fill));
    } else {
        ++kept_.not_kept;
    }
}

Unawaited::Taken Unawaited::take_fills() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(kept_, {});
}

}  // namespace huiqiao::fix44
