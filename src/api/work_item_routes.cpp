#include "src/api/work_item_routes.h"

#include "src/api/approve_operations.h"
#include "src/api/query.h"
#include "src/flow/suspense_matters.h"
#include "src/http/json.h"
#include "src/http/json_writer.h"
#include "src/http/problem.h"
#include "src/operators/work_item_reading.h"

namespace huiqiao::api {

namespace {

struct HandleItem final : db::Item {
    std::string operator_id;
    std::string work_item_id;
    bool close = false;
    std::string note;
    std::optional<Error> error;
};

class HandleWork final : public db::Work {
 public:
    HandleWork(const operators::WorkItems& work_items, std::span<const std::shared_ptr<db::Item>> items)
        : work_items_(work_items) {
        for (const auto& item : items) items_.push_back(static_cast<HandleItem*>(item.get()));
    }

    void lock(db::Locks& locks) override {
        for (const HandleItem* item : items_) work_items_.lock(locks, item->work_item_id);
    }

    void run(db::Group& group) override {
        for (HandleItem* item : items_) {
            item->error.reset();
            if (item->skipped) continue;
            const Status done = handle(group, *item);
            if (!done) item->error = done.error();
        }
    }

 private:
    Status handle(db::Group& group, const HandleItem& item) const {
        const auto who = operators::OperatorStore::find(group.tx, item.operator_id);
        if (!who || who->state != operators::OperatorState::Active) return Error(api_error::kOperatorGone);
        if (item.close) {
            const auto found = operators::find_work_item(group.tx, item.work_item_id);
            if (found && found->state != operators::WorkItemState::Closed) {
                if (Status closable = flow::check_closable(group.tx, *found); !closable) return closable;
            }
            return work_items_.close_by(group, item.work_item_id, item.operator_id, item.note);
        }
        return work_items_.take(group, item.work_item_id, item.operator_id);
    }

    const operators::WorkItems& work_items_;
    std::vector<HandleItem*> items_;
};

}  // namespace

void write_work_item(http::JsonWriter& json, const operators::WorkItem& item, Instant now) {
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - item.opened_at);
    json.open_object()
        .field("id", item.id)
        .field("kind", item.kind)
        .field("subject_kind", item.subject_kind)
        .field("subject_id", item.subject_id)
        .field("text", item.text_en)
        .field("text_zh", item.text_zh)
        .field("state", operators::to_text(item.state));
    if (!item.owner.empty()) json.field("owner", item.owner);
    json.field("opened_at", item.opened_at).field("age_s", std::int64_t{age.count()});
    if (item.state == operators::WorkItemState::Closed)
        json.field("closed_at", item.closed_at).field("closing_note", item.closing_note);
    json.close_object();
}

class WorkItemRoutes::Handle final : public db::Operation {
 public:
    explicit Handle(const operators::WorkItems& work_items) : work_items_(work_items) {}
    [[nodiscard]] std::string_view name() const override { return "handle_work_item"; }
    [[nodiscard]] std::unique_ptr<db::Work> begin(std::span<const std::shared_ptr<db::Item>> items) override {
        return std::make_unique<HandleWork>(work_items_, items);
    }

 private:
    const operators::WorkItems& work_items_;
};

WorkItemRoutes::WorkItemRoutes(OperatorApi& api, const operators::WorkItems& work_items, const crypto::Sealer& sealer)
    : api_(api), work_items_(work_items), handle_(std::make_unique<Handle>(work_items)), recorded_(*handle_, sealer) {}

WorkItemRoutes::~WorkItemRoutes() = default;

void WorkItemRoutes::add_to(http::Router& router) {
    api_.add(router, http::Method::Get, "/v1/ops/work-items", {0},
             [this](const OperatorCall& call) { return list(call); });
    api_.add(router, http::Method::Get, "/v1/ops/work-items/{id}", {0},
             [this](const OperatorCall& call) { return one(call); });
    api_.add(router, http::Method::Post, "/v1/ops/work-items/{id}/take", {},
             [this](const OperatorCall& call) { return take(call); });
    api_.add(router, http::Method::Post, "/v1/ops/work-items/{id}/close", {},
             [this](const OperatorCall& call) { return close(call); });
}

http::Response WorkItemRoutes::one(const OperatorCall& call) {
    if (const Status query = check_query(call.request, {}); !query)
        return http::problem(query.error(), call.request_id);
    std::optional<operators::WorkItem> item;
    api_.database().read([&](db::Reader& reader) { item = operators::find_work_item(reader, call.path.at("id")); });
    if (!item) return http::problem(Error(operators::operators_error::kNoWorkItem), call.request_id);
    http::JsonWriter json;
    write_work_item(json, *item, api_.clock().now());
    return http::Response::json(200, json.take());
}

http::Response WorkItemRoutes::list(const OperatorCall& call) {
    if (const Status query = check_query(call.request, {"limit", "cursor"}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string scope = "work-items";
    const Result<Page> page = read_page(call.request, api_.cursors(), scope);
    if (!page) return http::problem(page.error(), call.request_id);
    std::vector<operators::WorkItem> items;
    std::int64_t waiting = 0;
    api_.database().read([&](db::Reader& reader) {
        items = work_items_.waiting(reader, page->place, page->limit + 1);
        waiting = work_items_.count_waiting(reader);
    });
    const bool more = items.size() > static_cast<std::size_t>(page->limit);
    if (more) items.pop_back();
    http::JsonWriter json(items.size() * 512 + 128);
    json.open_object().field("waiting", waiting).key("work_items").open_array();
    for (const operators::WorkItem& item : items) write_work_item(json, item, api_.clock().now());
    json.close_array();
    if (more) json.field("next_cursor", api_.cursors().write(scope, items.back().id));
    json.close_object();
    return http::Response::json(200, json.take());
}

http::Response WorkItemRoutes::take(const OperatorCall& call) {
    if (const Status body = check_no_body(call.request); !body) return http::problem(body.error(), call.request_id);
    return handle(call, false, "");
}

http::Response WorkItemRoutes::close(const OperatorCall& call) {
    const Result<http::Json> body = http::Json::parse(call.request.body);
    if (!body) return http::problem(body.error(), call.request_id);
    std::vector<Error> errors;
    http::JsonObject json(body->root(), errors);
    std::string note = json.text("note", {3, 250, false, false});
    json.finish();
    if (!errors.empty()) return http::problem(errors, call.request_id);
    return handle(call, true, std::move(note));
}

http::Response WorkItemRoutes::handle(const OperatorCall& call, bool close, std::string note) {
    auto item = std::make_shared<HandleItem>();
    item->operator_id = call.who.id;
    item->work_item_id = call.path.at("id");
    item->close = close;
    item->note = std::move(note);
    return api_.record(call, recorded_, item, [id = call.request_id](const db::Item& done) {
        const auto& handled = static_cast<const HandleItem&>(done);
        if (handled.error) return http::problem(*handled.error, id);
        http::JsonWriter json;
        json.open_object().field("id", handled.work_item_id).field("state", handled.close ? "closed" : "taken");
        json.field("owner", handled.operator_id).close_object();
        return http::Response::json(200, json.take());
    });
}

}  // namespace huiqiao::api
