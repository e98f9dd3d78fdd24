#include "core/base/csv_line.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace dfd {
namespace {

bool is_number(std::string_view field) {
    field.remove_prefix(field.starts_with('+') ? 1 : 0);
    double value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    return error == std::errc() && end == field.data() + field.size();
}

bool begins_like_a_formula(std::string_view field) {
    constexpr std::array<std::string_view, 10> kStarts{
        "=", "+", "-", "@", "\t", "\r", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};
    return std::ranges::any_of(kStarts, [&](auto start) { return field.starts_with(start); }) &&
           !is_number(field);
}

}  // namespace

std::string csv_field(std::string_view field, CsvCells cells) {
    const bool defuse = cells == CsvCells::Defused && begins_like_a_formula(field);
    if (!defuse && field.find_first_of(",;\t\"\r\n") == std::string_view::npos)
        return std::string(field);
    std::string quoted = defuse ? "\"'" : "\"";
    for (const char c : field) {
        if (c == '"')
            quoted += '"';
        quoted += c;
    }
    return quoted + '"';
}

std::string csv_line(const std::vector<std::string>& fields, CsvCells cells) {
    std::string line;
    for (const auto& field : fields)
        line += (&field == &fields.front() ? "" : ",") + csv_field(field, cells);
    return line;
}

}  // namespace dfd
