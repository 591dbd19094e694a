#include "adapters/sandbox/faults.h"

#include "src/http/json.h"
#include "src/http/json_writer.h"

#include <algorithm>
#include <charconv>

namespace huiqiao::sandbox {

namespace {

constexpr std::string_view kPath = "/admin/faults";
constexpr std::size_t kMostWanted = 1000;
constexpr std::size_t kMostListed = 1000;

http::Response refuse(int status, std::string_view why) {
    http::JsonWriter json;
    json.open_object().field("error", why).close_object();
    return http::Response::json(status, json.take());
}

void write_map(http::JsonWriter& json, std::string_view name, const std::map<std::string, std::string>& map) {
    json.key(name).open_object();
    for (const auto& [key, value] : map) json.field(key, value);
    json.close_object();
}

/// An object of texts, or nothing where it is something else.
std::optional<std::map<std::string, std::string>> texts_of(const std::optional<http::JsonValue>& value) {
    std::map<std::string, std::string> map;
    if (!value) return map;
    if (value->kind() != http::JsonKind::Object) return std::nullopt;
    for (const auto& [key, inner] : value->fields()) {
        if (inner.kind() != http::JsonKind::Text) return std::nullopt;
        map.emplace(key, inner.text());
    }
    return map;
}

}  // namespace

std::optional<http::Response> Faults::answer(const http::Request& request, Instant) {
    if (request.path != kPath) return std::nullopt;
    if (request.method == http::Method::Get) return list();
    if (request.method == http::Method::Post) return add_from(request);
    if (request.method == http::Method::Delete) {
        wanted_.clear();
        happened_.clear();
        return list();
    }
    return refuse(405, "GET, POST or DELETE");
}

http::Response Faults::add_from(const http::Request& request) {
    const auto json = http::Json::parse(request.body);
    if (!json.ok() || json->root().kind() != http::JsonKind::Object) return refuse(400, "a JSON object is wanted");
    const auto fault = json->root().find("fault");
    if (!fault || fault->kind() != http::JsonKind::Text) return refuse(400, "which fault?");
    if (std::find(known_.begin(), known_.end(), fault->text()) == known_.end())
        return refuse(422, "no such fault here");
    int count = 1;
    if (const auto wanted = json->root().find("count")) {
        if (wanted->kind() != http::JsonKind::Integer || wanted->integer() < -1 || wanted->integer() > 1'000'000) {
            return refuse(422, "count is -1 (always) to 1000000");
        }
        count = static_cast<int>(wanted->integer());
    }
    auto match = texts_of(json->root().find("match"));
    auto with = texts_of(json->root().find("with"));
    if (!match || !with) return refuse(422, "match and with are objects of texts");
    if (wanted_.size() >= kMostWanted) return refuse(429, "too many faults are waiting");
    wanted_.push_back({std::string(fault->text()), count, *std::move(match), *std::move(with)});
    return list();
}

void Faults::add(std::string fault, int count, std::map<std::string, std::string> match) {
    if (std::find(known_.begin(), known_.end(), fault) == known_.end()) throw LogicError("no fault " + fault);
    wanted_.push_back({std::move(fault), count, std::move(match), {}});
}

bool Faults::take(std::string_view fault, const std::map<std::string, std::string>& about, Instant now) {
    for (Wanted& wanted : wanted_) {
        if (wanted.fault != fault || wanted.left == 0) continue;
        const bool fits = std::all_of(wanted.match.begin(), wanted.match.end(), [&](const auto& field) {
            const auto place = about.find(field.first);
            return place != about.end() && place->second == field.second;
        });
        if (!fits) continue;
        if (wanted.left > 0) --wanted.left;
        last_with_ = wanted.with;
        happened_.push_back({wanted.fault, about, now});
        return true;
    }
    return false;
}

std::string Faults::parameter(std::string_view name) const {
    const auto place = last_with_.find(std::string(name));
    return place == last_with_.end() ? std::string() : place->second;
}

std::int64_t Faults::number(std::string_view name, std::int64_t otherwise) const {
    const std::string text = parameter(name);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && !text.empty() ? value : otherwise;
}

http::Response Faults::list() const {
    http::JsonWriter json;
    json.open_object().key("known").open_array();
    for (const std::string& name : known_) json.value(name);
    json.close_array().key("wanted").open_array();
    for (const Wanted& wanted : wanted_) {
        json.open_object().field("fault", wanted.fault).field("left", wanted.left);
        write_map(json, "match", wanted.match);
        write_map(json, "with", wanted.with);
        json.close_object();
    }
    json.close_array()
        .field("happened_count", static_cast<std::int64_t>(happened_.size()))
        .key("happened")
        .open_array();
    const std::size_t first = happened_.size() > kMostListed ? happened_.size() - kMostListed : 0;
    for (std::size_t at = first; at < happened_.size(); ++at) {
        json.open_object().field("fault", happened_[at].fault).field("at", happened_[at].at);
        write_map(json, "about", happened_[at].about);
        json.close_object();
    }
    json.close_array().close_object();
    return http::Response::json(200, json.take());
}

}  // namespace huiqiao::sandbox
