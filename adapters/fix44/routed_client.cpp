#include "adapters/fix44/routed_client.h"

#include <algorithm>

#include "adapters/fix44/fix_client.h"

namespace huiqiao::fix44 {

namespace {

constexpr std::chrono::microseconds kLook{2'000};

}  // namespace

http::CallHandle RoutedClient::start(http::OutgoingRequest request) {
    Way& way = is_fix_url(request.base_url) ? fix_ : others_;
    way.under_way.emplace(way.client->start(std::move(request)), ++last_);
    return last_;
}

std::vector<http::Completion> RoutedClient::take_completed(Monotonic now) {
    std::vector<http::Completion> completions;
    for (Way* way : {&fix_, &others_}) {
        for (http::Completion& each : way->client->take_completed(now)) {
            const auto ours = way->under_way.find(each.handle);
            if (ours == way->under_way.end()) continue;
            completions.push_back({ours->second, std::move(each.outcome)});
            way->under_way.erase(ours);
        }
    }
    return completions;
}

void RoutedClient::abandon(http::CallHandle handle) {
    for (Way* way : {&fix_, &others_}) {
        const auto theirs = std::find_if(way->under_way.begin(), way->under_way.end(),
                                         [&](const auto& entry) { return entry.second == handle; });
        if (theirs == way->under_way.end()) continue;
        way->client->abandon(theirs->first);
        way->under_way.erase(theirs);
    }
}

void RoutedClient::wait(std::chrono::microseconds at_most) {
    if (fix_.under_way.empty()) return others_.client->wait(at_most);
    fix_.client->wait(others_.under_way.empty() ? at_most : std::min(at_most, kLook));
}

}  // namespace huiqiao::fix44
