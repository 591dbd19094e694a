#include "adapters/sandbox/customs.h"

#include <algorithm>
#include <charconv>

#include "adapters/sandbox/customs_store.h"
#include "adapters/sandbox/faults.h"
#include "src/base/encoding.h"
#include "src/crypto/hash.h"
#include "src/http/json.h"
#include "src/http/json_writer.h"

namespace huiqiao::sandbox {

namespace {

using port::Document;
using Head = std::map<std::string, std::string>;

http::Response problem(int status, std::string_view what) {
    return http::Response::json(status, http::JsonWriter().open_object().field("error", what).close_object().take());
}

std::vector<std::string> fault_names() {
    return {"outage",       "timeout_before_effect", "timeout_after_effect", "reject", "error", "receipt_late",
            "receipt_lost", "receipt_twice",         "bad_receipt_signature"};
}

std::int64_t number_or(const std::string& text, std::int64_t otherwise) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && !text.empty() ? number : otherwise;
}

/// "195.5" and "195.50" are one amount: fen, or -1.
std::int64_t fen_of(std::string_view text) {
    const std::size_t point = text.find('.');
    std::string digits(text.substr(0, point));
    std::string rest(point == std::string_view::npos ? std::string_view() : text.substr(point + 1));
    while (rest.size() > 2 && rest.back() == '0') rest.pop_back();
    if (rest.size() > 2 || digits.size() > 13) return -1;
    rest.append(2 - rest.size(), '0');
    return number_or(digits + rest, -1);
}

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

/// What customs decides about one payment: the receipts that follow, the last one final unless it waits for the order.
struct Decision {
    std::int64_t status = 120;  // 0: waits for the order document
    std::string text = "[Code:1800;Desc:逻辑校验通过]";
};

}  // namespace

class Customs::Impl {
 public:
    Impl(db::Database& books, CustomsSettings settings)
        : books_(books), settings_(std::move(settings)), faults_(fault_names()) {
        books_.write([](db::Tx& tx) { port::create_customs_tables(tx); });
    }

    http::Response answer(const http::Request& request, Instant now) {
        if (auto response = faults_.answer(request, now)) return std::move(*response);
        const bool post = request.method == http::Method::Post;
        if (request.path == "/admin/books" && !post) return show_books();
        if (request.path == "/admin/orders" && post) return take_order(request, now);
        if (request.path == "/admin/inventory" && post) return take_inventory(request);
        const std::map<std::string, std::string> about{{"path", request.path}};
        if (!request.path.starts_with("/dxp/")) return problem(404, "no such path");
        if (faults_.take("outage", about, now)) return problem(503, "the single window is closed for repair");
        if (faults_.take("timeout_before_effect", about, now)) return problem(kNoAnswer, "");
        http::Response response = problem(404, "no such path");
        if (request.path == "/dxp/messages" && post)
            response = take_message(request, now);
        else if (request.path == "/dxp/receipts" && !post)
            response = give_mails(request, now);
        if (faults_.take("timeout_after_effect", about, now)) return problem(kNoAnswer, "");
        return response;
    }

    void due(Instant now) {
        books_.write([&](db::Tx& tx) { deliver(tx, now); });
    }

 private:
    const CustomsSender* sender_of(const std::string& dxp_id) const {
        for (const CustomsSender& sender : settings_.senders) {
            if (sender.dxp_id == dxp_id) return &sender;
        }
        return nullptr;
    }

    static std::string guid(db::Tx& tx) {
        const std::string number = std::to_string(1'000'000'000'000 + port::next_number(tx, "guid")).substr(1);
        return "CEB41200-0000-4000-8000-" + number;
    }

    http::Response take_message(const http::Request& request, Instant now) {
        port::Envelope envelope;
        std::string why;
        const bool whole = port::read_envelope(request.body, envelope, why).has_value();
        if (envelope.message_id.empty()) return problem(400, "no DxpMsg");
        if (!whole) return reply(envelope, "0002", why, now);
        const CustomsSender* sender = sender_of(envelope.sender);
        if (sender == nullptr) return reply(envelope, "2001", "the sender is not known", now);
        const std::string key = envelope.sender + "|" + envelope.message_id;
        const std::string hash = hex(crypto::sha256(request.body));
        port::TakenMessage taken;
        books_.write([&](db::Tx& tx) {
            deliver(tx, now);
            if (const auto before = port::taken_message(tx, key)) {
                taken = before->hash == hash ? *before
                                             : port::TakenMessage{hash, "0999", "this CopMsgId has other bytes", 0};
                return;
            }
            taken = open_message(tx, *sender, envelope, now);
            taken.hash = hash;
            port::put_message(tx, key, taken);
        });
        return reply(envelope, taken.code, taken.text, now);
    }

