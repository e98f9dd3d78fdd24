// Provenance metadata made in memory (EXIF, XMP, PNG text, C2PA), to insert into corpus files.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/picture/picture.h"
#include "tests/picture/corpus.h"

namespace dfd::corpus {

using Hints = std::vector<ProvenanceHint>;

[[nodiscard]] inline Hints hints_of(const File& file) {
    return decode_picture(file, {}, Provenance::Sought).facts.provenance;
}

[[nodiscard]] inline File bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

inline void append(File& to, const File& from) {
    to.insert(to.end(), from.begin(), from.end());
}

[[nodiscard]] inline File big_number(std::uint64_t value, int bytes) {
    File file;
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        file.push_back(static_cast<std::uint8_t>(value >> shift));
    return file;
}

/// PNG text as tEXt, zTXt or iTXt (compressed or not).
[[nodiscard]] inline Chunk text_chunk(std::string_view key, std::string_view text) {
    File data = bytes_of(key);
    data.push_back(0);
    append(data, bytes_of(text));
    return {"tEXt", data};
}
[[nodiscard]] inline Chunk packed_text_chunk(std::string_view key, std::string_view text) {
    File data = bytes_of(key);
    append(data, {0, 0});
    append(data, zlib_packed(bytes_of(text)));
    return {"zTXt", data};
}
[[nodiscard]] inline Chunk international_chunk(std::string_view key, std::string_view text,
                                               bool packed) {
    File data = bytes_of(key);
    append(data, {0, static_cast<std::uint8_t>(packed ? 1 : 0), 0});
    append(data, bytes_of("en"));
    append(data, {0});
    append(data, bytes_of("key"));
    append(data, {0});
    append(data, packed ? zlib_packed(bytes_of(text)) : bytes_of(text));
    return {"iTXt", data};
}

/// An EXIF entry: tag, type (2 text, 4 long, 7 undefined), value.
struct ExifEntry {
    int tag = 0;
    int type = 2;
    File value;
};
[[nodiscard]] inline ExifEntry exif_text(int tag, std::string_view text) {
    File value = bytes_of(text);
    value.push_back(0);
    return {tag, 2, value};
}

/// A big-endian EXIF block: main directory, photo directory and a JPEG thumbnail.
[[nodiscard]] inline File exif_block(std::vector<ExifEntry> main, std::vector<ExifEntry> photo = {},
                                     const File& thumbnail = {}) {
    File heap;
    std::size_t heap_at = 0;
    const auto size_of = [](std::size_t entries) { return 2 + 12 * entries + 4; };
    const bool with_photo = !photo.empty();
    const std::size_t main_size = size_of(main.size() + (with_photo ? 1 : 0));
    const std::size_t photo_at = 8 + main_size;
    const std::size_t photo_size = with_photo ? size_of(photo.size()) : 0;
    const std::size_t next_at = photo_at + photo_size;
    const std::size_t next_size = thumbnail.empty() ? 0 : size_of(2);
    heap_at = next_at + next_size;
    const auto number = [](std::size_t value) { return big_number(value, 4); };
    const auto directory = [&](const std::vector<ExifEntry>& entries, std::size_t next) {
        File result = big_number(entries.size(), 2);
        for (const ExifEntry& entry : entries) {
            append(result, big_number(static_cast<std::uint64_t>(entry.tag), 2));
            append(result, big_number(static_cast<std::uint64_t>(entry.type), 2));
            append(result, number(entry.type == 4 ? 1 : entry.value.size()));
            if (entry.value.size() <= 4) {
                File value = entry.value;
                value.resize(4);
                append(result, value);
            } else {
                append(result, number(heap_at + heap.size()));
                append(heap, entry.value);
                heap.resize(heap.size() + heap.size() % 2);
            }
        }
        append(result, number(next));
        return result;
    };
    if (with_photo)
        main.push_back({0x8769, 4, number(photo_at)});
    File block = bytes_of("MM");
    append(block, {0, 42, 0, 0, 0, 8});
    append(block, directory(main, thumbnail.empty() ? 0 : next_at));
    if (with_photo)
        append(block, directory(photo, 0));
    if (!thumbnail.empty()) {
        const std::size_t start = heap_at + heap.size();
        append(heap, thumbnail);
        append(block,
               directory({{0x0201, 4, number(start)}, {0x0202, 4, number(thumbnail.size())}}, 0));
    }
    append(block, heap);
    return block;
}
[[nodiscard]] inline File exif_app1(const File& block) {
    File data = bytes_of(std::string_view("Exif\0\0", 6));
    append(data, block);
    return data;
}

/// An XMP packet with the attributes of one description.
[[nodiscard]] inline std::string xmp(const std::string& attributes,
                                     const std::string& inside = "") {
    return "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
           "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' "
           "xmlns:xmp='http://ns.adobe.com/xap/1.0/' "
           "xmlns:xmpMM='http://ns.adobe.com/xap/1.0/mm/' "
           "xmlns:stEvt='http://ns.adobe.com/xap/1.0/sType/ResourceEvent#' "
           "xmlns:dcterms='http://purl.org/dc/terms/' "
           "xmlns:exif='http://ns.adobe.com/exif/1.0/' "
           "xmlns:Iptc4xmpExt='http://iptc.org/std/Iptc4xmpExt/2008-02-29/' " +
           attributes + ">" + inside + "</rdf:Description></rdf:RDF></x:xmpmeta>";
}
[[nodiscard]] inline File xmp_app1(const std::string& packet) {
    File data = bytes_of(std::string_view("http://ns.adobe.com/xap/1.0/\0", 29));
    append(data, bytes_of(packet));
    return data;
}

[[nodiscard]] inline File box(std::string_view type, const File& content) {
    File result = big_number(8 + content.size(), 4);
    append(result, bytes_of(type));
    append(result, content);
    return result;
}
[[nodiscard]] inline File superbox(std::string_view type, std::string_view label,
                                   const std::vector<File>& children) {
    File description = bytes_of(type);
    append(description, {0x00, 0x11, 0x00, 0x10, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71});
    description.push_back(3);
    append(description, bytes_of(label));
    description.push_back(0);
    File content = box("jumd", description);
    for (const File& child : children)
        append(content, child);
    return box("jumb", content);
}

[[nodiscard]] inline File cbor_text(std::string_view text) {
    File item{0x79, static_cast<std::uint8_t>(text.size() >> 8),
              static_cast<std::uint8_t>(text.size())};
    append(item, bytes_of(text));
    return item;
}

/// A C2PA manifest store as generators write it: an ingredient's manifest, then the active one.
[[nodiscard]] inline File c2pa_store(std::string_view source_type = "trainedAlgorithmicMedia") {
    File claim{0xA3};
    append(claim, cbor_text("alg"));
    append(claim, cbor_text("sha256"));
    append(claim, cbor_text("claim_generator_info"));
    claim.push_back(0x81);  // an array of one
    claim.push_back(0xA2);
    append(claim, cbor_text("name"));
    append(claim, cbor_text("Picture Maker"));
    append(claim, cbor_text("version"));
    append(claim, cbor_text("1.2"));
    append(claim, cbor_text("signature"));
    append(claim, {0xBF, 0x61, 'a', 0x9F, 0x01, 0x20, 0xF4, 0xFF, 0xFF});  // indefinite lengths
    File action{0xA1};
    append(action, cbor_text("digitalSourceType"));
    append(action,
           cbor_text("http://cv.iptc.org/newscodes/digitalsourcetype/" + std::string(source_type)));
    File old{0xA1};
    append(old, cbor_text("claim_generator"));
    append(old, cbor_text("Old Camera/1.0"));
    return superbox(
        "c2pa", "c2pa",
        {superbox("c2ma", "urn:uuid:first", {superbox("c2cl", "c2pa.claim", {box("cbor", old)})}),
         superbox("c2ma", "urn:uuid:second",
                  {superbox("c2as", "c2pa.assertions",
                            {superbox("cbor", "c2pa.actions", {box("cbor", action)}),
                             superbox("cbor", "c2pa.hash.data", {box("cbor", {0xA0})})}),
                   superbox("c2cl", "c2pa.claim", {box("cbor", claim)})})});
}

/// The JPEG with the store in APP11 segments of at most `most` bytes of it each.
[[nodiscard]] inline File with_c2pa(const File& jpeg, const File& store, std::size_t most = 300) {
    File result = jpeg;
    std::vector<File> segments;
    std::uint32_t running = 1;
    for (std::size_t at = 8; at < store.size(); at += most) {
        File segment = bytes_of("JP");
        append(segment, big_number(1, 2));
        append(segment, big_number(running++, 4));
        append(segment, File(store.begin(), store.begin() + 8));
        const std::size_t end = std::min(store.size(), at + most);
        append(segment,
               File(store.begin() + static_cast<long>(at), store.begin() + static_cast<long>(end)));
        segments.push_back(segment);
    }
    for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment)
        result = with_segment(result, 0xEB, *segment);
    return result;
}

