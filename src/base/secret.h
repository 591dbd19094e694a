#pragma once
// Bytes that must never be printed: not copied, not streamed, wiped when they go.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace huiqiao {

class Secret {
 public:
    Secret() = default;
    explicit Secret(std::vector<std::uint8_t> bytes) : bytes_(std::move(bytes)) {}
    explicit Secret(const std::string& text) : bytes_(text.begin(), text.end()) {}
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) { other.bytes_.clear(); }
    Secret& operator=(Secret&& other) noexcept;
    ~Secret() { wipe(); }

    /// The bytes themselves, for the crypto room only.
    [[nodiscard]] std::span<const std::uint8_t> reveal() const { return bytes_; }
    [[nodiscard]] bool empty() const { return bytes_.empty(); }

 private:
    void wipe() noexcept;
    std::vector<std::uint8_t> bytes_;
};

}  // namespace huiqiao
