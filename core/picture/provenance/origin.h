// Readers of single kinds of provenance hints.
// Internal to core/picture.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/picture/formats/decoding.h"
#include "core/picture/provenance/metadata.h"
#include "core/picture/provenance/provenance.h"

namespace dfd::picture_detail {

/// A piece of text a container carries. UTF-8 where it can be known, and bounded.
struct EmbeddedText {
    std::string where;  ///< "PNG text", "JPEG comment", or exiv2's key
    std::string key;    ///< PNG's keyword; empty where there is none
    std::string text;
    bool cut = false;  ///< longer than what is read
};

/// PNG text chunks (those with compressed text unpacked to at most 1 MiB each, 8 MiB in all) and
/// JPEG comments before the first scan.
[[nodiscard]] std::vector<EmbeddedText> embedded_texts(Bytes bytes, Format format);

/// An EXIF comment's bytes, whose first eight name its encoding, as UTF-8. Unicode is UTF-16 in
/// either byte order, whatever the EXIF block's, as generators write it.
[[nodiscard]] std::string user_comment_text(Bytes comment);

/// Latin-1 unless the bytes are well-formed UTF-8.
[[nodiscard]] std::string text_of_latin1(Bytes bytes);

/// Settings of a known picture generator, read from its text. Nothing for other text.
[[nodiscard]] std::optional<ProvenanceHint> generation_hint(const std::vector<EmbeddedText>& texts);

/// The plain words for an IPTC or C2PA digital source type, given as a code or an address that
/// ends in one.
struct SourceType {
    std::string code;
    std::string words;  ///< completes "The file says that it is ..."; empty for unknown codes
    bool generated = false;
};
[[nodiscard]] SourceType source_type(std::string_view address_or_code);

[[nodiscard]] std::vector<ProvenanceHint> source_hints(const Metadata& metadata);
[[nodiscard]] std::vector<ProvenanceHint> software_hints(const Metadata& metadata,
                                                         const std::vector<EmbeddedText>& texts);
[[nodiscard]] std::vector<ProvenanceHint> content_credential_hints(Bytes bytes, Format format,
                                                                   const Metadata& metadata);
[[nodiscard]] std::optional<ProvenanceHint> compression_hint(Bytes bytes);
[[nodiscard]] std::optional<ProvenanceHint> thumbnail_hint(Bytes thumbnail, const Pixels& picture,
                                                           int orientation);

/// How far a thumbnail is from the picture it should show, in brightness levels of 255: the largest
/// difference of any block of a 12-block grid (by the longer side) in any colour channel, after
/// equal scaling and a straight-line fit of brightness and contrast. The better of the thumbnail
/// as it is and turned by `orientation`, with dark bars left out.
[[nodiscard]] double thumbnail_difference(const Pixels& thumbnail, const Pixels& picture,
                                          int orientation);
/// Above this, thumbnail and picture show different things (tests/picture/thumbnail_test.cpp).
inline constexpr double kThumbnailTolerance = 16.0;

/// Everything of the above, declarations first.
[[nodiscard]] std::vector<ProvenanceHint> read_provenance(Bytes bytes, Format format,
                                                          const Metadata& metadata,
                                                          const Pixels& picture);

}  // namespace dfd::picture_detail
