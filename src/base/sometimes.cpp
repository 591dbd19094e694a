#include "src/base/sometimes.h"

#include <utility>

namespace huiqiao {

namespace {
std::function<void(std::string_view)>& recorder() {
    static std::function<void(std::string_view)> installed;
    return installed;
}
}  // namespace

void sometimes(std::string_view marker) {
    if (recorder()) recorder()(marker);
}

void install_marker_recorder(std::function<void(std::string_view)> replacement) {
    recorder() = std::move(replacement);
}

}  // namespace huiqiao
