#include "core/training/manifest/csv.h"

#include <algorithm>

#include "core/training/manifest/training_error.h"

namespace dfd {

std::vector<std::vector<std::string>> parse_csv(std::string_view text) {
    if (text.substr(0, 3) == "\xEF\xBB\xBF")
        text.remove_prefix(3);
    std::vector<std::vector<std::string>> rows(1, std::vector<std::string>(1));
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c != '"')
                rows.back().back() += c;
            else if (i + 1 < text.size() && text[i + 1] == '"')
                rows.back().back() += text[++i];
            else
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',') {
            rows.back().emplace_back();
        } else if (c == '\n') {
            rows.emplace_back(1);
        } else if (c != '\r') {
            rows.back().back() += c;
        }
    }
    if (quoted)
        throw TrainingError("a quotation mark in row " + std::to_string(rows.size()) +
                            " is not closed; close it or double it.");
    std::erase_if(rows, [](const auto& row) { return row.size() == 1 && row.front().empty(); });
    return rows;
}

}  // namespace dfd