/// A still WebP rewritten with an extended header and one more chunk.
[[nodiscard]] inline File webp_with(std::string_view type, const File& data, int flags) {
    const File still = webp(80, false);
    File body = bytes_of("WEBPVP8X");
    append(body, {10, 0, 0, 0, static_cast<std::uint8_t>(flags), 0, 0, 0, 49, 0, 0, 39, 0, 0});
    append(body, File(still.begin() + 12, still.end()));
    append(body, bytes_of(type));
    for (int shift = 0; shift < 32; shift += 8)
        body.push_back(static_cast<std::uint8_t>(data.size() >> shift));
    append(body, data);
    body.resize(body.size() + body.size() % 2);
    File file = bytes_of("RIFF");
    for (int shift = 0; shift < 32; shift += 8)
        file.push_back(static_cast<std::uint8_t>(body.size() >> shift));
    append(file, body);
    return file;
}

[[nodiscard]] inline File sub_blocks(const File& data) {
    File result;
    for (std::size_t at = 0; at < data.size(); at += 255) {
        const std::size_t size = std::min<std::size_t>(255, data.size() - at);
        result.push_back(static_cast<std::uint8_t>(size));
        const auto start = data.begin() + static_cast<long>(at);
        result.insert(result.end(), start, start + static_cast<long>(size));
    }
    return result;
}

