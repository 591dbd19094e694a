#pragma once
// A maker and a checker without HTTP: asks for a verb of two persons and releases it, by the very operations that stand
// behind the operators' routes. TwoPersons(database, queue, resolve, ledger, decisions).settle("release_order",
// fields).

#include <doctest/doctest.h>

#include "src/api/approve_operations.h"

namespace huiqiao::testing {

inline const std::string kGrounds =
    R"("reason":"as the letter of 20 May says","evidence_sha256":")" + std::string(64, 'e') + "\"";

class TwoPersons {
 public:
    TwoPersons(db::Database& database, db::WriteQueue& queue, calls::Resolve& resolve, const ledger::Ledger& ledger,
               api::Decisions decisions)
        : database_(database), queue_(queue), decisions_(std::move(decisions)), decide_(resolve, ledger, decisions_) {
        database_.write([](db::Tx& tx) {
            for (const auto& [id, role] :
                 {std::pair("opr_a", operators::Role::Dealer), std::pair("opr_b", operators::Role::Confirmer),
                  std::pair("opr_c", operators::Role::Confirmer)}) {
                if (operators::OperatorStore::find(tx, id)) continue;
                operators::Operator who;
                who.id = who.name = id;
                who.person_id = std::string("person_of_") + id;
                who.role = role;
                operators::OperatorStore::insert(tx, who);
            }
        });
    }

    /// fields: of the content, without reason and evidence: R"("entry_id":"…","to":"order")".
    Result<operators::Approval> ask(const std::string& action, const std::string& fields) {
        const flow::Decision* decision = api::find_decision(decisions_, action);
        REQUIRE(decision != nullptr);
        const http::Json json = http::Json::parse("{" + fields + "," + kGrounds + "}").value();
        std::vector<Error> errors;
        http::JsonObject object(json.root(), errors);
        const std::string wish = decision->read(object);
        object.finish();
        if (!errors.empty()) return errors.front();
        std::optional<Result<flow::Proposal>> proposal;
        database_.read([&](db::Reader& reader) { proposal.emplace(decision->propose(reader, wish)); });
        if (!*proposal) return proposal->error();
        auto item = std::make_shared<api::AskItem>();
        item->operator_id = "opr_a";
        item->action = action;
        item->subject_id = (*proposal)->subject_id;
        item->content = (*proposal)->content;
        REQUIRE(queue_.run(ask_, item).ok());
        if (item->error) return *item->error;
        return *item->approval;
    }

    Status release(const operators::Approval& approval, const std::string& checker = "opr_b") {
        auto item = std::make_shared<api::DecideItem>();
        item->operator_id = checker;
        item->approval_id = approval.id;
        item->request_id = "req_of_checker";
        item->verdict = api::Verdict::Release;
        item->content_hash = approval.content_hash;
        REQUIRE(queue_.run(decide_, item).ok());
        if (item->error) return *item->error;
        return Done{};
    }

    /// Asked and released; the content that was seen.
    std::string settle(const std::string& action, const std::string& fields) {
        const auto asked = ask(action, fields);
        if (!asked) FAIL(asked.error().english());
        const Status done = release(*asked);
        if (!done) FAIL(done.error().english());
        return asked->content;
    }

    /// The code by which asking is refused; "" where it is not.
    std::string refused(const std::string& action, const std::string& fields) {
        const auto asked = ask(action, fields);
        return asked ? "" : std::string(asked.error().code->text);
    }

 private:
    db::Database& database_;
    db::WriteQueue& queue_;
    api::Decisions decisions_;
    api::AskOperation ask_;
    api::DecideOperation decide_;
};

inline std::string code_of(const Status& status) {
    return status ? "" : std::string(status.error().code->text);
}

}  // namespace huiqiao::testing
