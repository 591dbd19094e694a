// Customs' receipts: the mailbox of each DXP number is asked while anything is awaited, and what comes is kept once and
// applied in customs' order of time. A receipt does not name the message that it answers: it belongs to the last part
// that was sent before its time (customs reference 1.5).

#include <algorithm>
#include <charconv>

#include "src/flow/ask.h"
#include "src/flow/declare_parts.h"

#include "src/base/sometimes.h"

namespace huiqiao::flow {

namespace {

/// By how much customs' clock may be behind ours.
constexpr std::chrono::seconds kClockSkew{30};

/// "dxp|after|random", unique for each question.
std::string question_id(const std::string& dxp_id, std::int64_t after, const std::string& reference) {
    return dxp_id + "|" + std::to_string(after) + "|" + reference;
}

struct Question {
    std::string dxp_id;
    std::int64_t after = 0;
};

Question question_of(const calls::Call& call) {
    const std::string& id = call.instructions.at(0).subject_id;
    const std::size_t first = id.find('|');
    const std::size_t second = id.find('|', first + 1);
    Question question{id.substr(0, first), 0};
    if (first == std::string::npos || second == std::string::npos) throw LogicError("no question of receipts: " + id);
    std::from_chars(id.data() + first + 1, id.data() + second, question.after);
    return question;
}

std::optional<calls::NewCall> question(const DeclareParts& parts, db::Group& group, const std::string& dxp_id) {
    customs::Mailbox mailbox = customs::DeclarationStore::mailbox(group.tx, dxp_id).value();
    if (!mailbox.asking.empty() || group.now < mailbox.asked_at + parts.settings.poll_every) return std::nullopt;
    const std::string reference = group.ids.random_reference("CR");
    mailbox.asking = reference;
    mailbox.asked_at = group.now;
    customs::DeclarationStore::save_mailbox(group.tx, mailbox);
    return calls::NewCall{.operation = "customs.receipts",
                          .counterparty = parts.settings.counterparty,
                          .recovery = calls::Recovery::Resendable,
                          .reference = reference,
                          .request = parts.gateway.receipts(dxp_id, mailbox.last_number),
                          .instructions = {{.subject_kind = "customs_mailbox",
                                            .subject_id = question_id(dxp_id, mailbox.last_number, reference),
                                            .part_no = 1,
                                            .reference = reference,
                                            .amount = std::nullopt}},
                          .not_before = std::nullopt};
}

/// A page as it was read, mail by mail.
struct ReadPage {
    struct ReadMail {
        std::int64_t number = 0;
        customs::Receipts receipts;
        std::string problem;  // not proved, or not readable
    };
    std::vector<ReadMail> mails;
    bool more = false;
};

/// What step 1 found of a page.
struct FoundPage {
    struct OneReturn {
        customs::PaymentReturn said;
        std::string key;
        std::string arrival;
        std::string declaration_id;  // empty: not ours
        int part_no = 0;
    };
    struct OneMessage {
        customs::MessageReturn said;
        std::vector<customs::DeclarationPart> parts;
    };
    std::vector<OneReturn> returns;
    std::vector<OneMessage> messages;
    DeclarationRows rows;
};

class ReceiptsHandler final : public calls::AnswerHandler {
 public:
    explicit ReceiptsHandler(const DeclareParts& parts) : parts_(parts) {}
    [[nodiscard]] std::string_view operation() const override { return "customs.receipts"; }
    [[nodiscard]] std::optional<WireRequest> query(const calls::Call&) const override { return std::nullopt; }
    [[nodiscard]] std::optional<std::chrono::seconds> next_query(int) const override { return std::nullopt; }

