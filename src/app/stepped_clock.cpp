#include "src/app/stepped_clock.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "src/base/error.h"

namespace huiqiao::app {

static_assert(std::atomic<std::int64_t>::is_always_lock_free);

void SteppedClock::create(const std::filesystem::path& file, Instant start) {
    if (std::filesystem::exists(file)) return;
    const std::int64_t us = to_us(start);
    std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(&us), sizeof us);
}

SteppedClock::SteppedClock(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0) throw std::runtime_error("The demo's clock " + file.string() + " cannot be opened.");
    void* memory = ::mmap(nullptr, sizeof(std::int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    ::close(descriptor);
    if (memory == MAP_FAILED) throw std::runtime_error("The demo's clock " + file.string() + " cannot be mapped.");
    shared_us_ = static_cast<std::atomic<std::int64_t>*>(memory);
}

SteppedClock::~SteppedClock() {
    ::munmap(shared_us_, sizeof(std::int64_t));
}

Instant SteppedClock::now() const {
    return from_us(shared_us_->load());
}

Monotonic SteppedClock::monotonic() const {
    return machine_.monotonic();
}

void SteppedClock::advance(std::chrono::microseconds by) {
    if (by.count() < 0) throw LogicError("the demo's clock was turned back");
    *shared_us_ += by.count();
}

void SteppedClock::advance_to(Instant instant) {
    advance(instant - now());
}

}  // namespace huiqiao::app