/// A GIF with an extension before its frames: label, an application's name and code, and sub-blocks
/// without the last zero.
[[nodiscard]] inline File gif_with(const File& gif, std::uint8_t label, const File& blocks,
                                   std::string_view application = {}) {
    File extension{0x21, label};
    if (!application.empty()) {
        extension.push_back(11);
        append(extension, bytes_of(application));
    }
    append(extension, blocks);
    extension.push_back(0);
    const long behind_palette = 13 + (3L << ((gif[10] & 7) + 1));
    File result = gif;
    result.insert(result.begin() + behind_palette, extension.begin(), extension.end());
    return result;
}

/// The packet as it is, and the bytes that lead readers of sub-blocks from it to its end.
[[nodiscard]] inline File gif_with_xmp(const File& gif, const std::string& packet) {
    File raw = bytes_of(packet);
    raw.push_back(1);
    for (int value = 255; value >= 0; --value)
        raw.push_back(static_cast<std::uint8_t>(value));
    return gif_with(gif, 0xFF, raw, "XMP DataXMP");
}

[[nodiscard]] inline File gif_with_c2pa(const File& gif, const File& store) {
    return gif_with(gif, 0xFF, sub_blocks(store), std::string_view("C2PA_GIF\1\0\0", 11));
}

/// A little-endian TIFF with further fields in its first directory, which moves to its end. A value
/// of type 4 has four bytes.
[[nodiscard]] inline File tiff_with(const File& tiff, std::vector<ExifEntry> fields) {
    const auto number = [&](std::size_t at, int bytes) {
        std::size_t value = 0;
        for (int i = bytes - 1; i >= 0; --i)
            value = value << 8 | tiff[at + static_cast<std::size_t>(i)];
        return value;
    };
    const auto little = [](std::uint64_t value, int bytes) {
        File file;
        for (int i = 0; i < bytes; ++i)
            file.push_back(static_cast<std::uint8_t>(value >> 8 * i));
        return file;
    };
    File result = tiff;
    std::map<std::size_t, File> entries;  // by tag
    const std::size_t directory = number(4, 4), count = number(directory, 2);
    const auto behind = tiff.begin() + static_cast<long>(directory + 2 + 12 * count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t at = directory + 2 + 12 * i;
        const auto start = tiff.begin() + static_cast<long>(at);
        entries[number(at, 2)] = File(start, start + 12);
    }
    for (ExifEntry& field : fields) {
        File entry = little(static_cast<std::uint64_t>(field.tag), 2);
        append(entry, little(static_cast<std::uint64_t>(field.type), 2));
        append(entry, little(field.type == 4 ? 1 : field.value.size(), 4));
        if (field.value.size() <= 4) {
            field.value.resize(4);
            append(entry, field.value);
        } else {
            append(entry, little(result.size(), 4));
            append(result, field.value);
            result.resize(result.size() + result.size() % 2);
        }
        entries[static_cast<std::size_t>(field.tag)] = entry;
    }
    const File place = little(result.size(), 4);
    std::copy(place.begin(), place.end(), result.begin() + 4);
    append(result, little(entries.size(), 2));
    for (const auto& [tag, entry] : entries)
        append(result, entry);
    append(result, File(behind, behind + 4));
    return result;
}

