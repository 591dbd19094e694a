#pragma once
// Legs of purchases as they appear on statements: a line that carries a purchase's reference settles the leg on its
// account, if direction and amount agree with the deal; the CNY leg uses up the hold on the provision account. A line
// that comes before the deal is known waits; one that does not agree, or a second one, is left to suspense. When both
// legs are settled the purchase closes, and its position must be zero (else a work item).

#include <span>

#include "fx/purchase.h"
#include "src/flow/line_taker.h"
#include "src/ledger/ledger.h"

namespace huiqiao::flow {

class PurchaseLegs final : public LineTaker {
 public:
    explicit PurchaseLegs(const ledger::Ledger& ledger) : ledger_(ledger) {}
    [[nodiscard]] std::unique_ptr<LineTaking> begin() override;

 private:
    const ledger::Ledger& ledger_;
};

/// A locked purchase with both its legs, some newly settled: where both are, it closes.
void save_settled(db::Group& group, const ledger::Ledger& ledger, fx::Purchase& purchase,
                  std::span<const fx::PurchaseLeg> legs);

}  // namespace huiqiao::flow
