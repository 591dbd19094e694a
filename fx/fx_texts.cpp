// The frozen texts of this room's enumerations, as they stand in the database.

#include "fx/desk.h"
#include "fx/enum_texts.h"
#include "fx/purchase.h"
#include "fx/quote.h"

namespace huiqiao::fx {

namespace {

constexpr Texts<QuoteState, 3> kQuoteStates{
    {{QuoteState::Open, "open"}, {QuoteState::Used, "used"}, {QuoteState::Refused, "refused"}}};
constexpr Texts<FixedSide, 2> kFixedSides{{{FixedSide::Cny, "cny"}, {FixedSide::Foreign, "foreign"}}};
constexpr Texts<LockState, 8> kLockStates{{{LockState::Requested, "requested"},
                                           {LockState::Unknown, "unknown"},
                                           {LockState::Locked, "locked"},
                                           {LockState::Used, "used"},
                                           {LockState::Expired, "expired"},
                                           {LockState::Ended, "ended"},
                                           {LockState::Lapsed, "lapsed"},
                                           {LockState::Rejected, "rejected"}}};
constexpr Texts<PurchaseState, 9> kPurchaseStates{{{PurchaseState::Locking, "locking"},
                                                   {PurchaseState::Ordered, "ordered"},
                                                   {PurchaseState::Accepted, "accepted"},
                                                   {PurchaseState::Unknown, "unknown"},
                                                   {PurchaseState::Dealt, "dealt"},
                                                   {PurchaseState::Settled, "settled"},
                                                   {PurchaseState::Rejected, "rejected"},
                                                   {PurchaseState::Withdrawn, "withdrawn"},
                                                   {PurchaseState::Annulled, "annulled"}}};

constexpr Texts<Unfit, 8> kUnfits{{{Unfit::No, ""},
                                   {Unfit::Refused, "refused"},
                                   {Unfit::Used, "used"},
                                   {Unfit::TooOld, "too_old"},
                                   {Unfit::TooLarge, "too_large"},
                                   {Unfit::NoCny, "no_cny"},
                                   {Unfit::Closed, "closed"},
                                   {Unfit::TooSmall, "too_small"}}};

}  // namespace

std::string_view to_text(QuoteState state) {
    return text_of(kQuoteStates, state);
}
QuoteState quote_state_from_text(std::string_view text) {
    return value_of(kQuoteStates, text);
}
std::string_view to_text(FixedSide side) {
    return text_of(kFixedSides, side);
}
FixedSide fixed_side_from_text(std::string_view text) {
    return value_of(kFixedSides, text);
}
std::string_view to_text(LockState state) {
    return text_of(kLockStates, state);
}
LockState lock_state_from_text(std::string_view text) {
    return value_of(kLockStates, text);
}
std::string_view to_text(PurchaseState state) {
    return text_of(kPurchaseStates, state);
}
PurchaseState purchase_state_from_text(std::string_view text) {
    return value_of(kPurchaseStates, text);
}
std::string_view to_text(Unfit unfit) {
    return text_of(kUnfits, unfit);
}
Unfit unfit_from_text(std::string_view text) {
    return value_of(kUnfits, text);
}

}  // namespace huiqiao::fx
