#include "src/ledger/payout_stops.h"

#include "src/ledger/ledger_store.h"

namespace huiqiao::ledger {

namespace {

struct StopItem final : db::Item {
    std::vector<Currency> currencies;
    std::string reason;
};

class StopWork final : public db::Work {
 public:
    StopWork(std::span<const std::shared_ptr<db::Item>> items, const Ledger& ledger)
        : items_(items.begin(), items.end()), ledger_(ledger) {}
    void run(db::Group& group) override {
        for (const auto& waiting : items_) {
            const auto& item = static_cast<const StopItem&>(*waiting);
            for (const Currency currency : item.currencies) ledger_.stop_payouts(group, currency, item.reason);
        }
    }

 private:
    std::vector<std::shared_ptr<db::Item>> items_;
    const Ledger& ledger_;
};

}  // namespace

Status PayoutStops::stop_after(const VerifyReport& report) {
    if (report.are_rows_good()) return Done{};
    auto item = std::make_shared<StopItem>();
    database_.read([&](db::Reader& reader) {
        const db::Found found = reader.select(store::kCurrenciesInUse);
        for (std::size_t row = 0; row < found.size(); ++row) {
            if (const auto currency = Currency::find(found.text(row, 0))) item->currencies.push_back(*currency);
        }
    });
    item->reason = "verify";
    for (const Error& problem : report.problems) {
        if (verify_problem::is_of_file_alone(*problem.code)) continue;
        item->reason = problem.english();
        break;
    }
    return queue_.run(*this, item);
}

std::unique_ptr<db::Work> PayoutStops::begin(std::span<const std::shared_ptr<db::Item>> items) {
    return std::make_unique<StopWork>(items, ledger_);
}

}  // namespace huiqiao::ledger
