#include "src/flow/watch_place_store.h"

namespace huiqiao::flow {

namespace {

constexpr db::Claim kClaim{{"watch_place", "id, opened_by", "tt"}};
constexpr db::Select kFind{
    "SELECT due_at, orders_of, orders_behind, merchants_of, merchants_behind, told_behind FROM watch_place WHERE id = "
    ":p1",
    "ittttt"};
constexpr db::Command kSetDue{"UPDATE watch_place SET due_at = :p2 WHERE id = :p1"};
constexpr db::Command kMove{
    "UPDATE watch_place SET orders_of = :p2, orders_behind = :p3, merchants_of = :p4, merchants_behind = :p5, "
    "told_behind = :p6 WHERE id = :p1"};

}  // namespace

void WatchPlaces::claim(db::Claims& claims) {
    claims.add(kClaim, kWatchPlace, "watch");
}

std::optional<WatchPlace> WatchPlaces::find(db::Reader& reader) {
    const db::Found found = reader.select(kFind, {kWatchPlace});
    if (found.empty()) return std::nullopt;
    return WatchPlace{.due_at = from_us(found.integer(0, 0)),
                      .orders = {found.text(0, 1), found.text(0, 2)},
                      .merchants = {found.text(0, 3), found.text(0, 4)},
                      .told = found.text(0, 5)};
}

void WatchPlaces::set_due(db::Tx& tx, Instant due_at) {
    tx.execute(kSetDue, {kWatchPlace, due_at});
}

void WatchPlaces::move(db::Tx& tx, const WatchPlace& to) {
    tx.execute(kMove, {kWatchPlace, to.orders.kind, to.orders.id, to.merchants.kind, to.merchants.id, to.told});
}

}  // namespace huiqiao::flow
