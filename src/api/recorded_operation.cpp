#include "src/api/recorded_operation.h"

#include <map>

#include "src/api/request_store.h"
#include "src/base/planted.h"
#include "src/http/problem.h"

namespace huiqiao::api {

namespace {

crypto::SealPlace answer_place(const std::string& key) {
    return {"idempotency_key", key, "sealed_answer"};
}

class RecordedWork final : public db::Work {
 public:
    RecordedWork(db::Operation& inner, const crypto::Sealer& sealer, std::span<const std::shared_ptr<db::Item>> items)
        : sealer_(sealer) {
        std::vector<std::shared_ptr<db::Item>> inner_items;
        for (const auto& item : items) {
            items_.push_back(static_cast<RecordedItem*>(item.get()));
            items_.back()->inner->skipped = false;
            inner_items.push_back(items_.back()->inner);
        }
        inner_ = inner.begin(inner_items);
    }

    void find(db::Reader& reader) override {
        // Keys that stand already are known before anything is claimed: a replay then claims no business number.
        std::vector<std::string> keys;
        for (const RecordedItem* item : items_) {
            if (!item->idempotency_key.empty()) keys.push_back(item->idempotency_key);
        }
        const auto kept = RequestStore::kept(reader, keys);
        for (RecordedItem* item : items_) item->inner->skipped = kept.contains(item->idempotency_key);
        inner_->find(reader);
    }

    void claim(db::Claims& claims) override {
        for (const RecordedItem* item : items_) {
            // A few minutes more than the signature's own life; the clock of the group is not known yet.
            claims.add(kNonceClaim, item->nonce_key, item->request_id, nonce_expiry(*item));
            if (!item->idempotency_key.empty()) {
                claims.add(kIdempotencyClaim, item->idempotency_key, item->request_id, item->fingerprint, 0, "",
                           key_expiry(*item));
            }
        }
        inner_->claim(claims);
    }

    void lock(db::Locks& locks) override { inner_->lock(locks); }

    void run(db::Group& group) override {
        std::map<std::string, RecordedItem*> first_of_key;
        std::vector<RecordedItem*> replays;
        std::vector<std::string> released;
        for (RecordedItem* item : items_) {
            const bool has_key = !item->idempotency_key.empty();
            const bool key_is_ours =
                has_key && group.claims.owner(kIdempotencyClaim, item->idempotency_key) == item->request_id;
            item->inner->skipped = true;
            if (group.claims.owner(kNonceClaim, item->nonce_key) != item->request_id) {
                item->response = http::problem(Error(api_error::kNonceUsed), item->request_id);
                // ORD-06: what fails before it began does not consume the key.
                if (key_is_ours) released.push_back(item->idempotency_key);
            } else if (has_key && !key_is_ours) {
                replays.push_back(item);
            } else {
                item->inner->skipped = false;
                if (has_key) first_of_key[item->idempotency_key] = item;
            }
        }
        RequestStore::release(group.tx, released);
        inner_->run(group);
        keep_answers(group);
        answer_replays(group, first_of_key, replays);
    }

    void committed() override { inner_->committed(); }

 private:
    static Instant nonce_expiry(const RecordedItem& item) { return item.received_at + kKeepNonces; }
    static Instant key_expiry(const RecordedItem& item) { return item.received_at + kKeepIdempotencyKeys; }

    void keep_answers(db::Group& group) {
        db::Rows rows;
        std::vector<std::string> released;
        for (RecordedItem* item : items_) {
            if (item->inner->skipped) continue;
            item->response = item->answer(*item->inner);
            if (item->idempotency_key.empty()) continue;
            const bool later = item->response.status == 429 || item->response.status == 503;
            if (later || is_planted(Bug::IdempotencyKeyNotKept)) {
                // ORD-06: "ask again later" is no outcome; the same key shall be able to try again.
                released.push_back(item->idempotency_key);
                continue;
            }
            rows.add(item->idempotency_key, item->response.status,
                     sealer_.seal(answer_place(item->idempotency_key), item->response.body));
        }
        RequestStore::release(group.tx, released);
        RequestStore::keep(group.tx, rows);
    }

    void answer_replays(db::Group& group, const std::map<std::string, RecordedItem*>& first_of_key,
                        const std::vector<RecordedItem*>& replays) {
        std::vector<std::string> keys;
        for (const RecordedItem* item : replays) {
            if (!first_of_key.contains(item->idempotency_key)) keys.push_back(item->idempotency_key);
        }
        const auto kept = RequestStore::kept(group.tx, keys);
        for (RecordedItem* item : replays) {
            const auto first = first_of_key.find(item->idempotency_key);
            const auto stored = kept.find(item->idempotency_key);
            const bool stands = first != first_of_key.end() || stored != kept.end();
            if (!stands) {  // its first request was released in this very group
                item->response = http::problem(Error(api_error::kKeyInUse), item->request_id);
            } else if (item->fingerprint !=
                       (first != first_of_key.end() ? first->second->fingerprint : stored->second.fingerprint)) {
                item->response = http::problem(Error(api_error::kKeyReused), item->request_id);
            } else if (first != first_of_key.end()) {
                item->response = replayed(first->second->response.status, first->second->response.body);
            } else {
                item->response = stored_answer(*item, stored->second);
            }
        }
    }

    http::Response stored_answer(const RecordedItem& item, const KeptAnswer& kept) const {
        const Result<std::string> body = sealer_.open(answer_place(item.idempotency_key), kept.sealed_answer);
        return body ? replayed(kept.status, *body) : http::problem(body.error(), item.request_id);
    }

    static http::Response replayed(int status, const std::string& body) {
        http::Response response = http::Response::json(status, body);
        if (status >= 400) response.headers.set("Content-Type", "application/problem+json");
        response.headers.set("Idempotent-Replayed", "true");
        return response;
    }

    const crypto::Sealer& sealer_;
    std::vector<RecordedItem*> items_;
    std::unique_ptr<db::Work> inner_;
};

}  // namespace

std::unique_ptr<db::Work> RecordedOperation::begin(std::span<const std::shared_ptr<db::Item>> items) {
    return std::make_unique<RecordedWork>(inner_, sealer_, items);
}

}  // namespace huiqiao::api
