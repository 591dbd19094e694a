#include "src/calls/message_store.h"

#include <map>
#include <utility>

#include "src/calls/wire_text.h"

namespace huiqiao::calls {

namespace {

constexpr int kPage = 200;

constexpr db::Select kPageOfCalls{
    "SELECT id, reference, request FROM external_call WHERE operation = :p1 AND id > :p2 ORDER BY id LIMIT :p3", "ttt"};
constexpr db::Select kAnswers{"SELECT id, answer FROM call_answer WHERE call_id = :p1 ORDER BY id", "tt"};
constexpr db::Select kPassing{"SELECT id, answer FROM passing_answer WHERE call_id = :p1 ORDER BY id", "tt"};

std::string opened(const crypto::Sealer& sealer, const crypto::SealPlace& place, const std::string& sealed) {
    Result<std::string> text = sealer.open(place, sealed);
    if (!text) throw LogicError("the stored message " + std::string(place.row_id) + " does not open");
    return std::move(text).value();
}

}  // namespace

void for_each_message(db::Reader& reader, const crypto::Sealer& sealer, std::string_view operation,
                      const std::function<void(const Message&)>& with) {
    std::string after;
    for (;;) {
        const db::Found calls = reader.select(kPageOfCalls, {operation, after, kPage});
        for (std::size_t row = 0; row < calls.size(); ++row) {
            Message message;
            message.call_id = calls.text(row, 0);
            message.reference = calls.text(row, 1);
            message.request =
                decode_request(opened(sealer, {"external_call", message.call_id, "request"}, calls.text(row, 2)));
            std::map<std::string, WireAnswer> by_id;  // in order of arrival, as ids are
            for (const auto& [table, which] :
                 {std::pair{"call_answer", &kAnswers}, std::pair{"passing_answer", &kPassing}}) {
                const db::Found answers = reader.select(*which, {message.call_id});
                for (std::size_t at = 0; at < answers.size(); ++at) {
                    const std::string& id = answers.text(at, 0);
                    by_id.emplace(id, decode_answer(opened(sealer, {table, id, "answer"}, answers.text(at, 1))));
                }
            }
            for (auto& [id, answer] : by_id) message.answers.push_back(std::move(answer));
            with(message);
            after = message.call_id;
        }
        if (calls.size() < static_cast<std::size_t>(kPage)) return;
    }
}

}  // namespace huiqiao::calls