    static http::Response reply(const port::Envelope& envelope, std::string_view code, std::string_view text,
                                Instant now) {
        return http::Response::text(200, port::write_reply(envelope, code, text, now), "application/xml");
    }

    port::TakenMessage open_message(db::Tx& tx, const CustomsSender& sender, const port::Envelope& envelope,
                                    Instant now) {
        std::string content = envelope.content;
        if (sender.key) {
            Result<xml::Signed> proved = xml::verify(content, sender.profile, *sender.key);
            if (!proved) return {"", "1001", "the signature is not valid", 0};
            content = std::move(proved).value().content;
        }
        std::string why;
        const auto payments = port::read_payments(content, why);
        if (payments && payments->transmitter != sender.code) why = "copCode is not the connected client's";
        if (payments && payments->dxp_id != sender.dxp_id) why = "dxpId is not the connected client's";
        if (!why.empty()) {
            const Instant at = now + settings_.step_after;
            port::put_waiting(tx, {sender.dxp_id, at, {}, port::write_malformed(guid(tx), envelope, -401009, at, why)});
            return {"", "0000", "taken", 0};
        }
        for (const Head& head : payments->heads) {
            const Decision decision = decide(tx, sender, head, now);
            announce(tx, sender.dxp_id, head, decision, now);
        }
        return {"", "0000", "taken", static_cast<std::int64_t>(payments->heads.size())};
    }

    std::optional<Decision> registration_fault(const Head& head) const {
        const auto named = [](const auto& list, const std::string& code, const std::string& name) {
            return std::any_of(list.begin(), list.end(),
                               [&](const auto& one) { return one.first == code && one.second == name; });
        };
        if (!named(settings_.enterprises, head.at("payCode"), head.at("payName"))) {
            return Decision{-10102, "支付企业代码未注册"};
        }
        if (!settings_.platforms.empty() && !named(settings_.platforms, head.at("ebpCode"), head.at("ebpName"))) {
            return Decision{-10102, "电商平台代码未注册"};
        }
        if (head.at("payerIdType") != "1" || head.at("appStatus") != "2" || fen_of(head.at("amountPaid")) <= 0 ||
            head.at("payTime") > head.at("appTime")) {
            return Decision{-401009, "[paymentHead,payment]参数校验不通过"};
        }
        return std::nullopt;
    }

    /// Errors by number leave the books as they are; a decision is entered.
    Decision decide(db::Tx& tx, const CustomsSender& sender, const Head& head, Instant now) {
        const std::map<std::string, std::string> about{{"serial", head.at("payTransactionId")},
                                                       {"order_no", head.at("orderNo")}};
        if (faults_.take("error", about, now)) return {faults_.number("code", -401011), "系统异常"};
        if (auto fault = registration_fault(head)) return *fault;
        const std::string key = head.at("payCode") + "|" + head.at("payTransactionId");
        const std::string& type = head.at("appType");
        const std::optional<Document> before = port::document(tx, key);
        const bool there = before && before->state != "rejected" && before->state != "deleted";
        if (before && head.at("appTime") <= before->app_time) return {-401012, "旧报文，忽略"};
        if (type == "1" && there) return {-401007, "支付编号已存在"};
        if (type != "1" && !there) return {-401006, "未找到可变更或删除的支付单"};
        if (type != "1" && before->inventory != 0) return {-401008, "清单已申报，不允许变更"};
        Document made{key,
                      head.at("ebpCode") + "|" + head.at("orderNo"),
                      head.at("appTime"),
                      head.at("amountPaid"),
                      upper(head.at("payerIdNumber")),
                      head.at("payerName"),
                      sender.dxp_id,
                      "stored",
                      before ? before->versions + 1 : 1,
                      0};
        for (const Document& other : port::documents_of_order(tx, made.order_key)) {
            if (other.key != key && (other.state == "stored" || other.state == "waiting"))
                return {-401003, "同一订单存在多张支付单"};
        }
        Decision decision = type == "3" ? Decision{} : match(tx, made);
        if (type == "3") made.state = "deleted";
        if (faults_.take("reject", about, now)) {
            const std::string text = faults_.parameter("text");
            decision = {faults_.number("code", 100), text.empty() ? "海关退单" : text};
        }
        if (decision.status == 0) {
            made.state = "waiting";
        } else if (decision.status != 120) {
            made.state = "rejected";
            // A change that is refused leaves what stands.
            if (there) {
                made = *before;
                made.app_time = head.at("appTime");
            }
        }
        port::put_document(tx, made);
        return decision;
    }

