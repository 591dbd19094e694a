#include "src/app/demo_messages.h"

#include <algorithm>
#include <fstream>

#include "adapters/single_window/dxp_message.h"
#include "src/base/encoding.h"
#include "src/http/json.h"

namespace huiqiao::app {

namespace {

constexpr http::JsonLimits kAnswerLimits{16, 100'000, 1000, 16'000'000, std::size_t{16} * 1024 * 1024};

void write_file(const std::filesystem::path& file, std::string_view text) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
}

/// The answers of a message, by the form that each has.
void write_answers(const std::filesystem::path& folder, const calls::Message& message) {
    int number = 0;
    for (const WireAnswer& answer : message.answers) {
        ++number;
        if (answer.body.empty()) continue;
        const char* form = answer.body.starts_with('{') || answer.body.starts_with('[') ? ".json" : ".xml";
        write_file(folder / (message.reference + ".answer" + std::to_string(number) + form), answer.body);
    }
}

/// "CEB411Message" as "ceb411".
std::string short_name(std::string type) {
    if (type.ends_with("Message")) type.resize(type.size() - std::string_view("Message").size());
    std::transform(type.begin(), type.end(), type.begin(),
                   [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
    const bool is_word =
        std::all_of(type.begin(), type.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
    return is_word && !type.empty() ? type : "message";
}

/// The envelope, and what it carries.
void write_envelope(const std::filesystem::path& folder, const std::string& name, const std::string& envelope) {
    write_file(folder / (name + ".xml"), envelope);
    const auto carried = single_window::read_dxp_message(envelope);
    if (!carried) return;
    write_file(folder / (name + "." + short_name(carried->message_type) + ".xml"), indented(carried->content));
}

}  // namespace

void write_declaration(const std::filesystem::path& folder, const calls::Message& message) {
    write_envelope(folder, message.reference, message.request.body);
    write_answers(folder, message);
}

void write_receipts(const std::filesystem::path& folder, const calls::Message& message) {
    for (const WireAnswer& answer : message.answers) {
        const auto json = http::Json::parse(answer.body, kAnswerLimits);
        if (!json || json->root().kind() != http::JsonKind::Object) continue;
        const auto receipts = json->root().find("receipts");
        if (!receipts || receipts->kind() != http::JsonKind::Array) continue;
        for (const http::JsonValue& mail : receipts->items()) {
            if (mail.kind() != http::JsonKind::Object) continue;
            const auto number = mail.find("number");
            const auto encoded = mail.find("message");
            if (!number || number->kind() != http::JsonKind::Integer) continue;
            if (!encoded || encoded->kind() != http::JsonKind::Text) continue;
            const auto bytes = from_base64(encoded->text());
            if (!bytes) continue;
            write_envelope(folder, "receipt" + std::to_string(number->integer()),
                           std::string(bytes->begin(), bytes->end()));
        }
    }
}

void write_payment(const std::filesystem::path& folder, const calls::Message& message) {
    write_file(folder / (message.reference + ".xml"), message.request.body);
    write_answers(folder, message);
}

std::string indented(std::string_view xml) {
    enum class Before { Nothing, Opening, Text, Other };
    std::string text;
    std::size_t level = 0;
    Before before = Before::Nothing;
    for (std::size_t at = 0; at < xml.size();) {
        const bool is_tag = xml[at] == '<';
        const std::size_t end = is_tag ? xml.find('>', at) : xml.find('<', at);
        const std::size_t next = end == std::string_view::npos ? xml.size() : end + (is_tag ? 1 : 0);
        const std::string_view piece = xml.substr(at, next - at);
        at = next;
        if (!is_tag) {
            if (piece.find_first_not_of(" \t\r\n") == std::string_view::npos) continue;
            text += piece;
            before = Before::Text;
            continue;
        }
        const bool closes = piece.starts_with("</");
        const bool opens = !closes && !piece.ends_with("/>") && !piece.starts_with("<?") && !piece.starts_with("<!");
        if (closes && level > 0) --level;
        const bool stays = before == Before::Text || before == Before::Nothing || (closes && before == Before::Opening);
        if (!stays) text += "\n" + std::string(2 * level, ' ');
        text += piece;
        if (opens) ++level;
        before = opens ? Before::Opening : Before::Other;
    }
    return text + "\n";
}

}  // namespace huiqiao::app
