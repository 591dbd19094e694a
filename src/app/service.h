#pragma once
// `huiqiao serve`: the graph with its threads: the writer, the workers, and three listeners with limits of their own
// (platforms; notices of channels, banks and customs, never shed; operators, health and metrics). Stops gracefully: no
// new requests, those in hand are answered, what was acknowledged is written.

#include <memory>

#include "src/app/command_line.h"
#include "src/app/house.h"

namespace huiqiao::app {

class Service {
 public:
    explicit Service(House& house);
    ~Service();

    /// Listens and begins to work. Errors name the address that cannot be had.
    Status start();
    void stop();

 private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// `huiqiao serve`: until SIGTERM or SIGINT.
void add_service(CommandLine& line);

}  // namespace huiqiao::app
