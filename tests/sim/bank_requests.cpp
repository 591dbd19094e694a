#include "tests/sim/bank_requests.h"

namespace huiqiao::testing::sim {

namespace {

bool says(const http::OutgoingRequest& request, std::string_view what) {
    return request.body.find(what) != std::string::npos;
}

bool is_direct_link(const http::OutgoingRequest& request) {
    return request.target == "/direct-link";
}

bool is_function(const http::OutgoingRequest& request, std::string_view name) {
    return says(request, "<FUNNAM>" + std::string(name) + "</FUNNAM>");
}

}  // namespace

std::string_view binding_operation(const http::OutgoingRequest& request) {
    if (request.method != http::Method::Post) return "";
    if (is_direct_link(request)) {
        if (is_function(request, "NTSBMEXC")) return "fx.purchase";
        return is_function(request, "NTOPREXB") || is_function(request, "NTPAYVEN") ? "fx.lock" : "";
    }
    if (is_over_fix(request)) {
        if (request.body.starts_with("35=D")) return "fx.purchase";
        return request.body.starts_with("35=R") && says(request, "537=1") ? "fx.lock" : "";
    }
    if (request.target == "/v1/payments") return "remittance.pay";
    if (request.target == "/v1/fx/purchases") return "fx.purchase";
    return request.target == "/v1/fx/locks" ? "fx.lock" : "";
}

bool is_made_under(const http::OutgoingRequest& request, const std::string& reference) {
    if (!is_direct_link(request)) return says(request, reference);
    const std::size_t dash = reference.rfind('-');
    if (!says(request, ">" + reference.substr(0, dash) + "<")) return false;
    if (!is_function(request, "NTPAYVEN")) return dash == std::string::npos || reference.ends_with("-0");
    return dash != std::string::npos && says(request, "<LODSEQ>" + reference.substr(dash + 1) + "</LODSEQ>");
}

bool is_over_fix(const http::OutgoingRequest& request) {
    return request.target == "/fix";
}

bool is_deal_without_lock(const http::OutgoingRequest& request) {
    return is_direct_link(request) && is_function(request, "NTSBMEXC");
}

}  // namespace huiqiao::testing::sim
