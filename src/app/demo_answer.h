#pragma once
// Reading the service's answers as the demo's persons and platforms do.

#include <string>

#include "src/http/json.h"

namespace huiqiao::app {

/// Empty where the object has no such field.
std::string text_of(const http::JsonValue& object, const char* field);

}  // namespace huiqiao::app
