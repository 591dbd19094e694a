#pragma once
// An invariant that does not hold, as a sentence with its numbers. Ends the run.

#include <stdexcept>
#include <string>

namespace huiqiao::testing::sim {

class Broken : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

}  // namespace huiqiao::testing::sim
