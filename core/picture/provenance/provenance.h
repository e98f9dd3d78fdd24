// What a file says about where it comes from: facts for people, never part of a score. Plain C++.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dfd {

enum class ProvenanceKind {
    SourceType,            ///< IPTC digital source type, or a credit line that declares as much
    GenerationParameters,  ///< settings that a picture generator left in the file
    ContentCredentials,    ///< a C2PA manifest: found, never validated
    Software,              ///< names of programs that wrote the file
    Thumbnail,             ///< the embedded thumbnail, compared with the picture
    Compression,           ///< a JPEG's quantisation tables
};
/// Stable, for exports: "source_type", "generation_parameters", "content_credentials", "software",
/// "thumbnail", "compression".
[[nodiscard]] const char* provenance_kind_name(ProvenanceKind kind);
[[nodiscard]] std::optional<ProvenanceKind> provenance_kind(std::string_view name);

/// One thing the file says. All of it is text that anybody can add, change or remove; the absence
/// of a hint says nothing. Every text is valid UTF-8 without control characters and of bounded
/// length.
struct ProvenanceHint {
    ProvenanceKind kind = ProvenanceKind::Software;
    std::string sentence;  ///< full, for people; "The file itself declares ..." when it declares
    std::string evidence;  ///< where it stands and what stands there
    bool declares_generated = false;  ///< says that a machine made the picture or parts of it
    std::vector<std::pair<std::string, std::string>> details;  ///< ("Model", "..."), in order
};

}  // namespace dfd
