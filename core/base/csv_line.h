// Writing comma-separated values (RFC 4180), by default safe to open in a spreadsheet. Plain C++.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dfd {

/// A spreadsheet computes a cell that begins like a formula, and what such a cell says may come
/// from a file's name or metadata.
enum class CsvCells {
    /// A field that begins with = + - @, one of their full-width forms, a tab or a carriage return,
    /// and is not a number, gets an apostrophe in front, which makes it text.
    Defused,
    Raw,  ///< the bytes are unchanged: for files that this program reads back
};

/// Quotes the field if needed, also where a spreadsheet may split at semicolons or tabs.
[[nodiscard]] std::string csv_field(std::string_view field, CsvCells cells = CsvCells::Defused);

/// Joins the fields with commas. No line break at the end.
[[nodiscard]] std::string csv_line(const std::vector<std::string>& fields,
                                   CsvCells cells = CsvCells::Defused);

}  // namespace dfd
