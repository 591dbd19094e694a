#include "src/api/recorder.h"

#include "src/api/request_store.h"
#include "src/http/problem.h"

namespace huiqiao::api {

http::Response Recorder::record(const SignedRequest& request, RecordedOperation& operation,
                                std::shared_ptr<db::Item> inner, KeyRule key_rule,
                                std::function<http::Response(const db::Item&)> answer) const {
    const http::Request& http_request = request.request;
    const bool key_is_there = key_rule != KeyRule::NotTaken && http_request.headers.count("idempotency-key") > 0;
    // only(): a key given twice is none.
    const std::string* key = key_is_there ? http_request.headers.only("idempotency-key") : nullptr;
    if (key_is_there && (key == nullptr || !is_idempotency_key(*key)))
        return http::problem(Error(api_error::kKeyInvalid), request.request_id);
    if (!key_is_there && key_rule == KeyRule::Required)
        return http::problem(Error(api_error::kKeyMissing), request.request_id);

    auto item = std::make_shared<RecordedItem>();
    item->weight = inner->weight;
    item->request_id = request.request_id;
    item->received_at = clock_.now();
    item->nonce_key = nonce_key(request.signature.key_id, request.signature.nonce);
    if (key != nullptr) {
        item->idempotency_key = idempotency_key(request.owner_id, *key);
        item->fingerprint =
            request_fingerprint(http::to_text(http_request.method), http_request.target, http_request.body);
    }
    item->inner = std::move(inner);
    item->answer = std::move(answer);

    const Monotonic deadline = clock_.monotonic() + settings_.answer_within;
    const Result<std::shared_ptr<db::Ticket>> ticket = queue_.submit(operation, item);
    if (!ticket) return http::problem(ticket.error(), request.request_id, settings_.retry_after_s);
    const Status committed = queue_.wait(*ticket, deadline);
    // The item is still the writer's where the deadline has passed: it is not looked at then.
    if (!committed) return http::problem(committed.error(), request.request_id, settings_.retry_after_s);
    return std::move(item->response);
}

}  // namespace huiqiao::api
