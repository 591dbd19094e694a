#include "src/flow/webhook_endpoints.h"

namespace huiqiao::flow {

events::EndpointsOf platform_endpoints(const parties::PartyStore& store) {
    return [&store](db::Reader& reader, const std::set<std::string>& platform_ids) {
        const std::vector<std::string> ids(platform_ids.begin(), platform_ids.end());
        std::map<std::string, events::Endpoint> endpoints;
        for (auto& [id, platform] : parties::PartyStore::platforms(reader, ids)) {
            if (platform.webhook_url.empty() || platform.state != parties::PartyState::Active) continue;
            Result<Secret> secret = store.webhook_secret(platform);
            if (!secret) throw LogicError("webhook secret of " + id + ": " + secret.error().english());
            endpoints.emplace(id, events::Endpoint{platform.webhook_url, std::move(secret).value()});
        }
        return endpoints;
    };
}

events::OnParking parked_webhooks_as_work_items() {
    return [](db::Group& group, const events::Delivery& delivery) {
        constexpr const char* kKind = "webhook_parked";
        const std::string& id = delivery.event.id;
        if (delivery.state != events::DeliveryState::Parked) {
            operators::WorkItems().close(group, kKind, id, "sent again");
            return;
        }
        const std::string status = std::to_string(delivery.last_status);
        operators::WorkItems().open(
            group,
            {kKind, "event", id,
             "Platform " + delivery.event.platform_id + " did not take webhook " + id + " (" + delivery.event.type +
                 ", last status " + status + ") for 72 hours or answered 410. Ask it, then send it again.",
             "平台 " + delivery.event.platform_id + " 在 72 小时内未接收回调 " + id + "（" + delivery.event.type +
                 "，最后状态码 " + status + "）或返回 410，请联系平台后重发。"});
    };
}

}  // namespace huiqiao::flow