    Decision match(db::Reader& reader, const Document& made) const {
        const auto order = port::known_order(reader, made.order_key);
        if (!order) return settings_.strict_match ? Decision{0, ""} : Decision{};
        if (fen_of(order->amount) != fen_of(made.amount)) return {100, "支付金额与订单不一致"};
        if (upper(order->buyer_number) != made.payer_number || order->buyer_name != made.payer_name) {
            return {100, "订购人与支付人不一致"};
        }
        return {};
    }

    /// Receipts of one payment: errors come alone, decisions after 2 and 3.
    void announce(db::Tx& tx, const std::string& dxp_id, const Head& head, const Decision& decision, Instant now) {
        const std::map<std::string, std::string> about{{"serial", head.at("payTransactionId")},
                                                       {"order_no", head.at("orderNo")}};
        if (faults_.take("receipt_lost", about, now)) return;
        std::vector<std::pair<std::int64_t, std::string>> stages;
        if (decision.status >= 0) stages = {{2, "电子口岸申报中"}, {3, "发送海关成功"}};
        if (decision.status != 0) stages.emplace_back(decision.status, decision.text);
        Instant at = now;
        for (std::size_t i = 0; i < stages.size(); ++i) {
            at += settings_.step_after;
            port::Waiting waiting{
                dxp_id,
                at,
                {guid(tx), head.at("payCode"), head.at("payTransactionId"), stages[i].first, at, stages[i].second},
                ""};
            const bool last = i + 1 == stages.size();
            if (last && faults_.take("receipt_late", about, now)) {
                waiting.deliver_at += std::chrono::seconds(faults_.number("delay_s", 3600));
            }
            port::put_waiting(tx, waiting);
            if (last && faults_.take("receipt_twice", about, now)) {
                waiting.deliver_at += settings_.step_after;
                port::put_waiting(tx, waiting);
            }
        }
    }

    /// Due receipts become mails, up to 100 returns in one.
    void deliver(db::Tx& tx, Instant now) {
        std::map<std::string, std::vector<port::Return>> open;
        const auto flush = [&](const std::string& dxp_id) {
            std::vector<port::Return>& returns = open[dxp_id];
            if (!returns.empty()) post(tx, dxp_id, "CEB412Message", port::write_returns(guid(tx), returns), now);
            returns.clear();
        };
        for (port::Waiting& one : port::take_due(tx, now)) {
            if (!one.message.empty()) {
                flush(one.dxp_id);
                post(tx, one.dxp_id, "CEB900Message", one.message, now);
                continue;
            }
            open[one.dxp_id].push_back(std::move(one.said));
            if (open[one.dxp_id].size() == 100) flush(one.dxp_id);
        }
        for (const auto& [dxp_id, returns] : open) flush(dxp_id);
    }

