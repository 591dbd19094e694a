#include "src/api/openapi.h"

namespace huiqiao::api {

void add_openapi(http::Router& router) {
    router.get("/openapi.json", [](const http::Request&, const http::PathParameters&) {
        return http::Response::json(200, std::string(openapi_document()));
    });
}

}  // namespace huiqiao::api
