#pragma once
// A table for eyes on a terminal: columns as wide as their widest cell, numbers to the right, and over them a line of
// English and a line of Chinese headings. Widths are counted in columns of a terminal, in which a Chinese character
// takes two. It knows nothing of what it shows.

#include <string>
#include <vector>

namespace huiqiao::app {

class TextTable {
 public:
    enum class Align { Left, Right };
    struct Column {
        std::string heading;
        std::string chinese;
        Align align = Align::Left;
    };
    explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

    /// As many cells as there are columns; LogicError otherwise.
    void add(std::vector<std::string> cells);
    /// Lines with their ends, no blank before one.
    [[nodiscard]] std::string text() const;

 private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace huiqiao::app
