// Due declarations of one declarant become one message of up to 100 payments: checked against the order first (CST-03),
// written, sealed and prepared as one call in one group. What the checks refuse is held and leaves the others alone.

#include <algorithm>

#include "customs/three_documents.h"
#include "src/base/planted.h"
#include "src/flow/declare_parts.h"

namespace huiqiao::flow {

namespace {

using customs::Declaration;
using customs::DeclarationPart;
using customs::PaymentDocument;

constexpr std::chrono::minutes kLookAgainAtHeldOrders{10};

struct Reason {
    std::string english;
    std::string chinese;
};

std::string upper_uuid(IdSource& ids) {
    std::string guid = ids.uuid();
    std::transform(guid.begin(), guid.end(), guid.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return guid;
}

/// CEB_CEB411_<dxpId>_EPORT_<yyyyMMddHHmmssSSS><4 digits>.xml
std::string file_name(const std::string& dxp_id, Instant now, const std::string& message_id) {
    const auto ms = std::to_string(1000 + (to_us(now) / 1000) % 1000).substr(1);
    unsigned digits = 0;
    for (const char c : message_id) digits = (digits * 31 + static_cast<unsigned char>(c)) % 10000;
    return "CEB_CEB411_" + dxp_id + "_EPORT_" + shanghai_14(now) + ms + std::to_string(10000 + digits).substr(1) +
           ".xml";
}

class SendWork final : public db::Work {
 public:
    SendWork(const DeclareParts& parts, std::vector<SendDeclarations*> items)
        : parts_(parts), items_(std::move(items)) {}

    void find(db::Reader& reader) override {
        std::vector<std::string> persons;
        for (const SendDeclarations* item : items_) {
            rows_.push_back(DeclarationRows::find(reader, item->declaration_ids, false));
            for (const orders::Order& order : orders::OrderStore::load(reader, rows_.back().order_ids)) {
                persons.push_back(order.buyer_id);
                persons.push_back(order.payer_id);
            }
        }
        std::sort(persons.begin(), persons.end());
        persons.erase(std::unique(persons.begin(), persons.end()), persons.end());
        if (persons.empty()) return;
        if (auto opened = parts_.parties.persons(reader, persons)) {
            persons_ = std::move(opened).value();
            return;
        }
        // One of them does not open: it holds its own declarations, and nobody else's.
        for (const std::string& id : persons) {
            if (auto one = parts_.parties.persons(reader, std::span(&id, 1))) {
                persons_.merge(std::move(one).value());
            } else {
                unopened_.insert(id);
            }
        }
    }
    void lock(db::Locks& locks) override {
        for (const DeclarationRows& rows : rows_) rows.lock(locks);
    }
    void run(db::Group& group) override {
        for (std::size_t i = 0; i < items_.size(); ++i) send(group, *items_[i], rows_[i]);
    }

 private:
    struct Ready {
        Declaration* declaration;
        PaymentDocument document;
    };
    /// One message in the making.
    struct Making {
        std::vector<Declaration> declarations;
        std::map<std::string, orders::Order> orders;
        std::vector<const Declaration*> changed;
        std::vector<OrderChange> order_changes;
        std::vector<operators::NewWorkItem> work_items;
        std::vector<Ready> ready;
    };

    void send(db::Group& group, SendDeclarations& wish, const DeclarationRows& rows) {
        wish.sent = 0;
        wish.held = 0;
        Making making;
        making.declarations = customs::DeclarationStore::load(group.tx, rows.declaration_ids);
        for (orders::Order& order : orders::OrderStore::load(group.tx, rows.order_ids)) {
            const std::string id = order.id;
            making.orders.emplace(id, std::move(order));
        }
        check_all(group, making);
        wish.held = static_cast<int>(making.work_items.size());
        if (!making.ready.empty()) wish.sent = write(group, making, wish);
        customs::DeclarationStore::save(group.tx, making.changed);
        save_orders(group, making.order_changes);
        parts_.work_items.open(group, making.work_items);
    }

    void check_all(db::Group& group, Making& making) {
        std::vector<std::string> platform_ids;
        std::vector<std::string> serial_keys;
        for (const auto& [id, order] : making.orders) platform_ids.push_back(order.platform_id);
        std::sort(platform_ids.begin(), platform_ids.end());
        platform_ids.erase(std::unique(platform_ids.begin(), platform_ids.end()), platform_ids.end());
        const auto platforms = parties::PartyStore::platforms(group.tx, platform_ids);
        for (const Declaration& d : making.declarations)
            serial_keys.push_back(customs::serial_key(d.pay_code, d.serial));
        const auto holders = customs::DeclarationStore::holders(group.tx, serial_keys);
        for (Declaration& declaration : making.declarations) {
            if (declaration.state != customs::DeclarationState::Due || !declaration.due_at ||
                *declaration.due_at > group.now)
                continue;
            orders::Order& order = making.orders.at(declaration.order_id);
            if (orders::stops_declaring(order.hold_reason)) {
                declaration.due_at = group.now + kLookAgainAtHeldOrders;
                making.changed.push_back(&declaration);
                continue;
            }
            const auto platform = platforms.find(order.platform_id);
            const auto holder = holders.find(customs::serial_key(declaration.pay_code, declaration.serial));
            PaymentDocument document =
                compose(declaration, order, platform == platforms.end() ? nullptr : &platform->second, group.now);
            std::optional<Reason> reason =
                fault_of(declaration, order, platform == platforms.end() ? nullptr : &platform->second, document);
            if (!reason && (holder == holders.end() || holder->second != declaration.id)) {
                reason = Reason{"its payment serial stands for another order's declaration",
                                "该支付交易编号已用于其他订单的申报"};
            }
            if (reason) {
                hold(making, declaration, order, *reason);
            } else {
                making.ready.push_back({&declaration, std::move(document)});
            }
        }
    }

    PaymentDocument compose(const Declaration& d, const orders::Order& order, const parties::Platform* platform,
                            Instant now) {
        const customs::Declarant& declarant = parts_.declarant_of(d.customs_port);
        const auto enterprise = parts_.settings.enterprises.find(d.pay_code);
        const auto payer = persons_.find(order.payer_id);
        // Strictly later than the part before, or customs ignores it (-401012).
        const Instant app_time =
            std::max(Instant(std::chrono::floor<std::chrono::seconds>(now)), d.app_time + std::chrono::seconds(1));
        const bool renamed = is_planted(Bug::NewSerialOnResend) && d.part_no > 0;
        PaymentDocument document{.guid = upper_uuid(parts_.ids),
                                 .app_type = d.app_type,
                                 .app_time = app_time,
                                 .pay_code = d.pay_code,
                                 .pay_name = "",
                                 .serial = renamed ? d.serial + "R" : d.serial,
                                 .order_no = d.sub_order_no.empty() ? order.platform_order_no : d.sub_order_no,
                                 .platform_code = platform == nullptr ? "" : platform->customs_code,
                                 .platform_name = platform == nullptr ? "" : platform->customs_name,
                                 .payer_id_number = "",
                                 .payer_name = "",
                                 .telephone = "",
                                 .amount = d.amount,
                                 .paid_at = d.paid_at,
                                 .note = ""};
        if (d.pay_code == declarant.code)
            document.pay_name = declarant.name;
        else if (enterprise != parts_.settings.enterprises.end())
            document.pay_name = enterprise->second;
        if (payer != persons_.end()) {
            document.payer_id_number = customs::folded_id_number(payer->second.identity_number);
            document.payer_name = payer->second.name;
            document.telephone = payer->second.phone;
        }
        return document;
    }

    std::optional<Reason> fault_of(const Declaration& d, const orders::Order& order, const parties::Platform* platform,
                                   const PaymentDocument& document) const {
        if (document.pay_name.empty()) {
            return Reason{"the payment enterprise " + d.pay_code + " is not in our table of registered ones",
                          "支付企业 " + d.pay_code + " 不在支付企业代码表中"};
        }
        if (platform == nullptr || platform->customs_code.empty()) {
            return Reason{"its platform is not registered with customs", "电商平台未在海关注册"};
        }
        if (unopened_.contains(order.payer_id) || unopened_.contains(order.buyer_id)) {
            return Reason{"the stored data of its payer or buyer does not open", "支付人或订购人的存储信息无法解密"};
        }
        const auto payer = persons_.find(order.payer_id);
        const auto buyer = persons_.find(order.buyer_id);
        if (payer == persons_.end() || buyer == persons_.end())
            return Reason{"its payer is not known", "支付人信息缺失"};
        if (payer->second.identity_type != parties::IdentityType::ResidentId ||
            !parties::is_resident_id(document.payer_id_number, Date::in_shanghai(document.app_time))) {
            return Reason{"customs takes resident identity cards only", "海关仅接受居民身份证件"};
        }
        if (const Status good = customs::check_document(document); !good) {
            return Reason{good.error().english(), good.error().chinese()};
        }
        const customs::OrderDocument said{
            .order_no = document.order_no,
            .platform_code = platform->customs_code,
            .platform_name = platform->customs_name,
            .pay_code = "",
            .serial = "",
            .actual_paid = order.amounts.due - (order.payout == orders::PayoutKind::None
                                                    ? Money::zero(order.amounts.due.currency())
                                                    : order.amounts.refunding + order.amounts.refunded),
            .buyer_id_number = buyer->second.identity_number,
            .buyer_name = buyer->second.name,
            .buyer_verified = platform->identity_verified};
        const Money tolerance = Money::of_minor(d.amount.currency(), parts_.settings.tolerance_minor);
        const auto mismatches = customs::match(said, document, std::nullopt, tolerance);
        if (mismatches.empty()) return std::nullopt;
        return Reason{std::string(mismatches.front().english), std::string(mismatches.front().chinese)};
    }

    static void hold(Making& making, Declaration& declaration, orders::Order& order, const Reason& reason) {
        const auto to = customs::next(declaration.state, customs::DeclarationEvent::Hold);
        if (!to) throw LogicError("declaration " + declaration.id + " cannot be held");
        declaration.state = *to;
        declaration.due_at.reset();
        making.changed.push_back(&declaration);
        order.declaration_state = customs::order_text(declaration.state);
        making.order_changes.push_back({&order, "order.declaration_held"});
        making.work_items.push_back({"declaration_held", "declaration", declaration.id,
                                     "Order " + order.id + " is not declared: " + reason.english,
                                     "订单 " + order.id + " 暂不申报：" + reason.chinese});
    }

    /// How many payments the message took.
    int write(db::Group& group, Making& making, SendDeclarations& wish) {
        const customs::Declarant& declarant = parts_.declarant_of(making.ready.front().declaration->customs_port);
        Result<std::string> body = write_body(declarant, making.ready);
        if (!body) {
            // One of them holds what XML cannot carry: that one is held, the others go.
            std::vector<Ready> good;
            for (Ready& one : making.ready) {
                Result<std::string> alone = write_body(declarant, std::span(&one, 1));
                if (alone) {
                    good.push_back(std::move(one));
                    continue;
                }
                hold(making, *one.declaration, making.orders.at(one.declaration->order_id),
                     {alone.error().english(), alone.error().chinese()});
                ++wish.held;
            }
            making.ready = std::move(good);
            if (making.ready.empty()) return 0;
            body = write_body(declarant, making.ready);
            if (!body) throw LogicError("payments that can be written alone cannot be written together");
        }
        Result<std::string> sealed = parts_.seal.put_on(*body);
        if (!sealed) throw LogicError("a message cannot be sealed: " + sealed.error().english());
        prepare(group, making, declarant, std::move(sealed).value());
        return static_cast<int>(making.ready.size());
    }

    Result<std::string> write_body(const customs::Declarant& declarant, std::span<const Ready> ready) {
        std::vector<PaymentDocument> documents;
        documents.reserve(ready.size());
        for (const Ready& one : ready) documents.push_back(one.document);
        return customs::write_ceb411(upper_uuid(parts_.ids), declarant, documents);
    }

    void prepare(db::Group& group, Making& making, const customs::Declarant& declarant, std::string sealed) {
        const std::string message_id = upper_uuid(parts_.ids);
        Result<WireRequest> request =
            parts_.gateway.declare({.message_id = message_id,
                                    .dxp_id = declarant.dxp_id,
                                    .message_type = "CEB411Message",
                                    .file_name = file_name(declarant.dxp_id, group.now, message_id),
                                    .xml = std::move(sealed),
                                    .created_at = group.now});
        if (!request) throw LogicError("a message cannot be carried: " + request.error().english());
        calls::NewCall call{.operation = "customs.declare",
                            .counterparty = parts_.settings.counterparty,
                            .recovery = calls::Recovery::Resendable,
                            .reference = message_id,
                            .request = std::move(request).value(),
                            .instructions = {},
                            .not_before = std::nullopt};
        std::vector<DeclarationPart> sent;
        for (Ready& one : making.ready) {
            Declaration& d = *one.declaration;
            d.state = customs::next(d.state, customs::DeclarationEvent::Send).value();
            ++d.part_no;
            d.app_time = one.document.app_time;
            // The longer it has been in vain, the longer it waits.
            d.due_at = group.now + parts_.settings.receipt_wait * (1 << std::min(d.tries, 6));
            making.changed.push_back(&d);
            orders::Order& order = making.orders.at(d.order_id);
            if (order.declaration_state != customs::order_text(d.state)) {
                order.declaration_state = customs::order_text(d.state);
                making.order_changes.push_back({&order, ""});
            }
            sent.push_back({one.document.guid, d.id, d.part_no, message_id, d.app_type, d.app_time,
                            customs::content_hash(one.document)});
            call.instructions.push_back({.subject_kind = "declaration",
                                         .subject_id = d.id,
                                         .part_no = d.part_no,
                                         .reference = one.document.guid,
                                         .amount = d.amount});
        }
        const std::vector<std::string> call_ids = parts_.calls.prepare(group, std::span(&call, 1));
        customs::DeclarationStore::insert_parts(group.tx, sent);
        customs::DeclarationStore::insert_message(
            group.tx, {message_id, declarant.dxp_id, call_ids.at(0), static_cast<int>(sent.size()), group.now});
    }

    const DeclareParts& parts_;
    std::vector<SendDeclarations*> items_;
    std::vector<DeclarationRows> rows_;
    std::map<std::string, parties::Person> persons_;
    std::set<std::string> unopened_;
};

}  // namespace

std::unique_ptr<db::Operation> make_send_declarations(const DeclareParts& parts) {
    return std::make_unique<OperationOf<SendWork, SendDeclarations, DeclareParts>>(parts, "send_declarations");
}

}  // namespace huiqiao::flow
