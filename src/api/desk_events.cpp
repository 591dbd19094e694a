#include "src/api/desk_events.h"

#include <map>
#include <set>

#include "fx/exposure_store.h"
#include "fx/quote_store.h"
#include "src/api/exposure_routes.h"
#include "src/api/rate_json.h"
#include "src/api/work_item_routes.h"
#include "src/flow/exposure.h"
#include "src/http/json_writer.h"

namespace huiqiao::api {

namespace {

std::string event(std::string_view kind, const db::TapePosition& position, const std::string& json) {
    std::string text;
    text.reserve(json.size() + 96);
    text.append("id: ").append(position.text()).append("\nevent: ").append(kind);
    text.append("\ndata: ").append(json).append("\n\n");
    return text;
}

void write_quote(http::JsonWriter& json, const fx::Quote& quote) {
    json.open_object().field("id", quote.id).field("currency", quote.currency().code()).field("bank", quote.bank);
    write_rate(json, quote);
    json.field("state", to_text(quote.state))
        .field("received_at", quote.received_at)
        .field("valid_until", quote.valid_until)
        .close_object();
}

void write_lock(http::JsonWriter& json, const fx::Lock& lock) {
    json.open_object()
        .field("id", lock.id)
        .field("purchase_id", lock.purchase_id)
        .field("quote_id", lock.quote_id)
        .field("bank", lock.bank)
        .field("currency", lock.rate.base().code())
        .field("rate", lock.rate.per_one())
        .field("rate_text", lock.rate.text())
        .field("unit_base", lock.rate.unit_base())
        .field("fixed_side", to_text(lock.fixed_side))
        .field("amount", lock.amount)
        .field("value_date", lock.value_date.text())
        .field("state", to_text(lock.state))
        .field("requested_at", lock.requested_at)
        .field("expires_at", lock.expires_at)
        .close_object();
}

/// The subjects of some changes as they stand, each kind read once.
class Subjects {
 public:
    Subjects(db::Reader& reader, const operators::WorkItems& work_items, std::span<const db::Change> changes,
             Instant now)
        : now_(now) {
        std::map<std::string_view, std::set<std::string>> ids;
        for (const db::Change& change : changes) ids[change.kind].insert(change.subject_id);
        const auto of = [&](std::string_view kind) {
            return std::vector<std::string>(ids[kind].begin(), ids[kind].end());
        };
        if (const auto wanted = of(fx::kQuoteChange); !wanted.empty()) {
            for (fx::Quote& quote : fx::QuoteStore::quotes(reader, wanted)) quotes_.emplace(quote.id, quote);
        }
        if (const auto wanted = of(fx::kLockChange); !wanted.empty()) locks_ = fx::QuoteStore::locks(reader, wanted);
        open_ = work_items.waiting_of(reader, of(operators::kWorkItemChange));
    }

    /// "" where there is nothing of it to be told.
    [[nodiscard]] std::string json(const db::Change& change) const {
        http::JsonWriter json;
        if (change.kind == fx::kQuoteChange) {
            const auto quote = quotes_.find(change.subject_id);
            if (quote == quotes_.end()) return "";
            write_quote(json, quote->second);
        } else if (change.kind == fx::kLockChange) {
            const auto lock = locks_.find(change.subject_id);
            if (lock == locks_.end()) return "";
            write_lock(json, lock->second);
        } else if (change.kind == operators::kWorkItemChange) {
            work_item(json, change.subject_id);
        } else {
            return "";
        }
        return json.take();
    }

 private:
    void work_item(http::JsonWriter& json, const std::string& matter) const {
        if (const auto open = open_.find(matter); open != open_.end()) return write_work_item(json, open->second, now_);
        const std::size_t bar = matter.find('|');
        json.open_object()
            .field("kind", matter.substr(0, bar))
            .field("subject_id", matter.substr(bar + 1))
            .field("state", to_text(operators::WorkItemState::Closed))
            .close_object();
    }

    Instant now_;
    std::map<std::string, fx::Quote> quotes_;
    std::map<std::string, fx::Lock> locks_;
    std::map<std::string, operators::WorkItem> open_;
};

}  // namespace

std::string_view to_text(ResetWhy why) {
    switch (why) {
        case ResetWhy::New: return "new";
        case ResetWhy::Unknown: return "unknown";
        case ResetWhy::TooOld: return "too_old";
    }
    throw LogicError("unnamed reason of a reset");
}

const std::vector<fx::CurrencyExposure>& StandingExposure::all() {
    if (!all_) all_ = flow::exposure(reader_, std::nullopt, now_).value();
    return *all_;
}

fx::CurrencyExposure StandingExposure::of(const std::string& code) {
    for (const fx::CurrencyExposure& one : all())
        if (one.currency.code() == code) return one;
    return fx::CurrencyExposure(Currency::known(code));
}

DeskEvents::Told DeskEvents::told(db::Reader& reader, std::span<const db::Change> changes, db::TapePosition from,
                                  const db::TapePosition& behind, Instant now) const {
    const Subjects subjects(reader, work_items_, changes, now);
    std::map<std::pair<std::string_view, std::string_view>, const db::Change*> last;
    for (const db::Change& change : changes) last[{change.kind, change.subject_id}] = &change;
    Told told;
    for (const db::Change& change : changes) {
        if (told.text.size() >= portion_) {
            told.behind = std::move(from);
            return told;
        }
        from.pass(change);
        if (change.kind == fx::kExposureChange) told.exposure.insert(change.subject_id);
        // What changes again further on is told there, in this portion or a later one.
        if (last.at({change.kind, change.subject_id}) != &change) continue;
        const std::string json = subjects.json(change);
        if (!json.empty()) told.text += event(change.kind, from, json);
    }
    told.behind = behind;
    return told;
}

std::string DeskEvents::exposure(StandingExposure& standing, const db::TapePosition& position,
                                 const std::set<std::string>& currencies) const {
    std::string text;
    for (const std::string& code : currencies) {
        http::JsonWriter json;
        const fx::CurrencyExposure one = standing.of(code);
        write_exposure(json, std::span(&one, 1), standing.at());
        text += event(fx::kExposureChange, position, json.take());
    }
    return text;
}

std::string DeskEvents::oldest_work_items(db::Reader& reader, Instant now) const {
    std::string all = "[";
    for (const operators::WorkItem& item : work_items_.waiting(reader, "", kMostWorkItems)) {
        http::JsonWriter json;
        write_work_item(json, item, now);
        const std::string one = json.take();
        if (all.size() + one.size() >= portion_) break;
        if (all.size() > 1) all += ',';
        all += one;
    }
    return all + ']';
}

std::string DeskEvents::reset(db::Reader& reader, StandingExposure& standing, const db::TapePosition& position,
                              ResetWhy why) const {
    http::JsonWriter json(16'384);
    json.open_object().field("why", to_text(why)).field("at", standing.at()).key("rates").open_array();
    for (const fx::Quote& quote : fx::QuoteStore::latest(reader))
        if (fx::is_usable(quote, standing.at(), std::chrono::seconds(0))) write_quote(json, quote);
    json.close_array().field("locks_live", fx::QuoteStore::count_live_locks(reader)).key("locks").open_array();
    for (const fx::Lock& lock : fx::QuoteStore::live_locks(reader, kMostLocks)) write_lock(json, lock);
    json.close_array().key("exposure");
    write_exposure(json, standing.all(), standing.at());
    json.field("work_items_waiting", work_items_.count_waiting(reader));
    json.raw_field("work_items", oldest_work_items(reader, standing.at())).close_object();
    return event("reset", position, json.take());
}

}  // namespace huiqiao::api