/// Metadata of a HEIF file: "Exif", or "mime" with the type of its content.
struct HeifPart {
    std::string_view type;
    std::string_view content_type;
    File data;
};

/// A HEIF file whose list of places has version 0 and numbers of four bytes, with further items.
/// Its descriptions move to its end, so that nothing else does.
[[nodiscard]] inline File heif_with(const File& heif, const std::vector<HeifPart>& parts) {
    const auto number = [&](std::size_t at) {
        std::size_t value = 0;
        for (std::size_t i = 0; i < 4; ++i)
            value = value << 8 | heif[at + i];
        return value;
    };
    const auto from = [&](std::size_t at) { return heif.begin() + static_cast<long>(at); };
    const auto type = [&](std::size_t at) { return std::string(from(at + 4), from(at + 8)); };
    std::size_t meta = 0;
    while (type(meta) != "meta")
        meta += number(meta);
    File result = heif;
    const std::string_view unused = "free";
    std::copy(unused.begin(), unused.end(), result.begin() + static_cast<long>(meta) + 4);
    File names, places, data;
    std::uint64_t id = 100;
    for (const HeifPart& part : parts) {
        File name{2, 0, 0, 0};
        append(name, big_number(id, 2));
        append(name, {0, 0});
        append(name, bytes_of(part.type));
        name.push_back(0);
        if (!part.content_type.empty()) {
            append(name, bytes_of(part.content_type));
            name.push_back(0);
        }
        append(names, box("infe", name));
        append(places, big_number(id++, 2));
        append(places, {0, 0, 0, 0, 0, 0, 0, 1});
        append(places, big_number(result.size() + 8 + data.size(), 4));
        append(places, big_number(part.data.size(), 4));
        append(data, part.data);
    }
    File descriptions(from(meta + 8), from(meta + 12));
    for (std::size_t at = meta + 12; at < meta + number(meta); at += number(at)) {
        File content(from(at + 8), from(at + number(at)));
        const auto more = static_cast<std::uint8_t>(parts.size());
        if (type(at) == "iinf") {
            content[5] = static_cast<std::uint8_t>(content[5] + more);
            append(content, names);
        } else if (type(at) == "iloc") {
            content[7] = static_cast<std::uint8_t>(content[7] + more);
            append(content, places);
        }
        append(descriptions, box(type(at), content));
    }
    append(result, box("mdat", data));
    append(result, box("meta", descriptions));
    return result;
}

/// An "Exif" item: the TIFF block begins behind its first four bytes.
[[nodiscard]] inline HeifPart heif_exif(const File& block) {
    File data(4);
    append(data, block);
    return {"Exif", {}, data};
}
[[nodiscard]] inline HeifPart heif_xmp(const std::string& packet) {
    return {"mime", "application/rdf+xml", bytes_of(packet)};
}

/// A JPEG with a multi-picture list and other pictures, each with its type, behind it.
[[nodiscard]] inline File mpo(const File& first,
                              const std::vector<std::pair<std::uint32_t, File>>& others) {
    const auto number = [](File& to, std::uint64_t value, int bytes) {
        for (int i = 0; i < bytes; ++i)
            to.push_back(static_cast<std::uint8_t>(value >> 8 * i));
    };
    const std::size_t count = 1 + others.size();
    const std::size_t tiff_size = 8 + 2 + 2 * 12 + 4 + 16 * count;
    const std::size_t tiff_at = 2 + 4 + 4;  // start marker, segment header, "MPF"
    const std::size_t first_size = first.size() + 4 + 4 + tiff_size;
    File tiff = bytes_of(std::string_view("II*\0\x08\0\0\0", 8));
    number(tiff, 2, 2);
    for (const std::uint64_t part : {0xB001U, 4U})
        number(tiff, part, 2);
    number(tiff, 1, 4);
    number(tiff, count, 4);
    number(tiff, 0xB002, 2);
    number(tiff, 7, 2);
    number(tiff, 16 * count, 4);
    number(tiff, 38, 4);
    number(tiff, 0, 4);
    number(tiff, 0x030000, 4);
    number(tiff, first_size, 4);
    number(tiff, 0, 8);
    std::size_t at = first_size;
    for (const auto& [kind, file] : others) {
        number(tiff, kind, 4);
        number(tiff, file.size(), 4);
        number(tiff, at - tiff_at, 4);
        number(tiff, 0, 4);
        at += file.size();
    }
    File data = bytes_of(std::string_view("MPF\0", 4));
    append(data, tiff);
    File all = with_segment(first, 0xE2, data);
    for (const auto& [kind, file] : others)
        append(all, file);
    return all;
}

}  // namespace dfd::corpus
