#include "src/base/crash_point.h"

#include <utility>

namespace huiqiao {

namespace {
std::function<void(std::string_view)>& hook() {
    static std::function<void(std::string_view)> installed;
    return installed;
}
}  // namespace

void crash_point(std::string_view name) {
    if (hook()) hook()(name);
}

void crash_point(std::string_view name, std::string_view of_what) {
    if (hook()) hook()(std::string(name).append(":").append(of_what));
}

void install_crash_hook(std::function<void(std::string_view)> replacement) {
    hook() = std::move(replacement);
}

}  // namespace huiqiao
