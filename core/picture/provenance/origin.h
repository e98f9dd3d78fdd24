// Readers for each kind of provenance hint.
// Internal to core/picture.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/language.h"
#include "core/picture/formats/decoding.h"
#include "core/picture/provenance/metadata.h"
#include "core/picture/provenance/provenance.h"

namespace dfd::picture_detail {

/// A text from a container. UTF-8 if the encoding is known; bounded in length.
struct EmbeddedText {
    std::string where;  ///< "PNG text", "JPEG comment", "GIF comment" or exiv2's key
    std::string key;    ///< PNG keyword; empty if none
    std::string text;
    bool cut = false;  ///< longer than the limit
};

/// PNG text chunks (compressed ones are unpacked to at most 1 MiB each, 8 MiB in total), JPEG
/// comments before the first scan and GIF comments.
[[nodiscard]] std::vector<EmbeddedText> embedded_texts(Bytes bytes, Format format);

/// Settings hidden in the lowest bits of the pixels of a PNG or WebP of at most 32 megapixels.
/// Those hidden in colours are found only in pixels that were not turned.
[[nodiscard]] std::vector<EmbeddedText> hidden_texts(Bytes bytes, Format format,
                                                     const Pixels& picture);

/// Decodes an EXIF user comment, whose first eight bytes name the encoding, to UTF-8. For Unicode,
/// detects the byte order of UTF-16 regardless of the EXIF block's, because generators write
/// either.
[[nodiscard]] std::string user_comment_text(Bytes comment);

/// UTF-8 if the bytes are valid UTF-8, otherwise decoded as Latin-1.
[[nodiscard]] std::string text_of_latin1(Bytes bytes);

/// The detail that names the program, or describes it if it has no name.
inline constexpr const char* kGeneratorDetail = to_say("Generator");
/// The settings of a known picture generator. Empty if no text contains any.
[[nodiscard]] std::optional<ProvenanceHint> generation_hint(const std::vector<EmbeddedText>& texts);

/// An IPTC or C2PA digital source type in plain words, looked up by its code or by an address that
/// ends in it.
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

/// The difference between a thumbnail and its picture, in brightness levels of 255: the maximum
/// over all blocks of a 12-block grid (along the longer side) and all colour channels, after
/// scaling both to the grid and a linear fit of brightness and contrast. Takes the best match over
/// the thumbnail as stored and oriented by `orientation`, showing the whole picture, letterboxed
/// with dark bars, or showing its middle.
[[nodiscard]] double thumbnail_difference(const Pixels& thumbnail, const Pixels& picture,
                                          int orientation);
/// Above this difference, thumbnail and picture show different things
/// (tests/picture/thumbnail_test.cpp).
inline constexpr double kThumbnailTolerance = 16.0;

/// What lies behind the picture's end, if that is known (not 0) and more than padding lies there.
[[nodiscard]] std::optional<ProvenanceHint> appended_hint(Bytes bytes, Format format,
                                                          std::size_t end);

/// All hints, declarations of generated content first. `end`: Decoded::end.
[[nodiscard]] std::vector<ProvenanceHint> read_provenance(Bytes bytes, Format format,
                                                          const Metadata& metadata,
                                                          const Pixels& picture, std::size_t end);

}  // namespace dfd::picture_detail
