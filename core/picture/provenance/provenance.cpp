#include "core/picture/provenance/provenance.h"

#include <algorithm>
#include <iterator>

#include "core/base/language.h"
#include "core/picture/formats/jpeg_facts.h"
#include "core/picture/provenance/origin.h"

namespace dfd {

const char* provenance_kind_name(ProvenanceKind kind) {
    switch (kind) {
        case ProvenanceKind::SourceType:
            return "source_type";
        case ProvenanceKind::GenerationParameters:
            return "generation_parameters";
        case ProvenanceKind::ContentCredentials:
            return "content_credentials";
        case ProvenanceKind::Software:
            return "software";
        case ProvenanceKind::Thumbnail:
            return "thumbnail";
        case ProvenanceKind::Compression:
            return "compression";
        case ProvenanceKind::Appended:
            return "appended";
    }
    return "software";
}

std::optional<ProvenanceKind> provenance_kind(std::string_view name) {
    for (const auto kind :
         {ProvenanceKind::SourceType, ProvenanceKind::GenerationParameters,
          ProvenanceKind::ContentCredentials, ProvenanceKind::Software, ProvenanceKind::Thumbnail,
          ProvenanceKind::Compression, ProvenanceKind::Appended})
        if (name == provenance_kind_name(kind))
            return kind;
    return std::nullopt;
}

ProvenanceHint translated(ProvenanceHint hint) {
    hint.sentence = say_again(hint.sentence);
    // Figures that were measured on the file; all other details and evidence quote it.
    const bool measured = hint.kind == ProvenanceKind::Thumbnail ||
                          hint.kind == ProvenanceKind::Compression ||
                          hint.kind == ProvenanceKind::Appended;
    if (measured || hint.kind == ProvenanceKind::ContentCredentials)
        hint.evidence = say_again(hint.evidence);
    for (auto& [name, value] : hint.details) {
        if (measured)
            value = say_again(value);
        else if (name == picture_detail::kGeneratorDetail)
            value = say(value);
        name = say(name);
    }
    return hint;
}

namespace picture_detail {
namespace {

std::string subsampling_name(const JpegFacts& facts) {
    if (facts.components < 3)
        return to_say("one channel");
    const int across = facts.across, down = facts.down;
    return across == 1 && down == 1   ? to_say("4:4:4, full chroma")
           : across == 2 && down == 1 ? "4:2:2"
           : across == 2 && down == 2 ? "4:2:0"
           : across == 1 && down == 2 ? "4:4:0"
           : across == 4 && down == 1
               ? "4:1:1"
               : say("chroma at 1/%1 × 1/%2", {std::to_string(across), std::to_string(down)});
}

/// Adds EXIF and XMP text in which generators store their settings.
void add_metadata_texts(const Metadata& metadata, std::vector<EmbeddedText>& texts) {
    for (const auto& [key, value] : metadata.origin)
        if (key.ends_with("UserComment") || key.ends_with("ImageDescription") ||
            key.ends_with("dc.description") || key == "Exif.Image.Make" ||
            key == "Exif.Image.Model")
            texts.push_back({key, {}, value, false});
}

}  // namespace

std::optional<ProvenanceHint> compression_hint(Bytes bytes) {
    const auto facts = jpeg_facts(bytes);
    if (!facts)
        return std::nullopt;
    ProvenanceHint hint;
    hint.kind = ProvenanceKind::Compression;
    const std::string quality = std::to_string(static_cast<int>(facts->quality));
    const std::string scan = facts->progressive ? to_say("progressive") : to_say("baseline");
    const std::string chroma = subsampling_name(*facts);
    hint.sentence =
        facts->standard_tables
            ? say("The JPEG was last saved with the standard quantisation tables at quality %1 "
                  "(%2, %3).",
                  {quality, scan, chroma})
            : say("The JPEG was last saved with quantisation tables of its encoder's own, about as "
                  "strong as the standard ones at quality %1 (%2, %3).",
                  {quality, scan, chroma});
    hint.evidence = to_say("JPEG quantisation tables and frame header");
    hint.details = {
        {to_say("JPEG quality"), facts->standard_tables ? quality : say("about %1", {quality})},
        {to_say("Quantisation tables"),
         facts->standard_tables ? to_say("standard") : to_say("custom")},
        {to_say("Scan"), scan},
        {to_say("Chroma"), chroma}};
    return hint;
}

std::vector<ProvenanceHint> read_provenance(Bytes bytes, Format format, const Metadata& metadata,
                                            const Pixels& picture, std::size_t end) {
    std::vector<ProvenanceHint> hints = source_hints(metadata);
    const auto add = [&](std::vector<ProvenanceHint> more) {
        hints.insert(hints.end(), std::make_move_iterator(more.begin()),
                     std::make_move_iterator(more.end()));
    };
    const auto add_one = [&](std::optional<ProvenanceHint> one) {
        if (one) {
            hints.push_back(std::move(*one));
        }
    };
    std::vector<EmbeddedText> texts = embedded_texts(bytes, format);
    std::vector<EmbeddedText> with_metadata = texts;
    std::ranges::move(hidden_texts(bytes, format, picture), std::back_inserter(with_metadata));
    add_metadata_texts(metadata, with_metadata);
    add_one(generation_hint(with_metadata));
    add(content_credential_hints(bytes, format, metadata));
    add(software_hints(metadata, texts));
    add_one(thumbnail_hint(metadata.thumbnail, picture, metadata.orientation));
    if (format == Format::Jpeg)
        add_one(compression_hint(bytes));
    add_one(appended_hint(bytes, format, end));
    std::ranges::stable_partition(hints, &ProvenanceHint::declares_generated);
    return hints;
}

}  // namespace picture_detail
}  // namespace dfd
