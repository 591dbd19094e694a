#pragma once
// Intake at work in a write group: claims numbers, decides each order, writes all rows of the accepted ones by a few
// multi-row statements. Private to intake.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "fx/platform_quote.h"
#include "src/flow/intake.h"
#include "src/flow/intake_item.h"

namespace huiqiao::flow {

class IntakeWork final : public db::Work {
 public:
    IntakeWork(std::span<const std::shared_ptr<db::Item>> items, const parties::PartyStore& parties);
    void claim(db::Claims& claims) override;
    void lock(db::Locks& locks) override;
    void run(db::Group& group) override;

 private:
    using Prepared = IntakeItem::Prepared;

    struct Parties {
        std::map<std::string, parties::Platform> platforms;
        std::map<std::string, parties::Merchant> merchants;
        std::map<std::string, parties::PayeeFacts> payees;
    };
    /// Orders that stood before this group, under the numbers asked for.
    struct Standing {
        std::map<std::string, orders::NumberHolder> holders;  // by number key
        std::map<std::string, orders::Order> orders;          // by id
    };
    /// An order accepted in this group.
    struct Accepted {
        IntakeItem* item;
        const Prepared* prepared;
    };

    Parties read_parties(db::Reader& reader) const;
    Standing read_standing(db::Group& group) const;
    /// The quote that the order takes, under lock; it is the order's from then on.
    std::optional<Error> take_quote(db::Reader& reader, const orders::Order& order, Instant now);
    IntakeAnswer decide(db::Reader& reader, const Prepared& prepared, IntakeItem& item, const Parties& parties,
                        const Standing& standing);
    static std::optional<Error> refused_by_parties(const NewOrder& fresh, const Parties& parties);
    /// sibling: the order as this group took it in; nullptr: it stood before.
    IntakeAnswer repeat(db::Reader& reader, const Prepared& prepared, const std::string& fingerprint,
                        const orders::Order& order, const Prepared* sibling);
    std::string differing_fields(db::Reader& reader, const Prepared& prepared, const orders::Order& standing,
                                 const Prepared* sibling);
    void settle_numbers(db::Group& group) const;
    void write(db::Group& group) const;
    void write_quotes(db::Group& group) const;

    const parties::PartyStore& party_store_;
    std::vector<IntakeItem*> items_;
    int looked_into_ = 0;            // standing orders that were read to name a difference
    std::set<std::string> own_ids_;  // of all orders that this group may make
    std::map<std::string, const Prepared*> accepted_by_key_;
    std::vector<Accepted> accepted_;
    std::map<std::string, fx::PlatformQuote> taken_;  // by id, in this group
    Instant now_{};
};

}  // namespace huiqiao::flow
