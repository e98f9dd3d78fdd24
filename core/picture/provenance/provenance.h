// Provenance hints: what a file says about its origin. For users; never part of a score. Plain C++.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dfd {

enum class ProvenanceKind {
    SourceType,            ///< IPTC digital source type, or an equivalent credit line
    GenerationParameters,  ///< settings stored by a picture generator
    ContentCredentials,    ///< a C2PA manifest: found, never validated
    Software,              ///< names of programs that wrote the file
    Thumbnail,             ///< the embedded thumbnail compared with the picture
    Compression,           ///< a JPEG's quantisation tables
    Appended,              ///< bytes behind the picture's end
};
/// Stable names for exports: "source_type", "generation_parameters", "content_credentials",
/// "software", "thumbnail", "compression", "appended".
[[nodiscard]] const char* provenance_kind_name(ProvenanceKind kind);
[[nodiscard]] std::optional<ProvenanceKind> provenance_kind(std::string_view name);

/// One statement of the file. Anybody can add, change or remove it, and its absence means nothing.
/// All texts are valid UTF-8 without control characters and of bounded length, and in English: they
/// are kept in cases and exports.
struct ProvenanceHint {
    ProvenanceKind kind = ProvenanceKind::Software;
    std::string sentence;             ///< for users; declarations: "The file itself declares ..."
    std::string evidence;             ///< where it was found and the text itself
    bool declares_generated = false;  ///< says that the picture or parts of it were generated
    std::vector<std::pair<std::string, std::string>> details;  ///< ("Model", "..."), in order
};

/// Of larger pictures no hidden settings are sought; generators write smaller ones.
inline constexpr std::uint64_t kMostPixelsWithHiddenText = 32'000'000;

/// The hint in the language in use; what the file itself holds stays as it is.
[[nodiscard]] ProvenanceHint translated(ProvenanceHint hint);

}  // namespace dfd
