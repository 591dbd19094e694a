#include "src/app/rates_import.h"

#include <iostream>

#include "src/app/desk_jobs.h"
#include "src/app/text_table.h"
#include "src/flow/import_rates.h"

namespace huiqiao::app {

namespace {

constexpr std::string_view kNothing = "Nothing was imported.";

void complain_of(const std::filesystem::path& file, std::span<const Error> faults) {
    bool is_told = false;  // some faults of a whole file say themselves that nothing was imported
    for (const Error& fault : faults) {
        is_told = is_told || fault.english().find(kNothing) != std::string::npos;
        const std::string place = file.string() + ": ";
        std::cerr << place << fault.english() << '\n' << place << fault.chinese() << '\n';
    }
    if (!is_told) std::cerr << kNothing << "\n未导入任何数据。\n";
}

void print_unproved(std::span<const fx::ReferenceRate> rates, std::ostream& out) {
    if (rates.empty()) return;
    out << "The first of their currencies, compared with nothing: look at "
           "them.\n"
        << "以下为各币种首个数据，无可比对，请核对：\n";
    for (const fx::ReferenceRate& rate : rates) {
        out << "- " << fx::to_text(rate.kind) << ' ' << rate.price.unit_base() << ' ' << rate.price.base().code()
            << " = " << rate.price.text() << ' ' << rate.price.quote().code() << ", " << rate.source << '\n';
    }
}

}  // namespace

int import_rates(House& house, const std::filesystem::path& file) {
    const Result<std::string> text = read_text(file);
    if (!text) return complain(text.error()), 2;
    fx::ReferenceFile read = fx::read_reference_file(*text);
    if (!read.faults.empty()) return complain_of(file, read.faults), 2;
    if (read.rates.empty()) return complain(Error(import_error::kNoFigures, {{"file", file.string()}})), 2;
    const auto item = std::make_shared<flow::ImportRatesItem>();
    item->file_name = file.filename().string();
    item->rates = std::move(read.rates);
    item->weight = item->rates.size() + 1;
    flow::ImportRates operation;
    if (const Status done = house.app->parts().queue.run(operation, item); !done) return complain(done.error()), 1;
    if (!item->faults.empty()) return complain_of(file, item->faults), 1;
    std::cout << item->added << " figures imported, " << item->repeated << " were there already.\n"
              << "已导入 " << item->added << " 个数据，" << item->repeated << " 个此前已有。\n";
    print_unproved(item->unproved, std::cout);
    return 0;
}

void print_refused(std::span<const fx::Quote> quotes, std::ostream& out) {
    using Align = TextTable::Align;
    if (quotes.empty()) {
        say(out, "No quote that is kept was refused.", "保存的报价中没有被拒绝的。");
        return;
    }
    TextTable table({{"Came, Shanghai", "到达（上海）"},
                     {"Bank", "银行"},
                     {"Currency", "币种"},
                     {"Buying, CNY", "买入 CNY", Align::Right},
                     {"Mid, CNY", "买卖中间价 CNY", Align::Right},
                     {"Selling, CNY", "卖出 CNY", Align::Right},
                     {"For units", "外币单位数", Align::Right},
                     {"Refused because", "拒绝原因"}});
    for (const fx::Quote& quote : quotes) {
        table.add({minute_in_shanghai(quote.received_at), quote.bank, std::string(quote.currency().code()),
                   quote.buying ? quote.buying->text() : "-", quote.mid.text(), quote.bank_rate.text(),
                   std::to_string(quote.bank_rate.unit_base()), quote.refused_why});
    }
    out << table.text();
}

}  // namespace huiqiao::app
