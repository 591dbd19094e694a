#pragma once
// How the demo's faults ended, read from the database afterwards: which orders, payments, remittances and declarations
// they met, and how those stand now.

#include <string>
#include <vector>

#include "src/app/demo_report.h"

namespace huiqiao::app {

class DemoEndings {
 public:
    explicit DemoEndings(House& house) : house_(house) {}
    /// books_are_proved: what the whole run comes to, for the faults that met everything.
    std::vector<DemoFault> of(const DemoResult& result, bool books_are_proved);

 private:
    DemoFault ending_of(const DemoInjected& injected);
    std::vector<orders::Order> orders_met(const DemoInjected& injected);
    DemoFault payments_ended(DemoFault fault, const std::vector<orders::Order>& met);
    DemoFault amiss_ended(DemoFault fault, const std::vector<orders::Order>& met);
    DemoFault declarations_ended(DemoFault fault, const std::vector<orders::Order>& met, std::string_view state);
    DemoFault remittances_ended(DemoFault fault, const DemoInjected& injected);
    DemoFault purchases_ended(DemoFault fault);

    House& house_;
    db::Reader* reader_ = nullptr;  // while of() runs
};

}  // namespace huiqiao::app
