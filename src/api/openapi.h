#pragma once
// The API's description, OpenAPI 3.1, built in from openapi.json beside this file. One document for the three
// listeners; tests hold its inventory against the routers and every answer against its schemas.

#include <string_view>

#include "src/http/router.h"

namespace huiqiao::api {

std::string_view openapi_document();

/// GET /openapi.json, unsigned.
void add_openapi(http::Router& router);

}  // namespace huiqiao::api
