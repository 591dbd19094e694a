#include "src/app/written_orders_store.h"

namespace huiqiao::app {

namespace {

constexpr db::Select kPage{"SELECT id, platform_order_no FROM orders WHERE id > :p1 ORDER BY id LIMIT 5000", "tt"};

}  // namespace

std::set<std::string> written_order_numbers(db::Reader& reader) {
    std::set<std::string> numbers;
    for (std::string after;;) {
        const db::Found page = reader.select(kPage, {after});
        if (page.empty()) return numbers;
        for (std::size_t row = 0; row < page.size(); ++row) numbers.insert(page.text(row, 1));
        after = page.text(page.size() - 1, 0);
    }
}

}  // namespace huiqiao::app