    /// A question has no effect: one without an answer is over, and the next one asks the same.
    [[nodiscard]] calls::Reading read(const calls::Call& call, const WireAnswer& answer, bool) const override {
        const Question question = question_of(call);
        InstructionAnswer told{call.instructions.at(0).reference, Outcome::RejectedFinal, "", std::nullopt, "", ""};
        Result<customs::MailPage> page = parts_.gateway.read_receipts(question.dxp_id, question.after, answer);
        if (!page) {
            told.reason_code = page.error().code->text;
            return calls::Reading{{std::move(told)}, {}};
        }
        ReadPage read;
        read.more = page->more;
        for (const customs::Mail& mail : page->mails) {
            ReadPage::ReadMail one{mail.number, {}, mail.problem};
            if (one.problem.empty()) {
                Result<customs::Receipts> receipts = customs::read_receipts(mail.xml);
                if (receipts)
                    one.receipts = std::move(receipts).value();
                else
                    one.problem = receipts.error().english();
            }
            read.mails.push_back(std::move(one));
        }
        told.outcome = Outcome::Confirmed;
        return calls::Reading{{std::move(told)}, std::move(read)};
    }

    /// An empty mailbox, or none at all.
    [[nodiscard]] bool is_passing(const calls::Reading& reading) const override {
        const ReadPage* page = page_of(reading);
        return page != nullptr && page->mails.empty();
    }

    void find(db::Reader& reader, const calls::Call& call, const calls::Reading& reading) override {
        FoundPage found;
        std::vector<std::string> keys;
        std::vector<std::string> ids;
        if (const ReadPage* page = page_of(reading)) {
            for (const ReadPage::ReadMail& mail : page->mails) add(reader, call, mail, found, keys, ids);
        }
        const auto holders = customs::DeclarationStore::holders(reader, keys);
        for (FoundPage::OneReturn& one : found.returns) {
            const auto at = holders.find(customs::serial_key(one.said.pay_code, one.said.serial));
            if (at == holders.end()) continue;
            one.declaration_id = at->second;
            ids.push_back(at->second);
        }
        std::sort(ids.begin(), ids.end());
        ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
        const auto parts = customs::DeclarationStore::parts(reader, ids);
        for (FoundPage::OneReturn& one : found.returns) attribute(one, parts);
        found.rows = DeclarationRows::find(reader, ids, true);
        std::stable_sort(found.returns.begin(), found.returns.end(),
                         [](const auto& a, const auto& b) { return a.said.returned_at < b.said.returned_at; });
        found_.put(call.id, std::move(found));
    }

    void claim(db::Claims& claims, const calls::Call& call, const calls::Reading&) override {
        claims.add(customs::kMailboxClaim, question_of(call).dxp_id, "");
        const auto found = found_.get(call.id);
        for (const FoundPage::OneReturn& one : found->returns) {
            claims.add(customs::kReceiptClaim, one.key, one.arrival, one.declaration_id, one.part_no, one.said.status,
                       one.said.returned_at, parts_.sealer.seal({"customs_receipt", one.key, "text"}, one.said.text));
        }
    }
    void lock(db::Locks& locks, const calls::Call& call, const calls::Reading&) override {
        locks.add(customs::kMailboxLock, question_of(call).dxp_id);
        found_.get(call.id)->rows.lock(locks);
    }

    void apply(db::Group& group, const calls::Call& call, const calls::Reading& reading,
               std::span<const calls::Moved>) override {
        const auto found = found_.get(call.id);
        found_.forget(call.id);
        const Question question = question_of(call);
        DeclarationsInHand in_hand(group, parts_, found->rows);
        std::vector<operators::NewWorkItem> work_items;
        for (const FoundPage::OneReturn& one : found->returns) {
            // The same receipt again, in this mail or an earlier one.
            if (group.claims.owner(customs::kReceiptClaim, one.key) != one.arrival) continue;
            if (one.declaration_id.empty()) {
                work_items.push_back(unmatched(one));
                sometimes("a receipt of nothing that we declared");
                continue;
            }
            in_hand.apply(one.declaration_id, one.part_no, customs::return_code(one.said.status), one.said.returned_at);
        }
        for (const FoundPage::OneMessage& one : found->messages) {
            for (const customs::DeclarationPart& part : one.parts) {
                const customs::ReturnCode code{one.said.status, customs::Meaning::Rejected,
                                               "The message could not be read.", "报文格式校验不通过"};
                in_hand.apply(part.declaration_id, part.part_no, code, one.said.returned_at);
            }
            if (one.parts.empty()) {
                work_items.push_back({"customs_receipt_unmatched", "customs_message", one.said.message_id.substr(0, 60),
                                      "Customs could not read a message that is not ours.",
                                      "海关退回的报文与我方报文不匹配。"});
            }
        }
        in_hand.save();
        close_page(group, question, reading, call.reference, work_items);
        parts_.work_items.open(group, work_items);
    }

