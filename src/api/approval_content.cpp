#include "src/api/approval_content.h"

#include <array>

#include "src/http/json_writer.h"

namespace huiqiao::api {

namespace {

constexpr http::TextRule kId{1, 64, false, true};
constexpr http::TextRule kReason{10, 250, false, false};
constexpr std::array<std::string_view, 2> kOutcomes{"confirmed", "rejected"};

template <class T>
T read_back(const std::string& content, T (*read)(http::JsonObject&)) {
    const auto json = http::Json::parse(content);
    if (!json) throw LogicError("an approval's content is no JSON");
    std::vector<Error> errors;
    http::JsonObject object(json->root(), errors);
    T asked = read(object);
    object.finish();
    if (!errors.empty()) throw LogicError("an approval's content cannot be read back: " + errors.front().english());
    return asked;
}

}  // namespace

ResolutionAsked read_resolution(http::JsonObject& json) {
    ResolutionAsked asked;
    asked.instruction_id = json.text("instruction_id", kId);
    asked.outcome = json.choice("outcome", kOutcomes);
    asked.their_reference = json.optional_text("their_reference", kId).value_or("");
    asked.reason = json.text("reason", kReason);
    return asked;
}

RateAsked read_rate(http::JsonObject& json) {
    RateAsked asked;
    asked.bank = json.text("bank", kId);
    asked.currency = json.text("currency", {3, 3, false, true});
    asked.quote_id = json.text("quote_id", kId);
    asked.reason = json.text("reason", kReason);
    return asked;
}

ResumeAsked read_resume(http::JsonObject& json) {
    ResumeAsked asked;
    asked.currency = json.text("currency", {3, 3, false, true});
    asked.reason = json.text("reason", kReason);
    return asked;
}

std::string content_of(const ResolutionAsked& asked) {
    http::JsonWriter json;
    json.open_object().field("instruction_id", asked.instruction_id).field("outcome", asked.outcome);
    if (!asked.their_reference.empty()) json.field("their_reference", asked.their_reference);
    json.field("reason", asked.reason).close_object();
    return json.take();
}

std::string content_of(const RateAsked& asked) {
    http::JsonWriter json;
    json.open_object().field("bank", asked.bank).field("currency", asked.currency);
    json.field("quote_id", asked.quote_id).field("reason", asked.reason).close_object();
    return json.take();
}

std::string content_of(const ResumeAsked& asked) {
    http::JsonWriter json;
    json.open_object().field("currency", asked.currency).field("reason", asked.reason).close_object();
    return json.take();
}

std::shared_ptr<calls::ResolveItem> resolution_of(const std::string& content) {
    const ResolutionAsked asked = read_back(content, read_resolution);
    auto item = std::make_shared<calls::ResolveItem>();
    item->instruction_id = asked.instruction_id;
    item->confirmed = asked.outcome == "confirmed";
    item->their_reference = asked.their_reference;
    item->reason = asked.reason;
    return item;
}

RateAsked rate_of(const std::string& content) {
    return read_back(content, read_rate);
}

ResumeAsked resume_of(const std::string& content) {
    return read_back(content, read_resume);
}

}  // namespace huiqiao::api
