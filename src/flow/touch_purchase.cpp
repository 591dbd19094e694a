#include "src/flow/touch_purchase.h"

#include "src/flow/convert_parts.h"

namespace huiqiao::flow {

Touched touch_purchase(db::Reader& reader, const std::string& purchase_id) {
    const PurchaseRows rows = PurchaseRows::find(reader, purchase_id);
    Touched touched;
    touched.accounts = rows.accounts();
    for (const std::string& order : rows.order_ids) touched.row(orders::kOrderLock, order);
    touched.row(fx::kLockLock, rows.lock_id);
    touched.row(fx::kPurchaseLock, rows.purchase_id);
    for (const std::string& merchant : rows.merchants) touched.row(fx::kRestLock, merchant);
    return touched;
}

}  // namespace huiqiao::flow
