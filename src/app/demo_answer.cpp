#include "src/app/demo_answer.h"

namespace huiqiao::app {

std::string text_of(const http::JsonValue& object, const char* field) {
    const auto value = object.find(field);
    return value ? std::string(value->text()) : "";
}

}  // namespace huiqiao::app
