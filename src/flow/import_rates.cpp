#include "src/flow/import_rates.h"

#include <algorithm>
#include <map>
#include <set>

#include "fx/quote_store.h"
#include "fx/reference_rate_store.h"

namespace huiqiao::flow {

namespace {

using fx::ReferenceKind;
using fx::ReferenceRate;

class ImportWork final : public db::Work {
 public:
    explicit ImportWork(std::span<const std::shared_ptr<db::Item>> items) {
        for (const auto& item : items) items_.push_back(static_cast<ImportRatesItem*>(item.get()));
    }

    void claim(db::Claims& claims) override {
        for (const auto& [source, file] : sources()) claims.add(fx::kReferenceSourceClaim, source, file);
    }
    void lock(db::Locks& locks) override {
        for (const auto& [source, file] : sources()) locks.add(fx::kReferenceSourceLock, source);
    }
    void run(db::Group& group) override {
        for (ImportRatesItem* item : items_) import(group, *item);
    }

 private:
    [[nodiscard]] std::map<std::string, std::string> sources() const {
        std::map<std::string, std::string> sources;
        for (const ImportRatesItem* item : items_) {
            for (const ReferenceRate& rate : item->rates) sources.emplace(rate.source, item->file_name);
        }
        return sources;
    }

    static void import(db::Group& group, ImportRatesItem& item) {
        item.faults.clear();
        item.unproved.clear();
        item.repeated = 0;
        for (const ReferenceRate& rate : item.rates) {
            if (rate.published_at <= group.now) continue;
            item.faults.emplace_back(Error(fx::reference_error::kBadFigure, {{"line", std::to_string(rate.line)},
                                                                             {"why", "its time has not come yet"}}));
        }
        const std::vector<ReferenceRate> fresh = new_ones(group, item);
        believe(group, item, fresh);
        item.added = item.faults.empty() ? static_cast<int>(fresh.size()) : 0;
        if (item.faults.empty()) fx::ReferenceRates::insert(group.tx, fresh, item.file_name, group.now);
    }

    /// Those that do not stand yet, each once; one that differs from what stands is a fault.
    static std::vector<ReferenceRate> new_ones(db::Group& group, ImportRatesItem& item) {
        std::vector<std::string> ids;
        for (const ReferenceRate& rate : item.rates) ids.push_back(fx::ReferenceRates::id_of(rate));
        std::map<std::string, ReferenceRate> standing = fx::ReferenceRates::load(group.tx, ids);
        std::vector<ReferenceRate> fresh;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const ReferenceRate& rate = item.rates[i];
            const auto [known, is_new] = standing.emplace(ids[i], rate);
            if (is_new) {
                fresh.push_back(rate);
            } else if (known->second.price == rate.price) {
                ++item.repeated;
            } else {
                item.faults.push_back(differs(rate, known->second));
            }
        }
        return fresh;
    }

    static Error differs(const ReferenceRate& rate, const ReferenceRate& known) {
        return Error(fx::reference_error::kFigureDiffers,
                     {{"line", std::to_string(rate.line)},
                      {"source", rate.source},
                      {"known", known.price.per_one()},
                      {"pair", std::string(rate.price.base().code()) + "/" + std::string(rate.price.quote().code())},
                      {"price", rate.price.per_one()}});
    }

    /// In the order of publication, each against the one before it.
    static void believe(db::Group& group, ImportRatesItem& item, std::vector<ReferenceRate> fresh) {
        std::stable_sort(fresh.begin(), fresh.end(),
                         [](const auto& a, const auto& b) { return a.published_at < b.published_at; });
        std::map<std::string, Rate> known = known_of(group, fresh);
        for (const ReferenceRate& rate : fresh) {
            const std::string code(rate.currency().code());
            const auto before = known.find(code);
            if (before == known.end()) {
                item.unproved.push_back(rate);
            } else if (const Status good = fx::check_reference(rate, before->second); !good) {
                item.faults.push_back(good.error());
                continue;
            }
            known.insert_or_assign(code, rate.price);
        }
    }

    /// By currency: the newest parity, else the newest middle of a board, else what a bank quoted last.
    static std::map<std::string, Rate> known_of(db::Group& group, std::span<const ReferenceRate> fresh) {
        std::set<Currency> wanted;
        for (const ReferenceRate& rate : fresh) wanted.insert(rate.currency());
        const std::vector<Currency> currencies(wanted.begin(), wanted.end());
        std::map<std::string, Rate> known;
        const auto add = [&](const Rate& rate) {
            known.emplace(std::string((rate.quote().code() == "CNY" ? rate.base() : rate.quote()).code()), rate);
        };
        for (const ReferenceKind kind : {ReferenceKind::Parity, ReferenceKind::Middle}) {
            for (const auto& [key, rate] : fx::ReferenceRates::latest(group.tx, kind, currencies, group.now))
                add(rate.price);
        }
        for (const fx::Quote& quote : fx::QuoteStore::latest(group.tx)) {
            if (quote.state != fx::QuoteState::Refused && wanted.contains(quote.currency())) add(quote.mid);
        }
        return known;
    }

    std::vector<ImportRatesItem*> items_;
};

}  // namespace

std::unique_ptr<db::Work> ImportRates::begin(std::span<const std::shared_ptr<db::Item>> items) {
    return std::make_unique<ImportWork>(items);
}

}  // namespace huiqiao::flow
