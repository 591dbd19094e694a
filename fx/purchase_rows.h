#pragma once
// Legs as rows: the part of the purchase store that statement lines meet. Not for other rooms: they use the store.

#include "fx/purchase_store.h"

namespace huiqiao::fx {

void insert_legs(db::Tx& tx, const Purchase& purchase);

}  // namespace huiqiao::fx
