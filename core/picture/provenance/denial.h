// Tells statements from their denials: "AI-generated" from "not AI-generated".
// Internal to core/picture/provenance.
#pragma once

#include <string>
#include <string_view>

namespace dfd::picture_detail {

/// Whether `text` says `phrase` and does not deny it in the same clause. Both in lower case.
/// The phrase must not be a part of a longer word.
[[nodiscard]] bool affirms(const std::string& text, std::string_view phrase);

/// Whether the whole text, in lower case, is a way of saying "none": "no", "n/a", "none" ...
[[nodiscard]] bool says_none(std::string_view text);

}  // namespace dfd::picture_detail
