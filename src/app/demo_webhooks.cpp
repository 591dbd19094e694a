#include "src/app/demo_webhooks.h"

#include "src/http/webhook_signature.h"

namespace huiqiao::app {

DemoWebhooks::DemoWebhooks(const Clock& clock, crypto::VerifyKey service_key, int port)
    : clock_(clock), service_key_(std::move(service_key)), server_(clock, routes(), [port] {
          http::ServerSettings settings;
          settings.port = static_cast<std::uint16_t>(port);
          settings.threads = 16;
          return settings;
      }()) {}

http::Router DemoWebhooks::routes() {
    http::Router router;
    router.post("/hooks/{platform}", [this](const http::Request& request, const http::PathParameters&) {
        if (!http::verify_webhook(request.headers, request.body, clock_.now(), {service_key_})) {
            ++forged_;
            return http::Response::text(401, "signature");
        }
        ++received_;
        return http::Response::text(204, "");
    });
    return router;
}

}  // namespace huiqiao::app
