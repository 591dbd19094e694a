#include "src/flow/declare.h"

#include <algorithm>

#include "src/flow/ask.h"
#include "src/flow/declare_parts.h"

namespace huiqiao::flow {

class Declare::Impl {
 public:
    Impl(db::Database& database, db::WriteQueue& queue, IdSource& ids, const calls::Calls& calls,
         const crypto::Sealer& sealer, const parties::PartyStore& parties, const customs::CustomsGateway& gateway,
         const customs::Seal& seal, DeclareSettings settings)
        : parts_{database, queue, ids, calls, sealer, parties, gateway, seal, std::move(settings), {}},
          declare_(make_declare_handler(parts_)),
          receipts_(make_receipts_handler(parts_)),
          open_(make_open_declarations(parts_)),
          send_(make_send_declarations(parts_)),
          look_after_(make_look_after_declarations(parts_)),
          ask_(make_ask_receipts(parts_)) {
        const int most = static_cast<int>(customs::kMostPayments);
        parts_.settings.payments_a_message = std::clamp(parts_.settings.payments_a_message, 1, most);
        require(parts_.settings.declarant);
        for (const auto& [port, declarant] : parts_.settings.by_port) require(declarant);
    }

    int step(Instant now) { return open(now) + look_after(now) + send(now) + ask(now); }

    bool is_idle(Instant now) {
        bool idle = false;
        parts_.database.look([&](db::Reader& reader) {
            idle =
                orders::OrderStore::to_declare(reader, now, 1).empty() && !customs::DeclarationStore::any_open(reader);
        });
        return idle;
    }

    DeclareParts parts_;
    std::unique_ptr<calls::AnswerHandler> declare_;
    std::unique_ptr<calls::AnswerHandler> receipts_;
    DeclareCounters counters_;

 private:
    static void require(const customs::Declarant& declarant) {
        if (const Status good = customs::check_declarant(declarant); !good) throw LogicError(good.error().english());
    }

    int open(Instant now) {
        const auto item = std::make_shared<OpenDeclarations>();
        parts_.database.look([&](db::Reader& reader) {
            item->order_ids = orders::OrderStore::to_declare(reader, now, parts_.settings.orders_a_step);
        });
        if (item->order_ids.empty()) return 0;
        item->weight = item->order_ids.size();
        if (!parts_.queue.run(*open_, item)) return 0;
        counters_.opened += static_cast<std::uint64_t>(item->opened);
        return item->opened;
    }

    /// Messages full, oldest first, each of one declarant.
    int send(Instant now) {
        std::vector<std::shared_ptr<db::Item>> items;
        parts_.database.look([&](db::Reader& reader) {
            items.clear();
            const int most = parts_.settings.payments_a_message * parts_.settings.messages_a_step;
            const auto ids = customs::DeclarationStore::due(reader, customs::DeclarationState::Due, now, most);
            std::map<std::string, std::vector<std::string>> of_declarant;
            for (const customs::Declaration& d : customs::DeclarationStore::load(reader, ids)) {
                const customs::Declarant& declarant = parts_.declarant_of(d.customs_port);
                of_declarant[declarant.dxp_id + "|" + declarant.code].push_back(d.id);
            }
            for (const auto& [declarant, due] : of_declarant) {
                const auto full = static_cast<std::size_t>(parts_.settings.payments_a_message);
                for (std::size_t at = 0; at < due.size(); at += full) {
                    const auto item = std::make_shared<SendDeclarations>();
                    const auto begin = due.begin() + static_cast<std::ptrdiff_t>(at);
                    item->declaration_ids.assign(begin,
                                                 begin + static_cast<std::ptrdiff_t>(std::min(full, due.size() - at)));
                    item->weight = item->declaration_ids.size();
                    items.push_back(item);
                }
            }
        });
        if (items.empty()) return 0;
        const std::vector<Status> written = parts_.queue.run(*send_, items);
        int done = 0;
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (!written[i].ok()) continue;
            const auto& item = static_cast<const SendDeclarations&>(*items[i]);
            counters_.messages += item.sent > 0 ? 1 : 0;
            counters_.payments += static_cast<std::uint64_t>(item.sent);
            counters_.held += static_cast<std::uint64_t>(item.held);
            done += item.sent + item.held;
        }
        return done;
    }

    int look_after(Instant now) {
        const auto item = std::make_shared<LookAfterDeclarations>();
        parts_.database.look([&](db::Reader& reader) {
            item->declaration_ids.clear();
            for (const auto state : {customs::DeclarationState::Sent, customs::DeclarationState::AtPort,
                                     customs::DeclarationState::AtCustoms}) {
                for (std::string& id : customs::DeclarationStore::due(reader, state, now, 100)) {
                    item->declaration_ids.push_back(std::move(id));
                }
            }
        });
        if (item->declaration_ids.empty()) return 0;
        item->weight = item->declaration_ids.size();
        if (!parts_.queue.run(*look_after_, item)) return 0;
        counters_.sent_again += static_cast<std::uint64_t>(item->sent_again);
        return static_cast<int>(item->declaration_ids.size());
    }

    int ask(Instant now) {
        std::vector<std::string> due;
        parts_.database.look([&](db::Reader& reader) {
            due.clear();
            if (!customs::DeclarationStore::any_open(reader)) return;
            for (const std::string& dxp_id : parts_.mailboxes()) {
                const auto mailbox = customs::DeclarationStore::mailbox(reader, dxp_id);
                const bool asks =
                    !mailbox || (mailbox->asking.empty() && mailbox->asked_at + parts_.settings.poll_every <= now);
                if (asks) due.push_back(dxp_id);
            }
        });
        int done = 0;
        for (const std::string& dxp_id : due) {
            const auto item = std::make_shared<Ask>(dxp_id);
            if (parts_.queue.run(*ask_, item) && item->asked) ++done;
        }
        counters_.polls += static_cast<std::uint64_t>(done);
        return done;
    }

    std::unique_ptr<db::Operation> open_;
    std::unique_ptr<db::Operation> send_;
    std::unique_ptr<db::Operation> look_after_;
    std::unique_ptr<db::Operation> ask_;
};

Declare::Declare(db::Database& database, db::WriteQueue& queue, IdSource& ids, const calls::Calls& calls,
                 const crypto::Sealer& sealer, const parties::PartyStore& parties,
                 const customs::CustomsGateway& gateway, const customs::Seal& seal, DeclareSettings settings)
    : impl_(std::make_unique<Impl>(database, queue, ids, calls, sealer, parties, gateway, seal, std::move(settings))) {}
Declare::~Declare() = default;

int Declare::step(Instant now) {
    return impl_->step(now);
}
bool Declare::is_idle(Instant now) {
    return impl_->is_idle(now);
}
DeclareCounters Declare::counters() const {
    return impl_->counters_;
}
std::unique_ptr<Decision> Declare::again(const ledger::Ledger& ledger) const {
    return make_declare_again(impl_->parts_, ledger);
}
calls::AnswerHandler& Declare::declare_handler() {
    return *impl_->declare_;
}
calls::AnswerHandler& Declare::receipts_handler() {
    return *impl_->receipts_;
}

}  // namespace huiqiao::flow
