#include "src/api/approval_routes.h"

#include "src/api/approval_content.h"
#include "src/api/platform_api.h"
#include "src/api/query.h"
#include "src/http/json_writer.h"
#include "src/http/problem.h"

namespace huiqiao::api {

namespace {

std::vector<std::string_view> actions_of(const Decisions& decisions) {
    std::vector<std::string_view> actions{kResolveInstruction, kAcceptRate, kResumePayouts};
    for (const flow::Decision* decision : decisions) actions.push_back(decision->action());
    return actions;
}

void write_approval(http::JsonWriter& json, const operators::Approval& approval, Instant now) {
    json.open_object()
        .field("id", approval.id)
        .field("action", approval.action)
        .field("subject_id", approval.subject_id)
        .field("state", operators::to_text(approval.state_at(now)))
        .field("content_hash", approval.content_hash)
        .raw_field("content", approval.content)
        .field("maker", approval.maker);
    if (!approval.checker.empty()) json.field("checker", approval.checker);
    if (!approval.reason.empty()) json.field("reason", approval.reason);
    json.field("made_at", approval.made_at);
    if (approval.decided_at != Instant{}) json.field("decided_at", approval.decided_at);
    if (!approval.ended_by.empty()) json.field("ended_by", approval.ended_by);
    if (approval.ended_at != Instant{}) json.field("ended_at", approval.ended_at);
    json.close_object();
}

http::Response approval_answer(int status, const operators::Approval& approval, Instant now) {
    http::JsonWriter json;
    write_approval(json, approval, now);
    return http::Response::json(status, json.take());
}

}  // namespace

ApprovalRoutes::ApprovalRoutes(OperatorApi& api, calls::Resolve& resolve, const ledger::Ledger& ledger,
                               flow::Convert& convert, const crypto::Sealer& sealer, Decisions decisions)
    : api_(api),
      ledger_(ledger),
      convert_(convert),
      decisions_(std::move(decisions)),
      decide_(resolve, ledger, decisions_),
      recorded_ask_(ask_, sealer),
      recorded_decide_(decide_, sealer) {}

void ApprovalRoutes::add_to(http::Router& router) {
    const auto to = [this](http::Response (ApprovalRoutes::*route)(const OperatorCall&)) {
        return [this, route](const OperatorCall& call) { return (this->*route)(call); };
    };
    api_.add(router, http::Method::Post, "/v1/ops/approvals", {}, to(&ApprovalRoutes::propose));
    api_.add(router, http::Method::Get, "/v1/ops/approvals", {0}, to(&ApprovalRoutes::list));
    api_.add(router, http::Method::Get, "/v1/ops/approvals/{id}", {0}, to(&ApprovalRoutes::read));
    api_.add(router, http::Method::Post, "/v1/ops/approvals/{id}/approve", {}, to(&ApprovalRoutes::approve));
    api_.add(router, http::Method::Post, "/v1/ops/approvals/{id}/refuse", {}, to(&ApprovalRoutes::refuse));
    api_.add(router, http::Method::Post, "/v1/ops/approvals/{id}/withdraw", {}, to(&ApprovalRoutes::withdraw));
    api_.add(router, http::Method::Get, "/v1/ops/payout-stops", {0}, to(&ApprovalRoutes::payout_stops));
}

http::Response ApprovalRoutes::propose(const OperatorCall& call) {
    const Result<http::Json> body = http::Json::parse(call.request.body);
    if (!body) return http::problem(body.error(), call.request_id);
    std::vector<Error> errors;
    http::JsonObject json(body->root(), errors);
    auto item = std::make_shared<AskItem>();
    item->operator_id = call.who.id;
    item->action = json.choice("action", actions_of(decisions_));
    http::JsonObject content = json.object("content");
    RateAsked rate;
    const flow::Decision* decision = find_decision(decisions_, item->action);
    if (item->action == kResolveInstruction) {
        const ResolutionAsked asked = read_resolution(content);
        item->subject_id = asked.instruction_id;
        item->content = content_of(asked);
    } else if (item->action == kAcceptRate) {
        rate = read_rate(content);
        item->subject_id = rate.bank + "|" + rate.currency;
        item->content = content_of(rate);
    } else if (item->action == kResumePayouts) {
        const ResumeAsked asked = read_resume(content);
        item->subject_id = asked.currency;
        item->content = content_of(asked);
    } else if (decision != nullptr) {
        item->content = decision->read(content);
    }
    if (!item->action.empty()) content.finish();
    json.finish();
    if (!errors.empty()) return http::problem(errors, call.request_id);
    if (const Status possible = check_proposal(call, decision, *item, rate); !possible)
        return http::problem(possible.error(), call.request_id);
    return api_.record(
        call, recorded_ask_, item, [id = call.request_id, now = api_.clock().now()](const db::Item& done) {
            const auto& asked = static_cast<const AskItem&>(done);
            return asked.error ? http::problem(*asked.error, id) : approval_answer(201, *asked.approval, now);
        });
}

Status ApprovalRoutes::check_proposal(const OperatorCall& call, const flow::Decision* decision, AskItem& item,
                                      const RateAsked& rate) {
    if (item.action == kAcceptRate) {
        const auto currency = Currency::find(rate.currency);
        if (!currency) return currency.error();
        Status acceptable = Done{};
        api_.database().read([&](db::Reader& reader) {
            acceptable = flow::Convert::may_accept(reader, {rate.bank, *currency, rate.quote_id, call.who.id},
                                                   api_.clock().now());
        });
        return acceptable;
    }
    if (item.action == kResumePayouts && !stops().contains(item.subject_id))
        return Error(api_error::kPayoutsNotStopped, {{"currency", item.subject_id}});
    if (decision == nullptr) return Done{};
    std::optional<Result<flow::Proposal>> proposal;
    api_.database().read([&](db::Reader& reader) { proposal.emplace(decision->propose(reader, item.content)); });
    if (!*proposal) return proposal->error();
    item.subject_id = (*proposal)->subject_id;
    item.content = (*proposal)->content;
    return Done{};
}

http::Response ApprovalRoutes::list(const OperatorCall& call) {
    if (const Status query = check_query(call.request, {"limit", "cursor"}); !query)
        return http::problem(query.error(), call.request_id);
    const std::string scope = "approvals";
    const Result<Page> page = read_page(call.request, api_.cursors(), scope);
    if (!page) return http::problem(page.error(), call.request_id);
    const Instant now = api_.clock().now();
    std::vector<operators::Approval> approvals;
    api_.database().read([&](db::Reader& reader) {
        approvals = operators::Approvals::waiting(reader, now, page->place, page->limit + 1);
    });
    const bool more = approvals.size() > static_cast<std::size_t>(page->limit);
    if (more) approvals.pop_back();
    http::JsonWriter json(approvals.size() * 512 + 128);
    json.open_object().key("approvals").open_array();
    for (const operators::Approval& approval : approvals) write_approval(json, approval, now);
    json.close_array();
    if (more) json.field("next_cursor", api_.cursors().write(scope, approvals.back().id));
    json.close_object();
    return http::Response::json(200, json.take());
}

http::Response ApprovalRoutes::read(const OperatorCall& call) {
    if (const Status query = check_query(call.request, {}); !query)
        return http::problem(query.error(), call.request_id);
    std::optional<operators::Approval> approval;
    api_.database().read(
        [&](db::Reader& reader) { approval = operators::Approvals::find(reader, call.path.at("id")); });
    if (!approval) return http::problem(not_found("approval", "审批"), call.request_id);
    return approval_answer(200, *approval, api_.clock().now());
}

http::Response ApprovalRoutes::decide(const OperatorCall& call, const std::shared_ptr<DecideItem>& item) {
    return api_.record(
        call, recorded_decide_, item, [id = call.request_id, now = api_.clock().now()](const db::Item& done) {
            const auto& decided = static_cast<const DecideItem&>(done);
            return decided.error ? http::problem(*decided.error, id) : approval_answer(200, *decided.approval, now);
        });
}

http::Response ApprovalRoutes::approve(const OperatorCall& call) {
    const Result<http::Json> body = http::Json::parse(call.request.body);
    if (!body) return http::problem(body.error(), call.request_id);
    std::vector<Error> errors;
    http::JsonObject json(body->root(), errors);
    auto item = std::make_shared<DecideItem>();
    item->operator_id = call.who.id;
    item->approval_id = call.path.at("id");
    item->request_id = call.request_id;
    item->verdict = Verdict::Release;
    item->content_hash = json.text("content_hash", {64, 64, false, true});
    json.finish();
    if (!errors.empty()) return http::problem(errors, call.request_id);
    std::optional<operators::Approval> approval;
    api_.database().read([&](db::Reader& reader) { approval = operators::Approvals::find(reader, item->approval_id); });
    http::Response response = decide(call, item);
    // Released for certain: only then is the rest done, in groups of their own. What stands between is a released
    // approval, which can be approved again.
    if (response.status != 200 || !approval || approval->action != kAcceptRate) return response;
    return accept_rate(call, *approval);
}

std::map<std::string, std::string> ApprovalRoutes::stops() {
    std::map<std::string, std::string> stopped;
    api_.database().read([&](db::Reader& reader) { stopped = ledger_.stopped_payouts(reader); });
    return stopped;
}

http::Response ApprovalRoutes::payout_stops(const OperatorCall& call) {
    if (const Status query = check_query(call.request, {}); !query)
        return http::problem(query.error(), call.request_id);
    http::JsonWriter json;
    json.open_object().key("payout_stops").open_array();
    for (const auto& [currency, reason] : stops())
        json.open_object().field("currency", currency).field("reason", reason).close_object();
    json.close_array().close_object();
    return http::Response::json(200, json.take());
}

http::Response ApprovalRoutes::accept_rate(const OperatorCall& call, const operators::Approval& approval) {
    const RateAsked asked = rate_of(approval.content);
    const Status accepted =
        convert_.accept_rate({asked.bank, Currency::known(asked.currency), asked.quote_id, call.who.id, approval.id});
    if (!accepted) return http::problem(accepted.error(), call.request_id);
    std::optional<operators::Approval> used;
    api_.database().read([&](db::Reader& reader) { used = operators::Approvals::find(reader, approval.id); });
    return approval_answer(200, *used, api_.clock().now());
}

http::Response ApprovalRoutes::refuse(const OperatorCall& call) {
    return end(call, Verdict::Refuse);
}

http::Response ApprovalRoutes::withdraw(const OperatorCall& call) {
    return end(call, Verdict::Withdraw);
}

http::Response ApprovalRoutes::end(const OperatorCall& call, Verdict verdict) {
    const Result<http::Json> body = http::Json::parse(call.request.body);
    if (!body) return http::problem(body.error(), call.request_id);
    std::vector<Error> errors;
    http::JsonObject json(body->root(), errors);
    auto item = std::make_shared<DecideItem>();
    item->operator_id = call.who.id;
    item->approval_id = call.path.at("id");
    item->verdict = verdict;
    item->reason = json.text("reason", {3, 250, false, false});
    json.finish();
    if (!errors.empty()) return http::problem(errors, call.request_id);
    return decide(call, item);
}

}  // namespace huiqiao::api
