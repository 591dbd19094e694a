#include "src/flow/far_off_matter.h"

#include "fx/purchase_store.h"
#include "src/flow/explain_debit.h"

namespace huiqiao::flow {

namespace {

using namespace far_off_error;

constexpr std::string_view kSource = "purchase";

std::optional<ledger::Entry> entry_of(db::Reader& reader, const std::string& purchase_id, std::string_view kind) {
    return ledger::find_entry(reader, ledger::Fact{std::string(kSource), purchase_id, std::string(kind)});
}

}  // namespace

Result<FarOffMatter> far_off_matter(db::Reader& reader, const std::string& purchase_id) {
    std::optional<fx::Purchase> purchase = fx::PurchaseStore::find(reader, purchase_id);
    if (!purchase) return Error(debit_error::kNoSubject, {{"what", "purchase"}, {"subject", purchase_id}});
    const Error none(kNotFarOff, {{"purchase", purchase_id}});
    const auto cny = entry_of(reader, purchase_id, "excess_cost_suspended");
    const auto foreign = entry_of(reader, purchase_id, "surplus_suspended");
    if (!purchase->deal || !cny || !foreign) return none;
    Result<Suspended> paid = SuspenseStore::find(reader, cny->id);
    Result<Suspended> got = SuspenseStore::find(reader, foreign->id);
    if (!paid) return paid.error();
    if (!got) return got.error();
    if (paid->amount != purchase->deal->cny || got->amount != purchase->deal->foreign) return none;
    return FarOffMatter{*std::move(purchase), std::move(paid).value(), std::move(got).value()};
}

std::optional<Error> not_alone(db::Reader& reader, const Suspended& item, std::string_view as) {
    if (item.entry.source_type != kSource) return std::nullopt;
    const auto refused = [&](const ErrorCode& code) {
        return Error(code, {{"entry", item.entry.id}, {"purchase", item.entry.source_id}});
    };
    if (item.entry.kind == kReceivedLegToGoBack) return refused(kIsBanks);
    if (item.entry.kind == kPaidLegToComeBack) {
        const bool is_way = as == "recalled" || as == "given_up";
        return is_way ? std::nullopt : std::optional(refused(kOwedByBank));
    }
    if (far_off_matter(reader, item.entry.source_id)) return refused(kMatterOpen);
    return std::nullopt;
}

std::string_view way_out(db::Reader& reader, const Suspended& item) {
    if (item.entry.source_type == kSource) {
        if (item.entry.kind == kReceivedLegToGoBack) return "explain_debit";
        if (far_off_matter(reader, item.entry.source_id)) return "settle_far_off_deal";
    }
    return item.is_debit() ? "explain_debit" : "resolve_suspense";
}

}  // namespace huiqiao::flow
