#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <unordered_set>

#include "src/base/error.h"
#include "src/db/claims_impl.h"

namespace huiqiao::db {

namespace {

bool same(const Insert& left, const Insert& right) {
    return left.table == right.table && left.columns == right.columns && left.kinds == right.kinds;
}

/// Places of the rows by key, the first of each key only.
std::vector<std::size_t> order_of(const std::vector<Value>& keys) {
    std::vector<std::size_t> order(keys.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t left, std::size_t right) { return keys[left].text() < keys[right].text(); });
    const auto repeated = std::unique(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
        return keys[left].text() == keys[right].text();
    });
    order.erase(repeated, order.end());
    return order;
}

}  // namespace

void Claims::Impl::Table::settle(Tx& tx) {
    if (rows.empty()) return;
    if (claim.insert.kinds.substr(0, 2) != "tt") throw LogicError("a claim must begin with the texts of key and owner");
    rows = std::move(rows).picked(order_of(rows.column(0)));
    if (claim.usually_there) {
        insert_missing(tx);
    } else {
        all_ours = tx.insert_absent(claim.insert, rows) == static_cast<std::int64_t>(rows.size());
    }
}

void Claims::Impl::Table::insert_missing(Tx& tx) {
    const Found found = read_standing(tx);
    all_ours = found.empty();
    std::unordered_set<std::string_view> there;
    for (std::size_t row = 0; row < found.size(); ++row) there.insert(found.text(row, 0));
    std::vector<std::size_t> missing;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        if (!there.contains(rows.column(0)[row].text())) missing.push_back(row);
    }
    if (missing.empty()) return;
    Rows wanted = rows;
    wanted = std::move(wanted).picked(missing);
    // Another writer may have been first since the read.
    if (tx.insert_absent(claim.insert, wanted) != static_cast<std::int64_t>(wanted.size())) all_ours = false;
}

Found Claims::Impl::Table::read_standing(Reader& from) const {
    std::vector<std::string> keys;
    keys.reserve(rows.size());
    for (const Value& key : rows.column(0)) keys.push_back(key.text());
    const std::vector<std::string_view> names = split_names(claim.insert.columns);
    const std::string text = "SELECT " + std::string(names[0]) + ", " + std::string(names[1]) + " FROM " +
                             std::string(claim.insert.table) + " WHERE " + std::string(names[0]) + " IN (:list)";
    return from.select({text, "tt"}, {}, keys);
}

void Claims::Impl::Table::read_owners(Reader& from) {
    const Found found = read_standing(from);
    std::unordered_map<std::string_view, std::size_t> place;
    for (std::size_t row = 0; row < found.size(); ++row) place.emplace(found.text(row, 0), row);
    owners.reserve(rows.size());
    for (const Value& key : rows.column(0)) {
        const auto at = place.find(key.text());
        if (at == place.end()) {
            throw LogicError("a claimed key is neither new nor there: another unique key of " +
                             std::string(claim.insert.table) + " stood in its way");
        }
        owners.push_back(found.text(at->second, 1));
    }
}

const std::string& Claims::Impl::Table::owner(const std::string& key) const {
    const std::vector<Value>& keys = rows.column(0);
    const auto at = std::lower_bound(keys.begin(), keys.end(), key, [](const Value& value, const std::string& wanted) {
        return value.text() < wanted;
    });
    if (at == keys.end() || at->text() != key) {
        throw LogicError("a key was asked for that was not claimed in " + std::string(claim.insert.table));
    }
    const auto place = static_cast<std::size_t>(at - keys.begin());
    return all_ours ? rows.column(1)[place].text() : owners[place];
}

Claims::Impl::Table* Claims::Impl::table_of(const Insert& insert) {
    for (Table& table : tables) {
        if (same(table.claim.insert, insert)) return &table;
    }
    return nullptr;
}

void Claims::Impl::settle(Tx& tx) {
    // One order of tables in every group, as with locks.
    std::sort(tables.begin(), tables.end(),
              [](const Table& left, const Table& right) { return left.claim.insert.table < right.claim.insert.table; });
    for (Table& table : tables) table.settle(tx);
    settled = true;
    reader = &tx;
}

void Claims::Impl::note_standing(StandingKeys& into) const {
    for (const Table& table : tables) {
        if (table.claim.usually_there && !table.rows.empty()) into.note(table.claim.insert, table.rows.column(0));
    }
}

bool StandingKeys::has(const Insert& insert, const std::string& key) const {
    const auto table = by_table_.find(insert.table);
    return table != by_table_.end() && table->second.contains(key);
}

void StandingKeys::note(const Insert& insert, const std::vector<Value>& keys) {
    std::unordered_set<std::string>& known = by_table_[insert.table];
    if (known.size() + keys.size() > kMostOfATable) known.clear();
    for (const Value& key : keys) known.insert(key.text());
}

Claims::Claims(const StandingKeys& standing) : impl_(std::make_shared<Impl>(Impl{standing, {}, false, nullptr})) {}

bool Claims::stands(const Claim& claim, const std::string& key) const {
    return claim.usually_there && impl_->standing.has(claim.insert, key);
}

Rows& Claims::rows_for(const Claim& claim) {
    if (impl_->settled) throw LogicError("a claim was added after the claims were written");
    if (Impl::Table* known = impl_->table_of(claim.insert)) return known->rows;
    impl_->tables.push_back({claim, {}, true, {}});
    return impl_->tables.back().rows;
}

const std::string& Claims::owner(const Claim& claim, const std::string& key) const {
    if (!impl_->settled) throw LogicError("an owner was asked for before the claims were written");
    Impl::Table* table = impl_->table_of(claim.insert);
    if (table == nullptr || table->rows.empty()) {
        throw LogicError("nothing was claimed in " + std::string(claim.insert.table));
    }
    // Nobody asks for the owners of balance rows, which are nearly always there: no round trip for them.
    if (!table->all_ours && table->owners.empty()) {
        if (impl_->reader == nullptr) throw LogicError("an owner was asked for after the group had ended");
        table->read_owners(*impl_->reader);
    }
    return table->owner(key);
}

bool Locks::has(const LockTable& table, const std::string& id) const {
    const auto wanted = wanted_.find(table.rank);
    if (wanted == wanted_.end()) return false;
    return std::find(wanted->second.ids.begin(), wanted->second.ids.end(), id) != wanted->second.ids.end();
}

}  // namespace huiqiao::db