    void post(db::Tx& tx, const std::string& dxp_id, std::string_view type, const std::string& content, Instant now) {
        const std::int64_t number = port::next_number(tx, "mail|" + dxp_id);
        const std::string digits = std::to_string(10'000'000'000 + number).substr(1);
        std::string body = port::write_envelope("EPORT" + shanghai_14(now) + digits, dxp_id, type, content, now);
        if (settings_.key != nullptr && settings_.certificate != nullptr) {
            body = xml::sign(body, settings_.profile, *settings_.key, xml::signer_of(*settings_.certificate)).value();
        }
        const std::map<std::string, std::string> about{{"dxp_id", dxp_id}, {"number", std::to_string(number)}};
        if (faults_.take("bad_receipt_signature", about, now)) {
            const std::size_t at = body.find("<CopMsgId>EPORT");
            if (at != std::string::npos) body[at + 10] = 'X';
        }
        port::put_mail(tx, dxp_id, number, body);
    }

    http::Response give_mails(const http::Request& request, Instant now) {
        const std::string* dxp_id = request.query_value("dxp_id");
        const std::string* after = request.query_value("after");
        const std::string* limit = request.query_value("limit");
        const CustomsSender* sender = dxp_id == nullptr ? nullptr : sender_of(*dxp_id);
        if (sender == nullptr || after == nullptr) return problem(404, "no such mailbox");
        if (sender->key) {
            const std::string* text = request.headers.only("x-dxp-signature");
            const auto signature = text == nullptr ? std::nullopt : from_base64(*text);
            if (!signature || !sender->key->verify("dxp-1\nGET\n" + request.target, *signature)) {
                return problem(401, "the signature is missing or wrong");
            }
        }
        const auto most =
            static_cast<int>(std::clamp<std::int64_t>(limit == nullptr ? 10 : number_or(*limit, 10), 1, 100));
        std::vector<port::Mail> found;
        books_.write([&](db::Tx& tx) {
            deliver(tx, now);
            found = port::mails(tx, *dxp_id, number_or(*after, 0), most + 1);
        });
        http::JsonWriter json;
        json.open_object().key("receipts").open_array();
        for (std::size_t i = 0; i < found.size() && i < static_cast<std::size_t>(most); ++i) {
            json.open_object()
                .field("number", found[i].number)
                .field("message", base64(as_bytes(found[i].body)))
                .close_object();
        }
        json.close_array().field("more", found.size() > static_cast<std::size_t>(most)).close_object();
        return http::Response::json(200, json.take());
    }

    http::Response take_order(const http::Request& request, Instant now) {
        const Result<http::Json> json = http::Json::parse(request.body);
        if (!json) return problem(400, "not JSON");
        std::vector<Error> errors;
        http::JsonObject object(json->root(), errors);
        const std::string platform = object.text("platform_code", {1, 18, false, true});
        const std::string number = object.text("order_no", {1, 60, false, false});
        const auto amount = object.positive_money("actual_paid");
        const std::string id_number = object.text("buyer_id_number", {1, 60, false, true});
        const std::string name = object.text("buyer_name", {1, 60, false, false});
        object.finish();
        if (!errors.empty() || !amount)
            return problem(422, "order_no, platform_code, actual_paid, buyer_id_number, buyer_name");
        books_.write([&](db::Tx& tx) {
            const std::string key = platform + "|" + number;
            port::put_order(tx, {key, amount->text(), id_number, name});
            for (Document& document : port::documents_of_order(tx, key)) {
                if (document.state == "waiting") decide_waiting(tx, document, now);
            }
        });
        return http::Response::json(200, "{}");
    }

    void decide_waiting(db::Tx& tx, Document& document, Instant now) {
        const Decision decision = match(tx, document);
        document.state = decision.status == 120 ? "stored" : "rejected";
        port::put_document(tx, document);
        const std::size_t bar = document.key.find('|');
        const Instant at = now + settings_.step_after;
        port::put_waiting(tx, {document.sender,
                               at,
                               {guid(tx), document.key.substr(0, bar), document.key.substr(bar + 1), decision.status,
                                at, decision.text},
                               ""});
    }

    http::Response take_inventory(const http::Request& request) {
        const Result<http::Json> json = http::Json::parse(request.body);
        if (!json) return problem(400, "not JSON");
        std::vector<Error> errors;
        http::JsonObject object(json->root(), errors);
        const std::string platform = object.text("platform_code", {1, 18, false, true});
        const std::string number = object.text("order_no", {1, 60, false, false});
        object.finish();
        if (!errors.empty()) return problem(422, "order_no and platform_code are needed");
        books_.write([&](db::Tx& tx) {
            for (Document& document : port::documents_of_order(tx, platform + "|" + number)) {
                document.inventory = 1;
                port::put_document(tx, document);
            }
        });
        return http::Response::json(200, "{}");
    }

    http::Response show_books() {
        http::JsonWriter json(4096);
        json.open_object();
        books_.read([&](db::Reader& reader) {
            json.field("messages", port::count_messages(reader)).key("documents").open_array();
            for (const Document& d : port::all_documents(reader)) {
                const std::size_t bar = d.key.find('|');
                json.open_object()
                    .field("pay_code", d.key.substr(0, bar))
                    .field("serial", d.key.substr(bar + 1))
                    .field("order", d.order_key)
                    .field("amount", d.amount)
                    .field("state", d.state)
                    .field("versions", d.versions)
                    .close_object();
            }
            json.close_array();
        });
        return http::Response::json(200, json.close_object().take());
    }

    db::Database& books_;
    CustomsSettings settings_;
    Faults faults_;
};

Customs::Customs(db::Database& books, CustomsSettings settings)
    : impl_(std::make_unique<Impl>(books, std::move(settings))) {}
Customs::~Customs() = default;

http::Response Customs::answer(const http::Request& request, Instant now) {
    return impl_->answer(request, now);
}

std::vector<Sending> Customs::due(Instant now) {
    impl_->due(now);
    return {};  // customs sends nothing by itself: receipts are fetched
}

void Customs::sent(const std::string&, const http::Outcome&, Instant) {}

}  // namespace huiqiao::sandbox