 private:
    static const ReadPage* page_of(const calls::Reading& reading) { return std::any_cast<ReadPage>(&reading.details); }

    static void add(db::Reader& reader, const calls::Call& call, const ReadPage::ReadMail& mail, FoundPage& found,
                    std::vector<std::string>& keys, std::vector<std::string>& ids) {
        int place = 0;
        for (const customs::PaymentReturn& said : mail.receipts.payments) {
            found.returns.push_back({said, customs::receipt_key(said),
                                     call.reference + "|" + std::to_string(mail.number) + "|" + std::to_string(place++),
                                     "", 0});
            keys.push_back(customs::serial_key(said.pay_code, said.serial));
        }
        for (const customs::MessageReturn& said : mail.receipts.messages) {
            FoundPage::OneMessage one{said, customs::DeclarationStore::parts_of_message(reader, said.message_id)};
            for (const customs::DeclarationPart& part : one.parts) ids.push_back(part.declaration_id);
            found.messages.push_back(std::move(one));
        }
    }

    static void attribute(FoundPage::OneReturn& one,
                          const std::map<std::string, std::vector<customs::DeclarationPart>>& parts) {
        const auto at = parts.find(one.declaration_id);
        if (at == parts.end()) return;
        for (const customs::DeclarationPart& part : at->second) {
            if (one.part_no == 0 || part.app_time <= one.said.returned_at + kClockSkew) one.part_no = part.part_no;
        }
    }

    static operators::NewWorkItem unmatched(const FoundPage::OneReturn& one) {
        return {"customs_receipt_unmatched", "customs_receipt", one.key.substr(0, 60),
                "A receipt (" + std::to_string(one.said.status) + ") is for a payment serial that we did not declare.",
                "收到回执（" + std::to_string(one.said.status) + "），其支付交易编号并非我方申报。"};
    }

    /// The mailbox moves on, also past what could not be read: a person sees it, and its bytes are kept with the call.
    void close_page(db::Group& group, const Question& question, const calls::Reading& reading,
                    const std::string& reference, std::vector<operators::NewWorkItem>& work_items) const {
        customs::Mailbox mailbox = customs::DeclarationStore::mailbox(group.tx, question.dxp_id).value();
        if (mailbox.asking == reference) mailbox.asking.clear();
        if (const ReadPage* page = page_of(reading)) {
            for (const ReadPage::ReadMail& mail : page->mails) {
                mailbox.last_number = std::max(mailbox.last_number, mail.number);
                if (mail.problem.empty()) continue;
                const std::string number = std::to_string(mail.number);
                work_items.push_back({"customs_mail_unreadable", "customs_mail", question.dxp_id + "|" + number,
                                      "Mail " + number + " of " + question.dxp_id + " was not taken: " + mail.problem,
                                      question.dxp_id + " 的第 " + number + " 封回执未被采信：" + mail.problem});
            }
            // There is more behind this page: the next step asks at once.
            if (page->more) mailbox.asked_at = Instant{};
        }
        customs::DeclarationStore::save_mailbox(group.tx, mailbox);
    }

    const DeclareParts& parts_;
    FoundByCall<FoundPage> found_;
};

}  // namespace

std::unique_ptr<db::Operation> make_ask_receipts(const DeclareParts& parts) {
    return make_ask("ask_receipts",
                    {customs::kMailboxClaim, customs::kMailboxLock, parts.calls,
                     [&parts](db::Group& group, const std::string& dxp_id) { return question(parts, group, dxp_id); }});
}
std::unique_ptr<calls::AnswerHandler> make_receipts_handler(const DeclareParts& parts) {
    return std::make_unique<ReceiptsHandler>(parts);
}

}  // namespace huiqiao::flow
