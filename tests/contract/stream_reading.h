#pragma once
// Reads the desk's stream as its tests do: event by event from a socket, stepping the desk until one is there; and
// writes what is told. For api_stream_test.cpp and api_stream_bounds_test.cpp.

#include "fx/quote_store.h"
#include "src/http/json.h"
#include "tests/contract/http_sockets.h"
#include "tests/support/api_desk.h"

namespace huiqiao::testing {

using huiqiao::test::RawConnection;

struct Event {
    std::string id;
    std::string type;
    std::string data;
};

/// One reader of the stream on a socket of its own.
class Reading {
 public:
    Reading(ApiDesk& desk, std::uint16_t port, const std::string& last_event_id = "",
            const std::string& who = "opr_maker")
        : desk_(desk), connection_(RawConnection::to(port)) {
        http::OutgoingRequest request = desk.signed_by(ApiDesk::get("/v1/ops/stream"), who);
        if (!last_event_id.empty()) request.headers.set("Last-Event-ID", last_event_id);
        REQUIRE(connection_.send(wire_form(request)));
    }
    std::string head() {
        while (head_.empty()) {
            const std::size_t end = kept_.find("\r\n\r\n");
            if (end == std::string::npos) {
                take();
                continue;
            }
            head_ = kept_.substr(0, end);
            kept_.erase(0, end + 4);
        }
        return head_;
    }
    /// The next event; steps the desk's stream until it is there. Comments, and ids without data, are passed over.
    Event event() {
        head();
        for (;;) {
            const std::size_t end = kept_.find("\n\n");
            if (end == std::string::npos) {
                desk_.desk_stream.step(desk_.clock.now());
                take();
                continue;
            }
            const std::string block = kept_.substr(0, end + 1);
            kept_.erase(0, end + 2);
            Event event{line(block, "id: "), line(block, "event: "), line(block, "data: ")};
            if (!event.data.empty()) return event;
            last_comment = block;
        }
    }
    /// Whether everything that is there was read, and nothing of it is an event.
    bool is_quiet() {
        head();
        desk_.desk_stream.step(desk_.clock.now());
        while (connection_.readable(50)) {
            const std::string part = connection_.some();
            if (part.empty()) return false;
            kept_ += part;
        }
        return kept_.find("data: ") == std::string::npos;
    }
    /// What is no stream says it in its body.
    bool says(const std::string& text) {
        head();
        while (kept_.find(text) == std::string::npos && connection_.readable(5'000)) take();
        return kept_.find(text) != std::string::npos;
    }
    bool is_closed() {
        try {
            kept_ += connection_.until_closed();
            return true;
        } catch (const std::runtime_error&) {
            return false;
        }
    }
    RawConnection& connection() { return connection_; }
    std::string last_comment;

 private:
    void take() {
        const std::string part = connection_.some();
        if (part.empty()) throw std::runtime_error("the stream was closed");
        kept_ += part;
    }
    static std::string line(const std::string& block, const std::string& begin) {
        const std::size_t at = block.find(begin);
        if (at == std::string::npos) return "";
        return block.substr(at + begin.size(), block.find('\n', at) - at - begin.size());
    }
    ApiDesk& desk_;
    RawConnection connection_;
    std::string head_;
    std::string kept_;
};

inline void open_matter(ApiDesk& desk, const std::string& subject, const std::string& text = "look") {
    desk.write([&](db::Group& group) {
        desk.work_items.open(group, {"deal_differs", "purchase", subject, text, "请看"});
    });
}

inline fx::Quote quote(const std::string& id, const std::string& price, Instant now) {
    const Rate rate = Rate::parse(Currency::known("USD"), Currency::known("CNY"), 1, price).value();
    return {.id = id,
            .bank = "sandbox-bank",
            .bank_rate = rate,
            .client_rate = rate,
            .mid = rate,
            .markup_bp = 0,
            .bank_reference = "r",
            .received_at = now,
            .valid_until = now + std::chrono::minutes(1),
            .state = fx::QuoteState::Open};
}

inline void show_quote(ApiDesk& desk, const std::string& id, const std::string& price) {
    desk.write([&](db::Group& group) {
        const fx::Quote one = quote(id, price, group.now);
        const std::string none;
        fx::QuoteStore::insert_quotes(group.tx, std::span(&one, 1), std::span(&none, 1));
    });
}

inline std::string field(const Event& event, const char* name) {
    const Result<http::Json> json = http::Json::parse(event.data);
    REQUIRE(json.ok());
    std::vector<Error> errors;
    http::JsonObject object(json->root(), errors);
    return object.text(name, {1, 200, false, false});
}

}  // namespace huiqiao::testing
