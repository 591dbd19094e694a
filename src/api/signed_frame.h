#pragma once
// What every signed route shares, of platforms and of operators: the request gets an id, is authenticated, is answered,
// and the answer is signed so that it fits this request only. Where nobody proved who he is, nothing is signed; nor is
// an answer that goes on without an end.

#include <functional>
#include <string>

#include "src/base/id.h"
#include "src/http/message_signature.h"

namespace huiqiao::api {

class SignedFrame {
 public:
    /// The signature that was proved to be the caller's.
    using Authenticate = std::function<Result<std::string>()>;
    using Route = std::function<http::Response(const std::string& request_id)>;

    /// answers: the key by which answers are signed. retry_after_s: what whoever is turned away (429, 503) waits.
    SignedFrame(const Clock& clock, IdSource& ids, Random& random, http::SignatureKey answers,
                std::function<int()> retry_after_s)
        : clock_(clock),
          ids_(ids),
          random_(random),
          answers_(std::move(answers)),
          retry_after_s_(std::move(retry_after_s)) {}

    /// A read that the database does not answer is 503 with effect none: the write queue answers for itself.
    http::Response answer(const Authenticate& authenticate, const Route& route) const;

 private:
    const Clock& clock_;
    IdSource& ids_;
    Random& random_;
    http::SignatureKey answers_;
    std::function<int()> retry_after_s_;
};

}  // namespace huiqiao::api
