#include "src/crypto/system_random.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <limits>
#include <stdexcept>

namespace huiqiao::crypto {

namespace {

void draw(std::span<std::uint8_t> bytes) {
    constexpr auto kMost = static_cast<std::size_t>(std::numeric_limits<int>::max());
    while (!bytes.empty()) {
        const std::size_t part = std::min(bytes.size(), kMost);
        if (RAND_bytes(bytes.data(), static_cast<int>(part)) != 1) {
            throw std::runtime_error("the system's source of random bytes failed");
        }
        bytes = bytes.subspan(part);
    }
}

std::atomic<unsigned> forks{0};

/// Of this thread's stock: what its other objects still ask for at the thread's end is drawn for itself.
thread_local constinit bool is_gone = false;

/// One thread's stock for nonces and ids: asked for ten bytes, the source takes as long as for some hundreds. Each byte
/// is given out once and wiped; a child process does not give out what its parent drew.
class Stock {
 public:
    Stock() {
        static const int noticed = ::pthread_atfork(nullptr, nullptr, [] { ++forks; });
        if (noticed != 0) throw std::runtime_error("a fork of the process would not be noticed");
    }
    ~Stock() {
        OPENSSL_cleanse(bytes_.data(), bytes_.size());
        is_gone = true;
    }
    Stock(const Stock&) = delete;
    Stock& operator=(const Stock&) = delete;

    static constexpr std::size_t kMost = 16;  // what is larger is drawn for itself

    void take(std::span<std::uint8_t> bytes) {
        if (const unsigned now = forks.load(); left_ < bytes.size() || drawn_after_ != now) {
            left_ = 0;  // where the source fails, nothing is left
            draw(bytes_);
            left_ = bytes_.size();
            drawn_after_ = now;
        }
        left_ -= bytes.size();
        std::uint8_t* const from = bytes_.data() + left_;
        std::copy(from, from + bytes.size(), bytes.begin());
        OPENSSL_cleanse(from, bytes.size());
    }

 private:
    std::array<std::uint8_t, 512> bytes_{};
    std::size_t left_ = 0;
    unsigned drawn_after_ = 0;
};

}  // namespace

void SystemRandom::fill(std::span<std::uint8_t> bytes) {
    if (bytes.size() > Stock::kMost || is_gone) return draw(bytes);
    static thread_local Stock stock;
    stock.take(bytes);
}

}  // namespace huiqiao::crypto
