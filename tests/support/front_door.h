#pragma once
// The routes of the platforms', the notices' and the operators' listeners without their sockets: a request in, an
// answer out, on the caller's thread, through the same authentication, recording and signing as behind a listener.

#include <memory>

#include "src/app/app.h"
#include "src/http/message.h"

namespace huiqiao::testing {

class FrontDoor {
 public:
    FrontDoor(app::App::Parts& parts, crypto::KeyStore& keys, const Clock& clock, Random& random);
    ~FrontDoor();

    http::Response platforms(const http::Request& request);
    http::Response notices(const http::Request& request);
    http::Response operators(const http::Request& request);

 private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace huiqiao::testing
