#include "fx/purchase_list_store.h"

namespace huiqiao::fx {

namespace {

constexpr db::Select kNewest{"SELECT id FROM purchase ORDER BY id DESC LIMIT :p1", "t"};
constexpr db::Select kNewestOf{"SELECT id FROM purchase WHERE bank = :p1 ORDER BY id DESC LIMIT :p2", "t"};

}  // namespace

std::vector<std::string> newest_purchases(db::Reader& reader, const std::string& bank, int limit) {
    const db::Found found = bank.empty() ? reader.select(kNewest, {limit}) : reader.select(kNewestOf, {bank, limit});
    std::vector<std::string> ids;
    for (std::size_t row = 0; row < found.size(); ++row) ids.push_back(found.text(row, 0));
    return ids;
}

}  // namespace huiqiao::fx
