#include "src/base/id.h"

#include <cstdio>

#include "src/base/earliest_id.h"

namespace huiqiao {

namespace {

constexpr std::string_view kCrockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

}  // namespace

std::string IdSource::next(std::string_view prefix) {
    std::array<std::uint8_t, 16> bytes{};
    {
        const std::lock_guard lock(mutex_);
        const std::int64_t ms = to_us(clock_.now()) / 1000;
        if (ms > last_ms_) {
            last_ms_ = ms;
            random_.fill(tail_);
        } else {
            // The same millisecond, or a clock that went back: count the tail up, so that ids still rise.
            std::size_t at = tail_.size();
            while (at > 0 && ++tail_[at - 1] == 0) --at;
            if (at == 0) ++last_ms_;
        }
        for (std::size_t i = 0; i < 6; ++i) {
            bytes[i] = static_cast<std::uint8_t>((static_cast<std::uint64_t>(last_ms_) >> (8 * (5 - i))) & 0xFFU);
        }
        for (std::size_t i = 0; i < tail_.size(); ++i) bytes[6 + i] = tail_[i];
    }
    std::string id(prefix.size() + 27, '_');
    prefix.copy(id.data(), prefix.size());
    // 128 bits as 26 characters of 5 bits from the end; the first carries the upper 3.
    std::uint64_t upper = 0;
    std::uint64_t lower = 0;
    for (std::size_t i = 0; i < 8; ++i) {
        upper = (upper << 8U) | bytes[i];
        lower = (lower << 8U) | bytes[8 + i];
    }
    for (std::size_t at = id.size(); at-- > prefix.size() + 1;) {
        id[at] = kCrockford[lower & 31U];
        lower = (lower >> 5U) | (upper << 59U);
        upper >>= 5U;
    }
    return id;
}

std::string earliest_id(std::string_view prefix, Instant at) {
    // The first ten characters are two empty bits and the 48 bits of milliseconds; the rest is the smallest tail.
    std::string id(prefix);
    id += '_';
    const auto ms = static_cast<std::uint64_t>(to_us(at) / 1000);
    for (int shift = 45; shift >= 0; shift -= 5) id += kCrockford[(ms >> static_cast<unsigned>(shift)) & 31U];
    id.append(16, kCrockford.front());
    return id;
}

std::string IdSource::random_reference(std::string_view prefix, std::size_t random_characters) {
    std::string reference(prefix);
    std::string drawn(random_characters, '\0');
    const std::lock_guard lock(mutex_);
    random_.fill({reinterpret_cast<std::uint8_t*>(drawn.data()), drawn.size()});
    for (const char byte : drawn) reference.push_back(kBase32[static_cast<unsigned char>(byte) % 32U]);
    return reference;
}

std::string IdSource::uuid() {
    std::array<std::uint8_t, 16> b{};
    {
        const std::lock_guard lock(mutex_);
        random_.fill(b);
    }
    b[6] = static_cast<std::uint8_t>((b[6] & 0x0FU) | 0x40U);
    b[8] = static_cast<std::uint8_t>((b[8] & 0x3FU) | 0x80U);
    std::array<char, 37> out{};
    std::snprintf(out.data(), out.size(), "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0],
                  b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
    return out.data();
}

}  // namespace huiqiao
