#include "src/events/remembered_lookups.h"

#include <map>
#include <memory>
#include <mutex>

namespace huiqiao::events {

namespace {

struct Failures {
    std::mutex mutex;
    std::map<std::string, Monotonic> rests_until;  // by host
};

}  // namespace

Resolve remembering_failures(const Clock& clock, Resolve resolve) {
    // Shared, since a Resolve is copied about and its copies must know the same.
    const auto failures = std::make_shared<Failures>();
    return [&clock, failures, resolve = std::move(resolve)](const std::string& host) {
        {
            const std::scoped_lock lock(failures->mutex);
            const auto known = failures->rests_until.find(host);
            if (known != failures->rests_until.end() && clock.monotonic() < known->second)
                return std::vector<std::string>();
        }
        std::vector<std::string> addresses = resolve(host);
        const std::scoped_lock lock(failures->mutex);
        if (!addresses.empty()) {
            failures->rests_until.erase(host);
        } else {
            if (failures->rests_until.size() >= kMostLookupsAtRest) failures->rests_until.clear();
            failures->rests_until[host] = clock.monotonic() + kLookupRests;
        }
        return addresses;
    };
}

}  // namespace huiqiao::events
