#pragma once
// The sandbox's counterparties in process, each with its books in a file of its own, behind an http::Client that brings
// a request to them at once; and the clock of what they take for their own part.

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "src/app/bench_spent.h"
#include "src/app/sandbox_parts.h"

namespace huiqiao::app {

struct BenchPeersParts {
    const Config& config;
    std::filesystem::path tables;
    std::filesystem::path rates_file;
    const Clock& clock;
    crypto::KeyStore& keys;
    Random& random;
    std::filesystem::path directory;  // of their books
};

class BenchPeers {
 public:
    explicit BenchPeers(const BenchPeersParts& parts);
    ~BenchPeers();

    /// For one who calls: its requests reach them at once, and are answered at its next look.
    std::unique_ptr<http::Client> client();
    /// How the institution takes what came for it at one instant, all together; an answer for each.
    using Institution = std::function<std::vector<http::Response>(const std::vector<http::Request>&)>;
    /// Sends what they send by themselves at the instant, each once. How many.
    int deliver_due(Instant now, const Institution& institution);
    /// What they took for answering and for their books.
    [[nodiscard]] Spent took() const;

 private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// As it comes out of a server's reader.
http::Request received(const http::OutgoingRequest& sent);

}  // namespace huiqiao::app
