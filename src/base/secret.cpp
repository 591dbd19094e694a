#include "src/base/secret.h"

namespace huiqiao {

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe();
        bytes_ = std::move(other.bytes_);
        other.bytes_.clear();
    }
    return *this;
}

void Secret::wipe() noexcept {
    // Through a volatile pointer, so that the compiler keeps the writes although nobody reads them.
    volatile std::uint8_t* byte = bytes_.data();
    for (std::size_t at = 0; at < bytes_.size(); ++at) byte[at] = 0;
    bytes_.clear();
}

}  // namespace huiqiao
