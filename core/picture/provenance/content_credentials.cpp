// C2PA manifests: finds them in each format and reads what is plain text. Nothing is validated: no
// hash, no signature, no certificate.
#include <algorithm>
#include <map>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/picture/formats/containers.h"
#include "core/picture/provenance/cbor.h"
#include "core/picture/provenance/origin.h"

namespace dfd::picture_detail {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kMostBoxes = 2000;
constexpr int kDeepest = 8;
constexpr std::size_t kMostAssertions = 30;

/// Joins JUMBF from a JPEG's APP11 segments. Each has "JP", an instance number, a sequence number
/// and a copy of the superbox's header. The segments may come in any order.
std::vector<std::uint8_t> from_jpeg(Bytes jpeg) {
    constexpr std::uint8_t kApp11 = 0xEB;
    std::map<std::uint64_t, std::multimap<std::uint64_t, Bytes>> instances;
    each_jpeg_segment(jpeg, [&](std::uint8_t marker, Bytes data) {
        if (marker == kApp11 && text_at(data, 0, "JP") && has(data, 0, 16))
            instances[*big_endian(data, 2, 2)].emplace(*big_endian(data, 4, 4), part(data, 8));
    });
    for (const auto& [number, segments] : instances) {
        std::vector<std::uint8_t> whole;
        for (const auto& [sequence, data] : segments) {
            // A size of 1 means that the header has another eight bytes for the size.
            const std::size_t header = big_endian(data, 0, 4) == 1 ? 16 : 8;
            const Bytes rest = part(data, whole.empty() ? 0 : header);
            whole.insert(whole.end(), rest.begin(), rest.end());
        }
        if (std::ranges::search(whole, "c2pa"sv).begin() != whole.end())
            return whole;
    }
    return {};
}

Bytes from_tiff(Bytes tiff) {
    constexpr std::uint64_t kTag = 0xCD41;
    Bytes found;
    each_tiff_field(tiff, [&](const TiffField& field) {
        found = field.tag == kTag && found.empty() ? field.values : found;
    });
    return found;
}

std::vector<std::uint8_t> from_gif(Bytes gif) {
    constexpr std::size_t kLargest = std::size_t{64} << 20;
    std::vector<std::uint8_t> found;
    each_gif_block(gif, [&](const GifBlock& block) {
        if (block.application.starts_with("C2PA_GIF") && found.empty())
            found = joined_sub_blocks(block.raw, kLargest);
    });
    return found;
}

/// Finds the JUMBF in a "uuid" box, after a purpose and an offset.
Bytes from_boxes(Bytes file) {
    constexpr auto kUuid = "\xD8\xFE\xC3\xD6\x1B\x0E\x48\x3C\x92\x97\x58\x28\x87\x7E\xC4\x81"sv;
    Bytes found;
    each_box(file, [&](std::string_view type, Bytes content) {
        if (type == "uuid" && text_at(content, 0, kUuid) && found.empty()) {
            const std::size_t purpose = 16 + 4;  // after version and flags
            const Bytes rest = part(content, purpose);
            const auto zero = std::ranges::find(rest, std::uint8_t{0});
            found = part(rest, static_cast<std::size_t>(zero - rest.begin()) + 1 + 8);
        }
    });
    return found;
}

std::vector<std::uint8_t> manifest_store(Bytes bytes, Format format) {
    Bytes found;
    switch (format) {
        case Format::Jpeg:
            return from_jpeg(bytes);
        case Format::Png:
            each_png_chunk(bytes, [&](std::string_view type, Bytes data) {
                found = type == "caBX" ? data : found;
            });
            break;
        case Format::WebP:
            each_riff_chunk(bytes, [&](std::string_view type, Bytes data) {
                found = type == "C2PA" ? data : found;
            });
            break;
        case Format::Tiff:
            found = from_tiff(bytes);
            break;
        case Format::Heic:
        case Format::Avif:
            found = from_boxes(bytes);
            break;
        case Format::Gif:
            return from_gif(bytes);
        case Format::Bmp:
        case Format::Pnm:
            break;
    }
    return {found.begin(), found.end()};
}

/// Another picture that went into this one.
struct Ingredient {
    std::string relationship;  ///< "parentOf", "componentOf" or "inputTo"
    std::string manifest;      ///< label of its manifest in the same store; may be empty
};

struct Manifest {
    std::string label;
    std::string generator;
    std::vector<std::string> assertions;
    std::string source_type;
    std::vector<Ingredient> ingredients;
};

struct Superbox {
    std::string_view type;  ///< the first four bytes of the type's UUID
    std::string label;
    Bytes children;
};

/// Parses a superbox. It starts with a description box: type, flags, label.
Superbox open_superbox(Bytes content) {
    Superbox box;
    const Box description = box_at(content, 0);
    if (!text_at(content, 4, "jumd") || !description.whole || description.content.size() < 17)
        return box;
    box.type = {reinterpret_cast<const char*>(description.content.data()), 4};
    if ((description.content[16] & 0x02) != 0) {
        const Bytes label = part(description.content, 17);
        const auto zero = std::ranges::find(label, std::uint8_t{0});
        box.label = printable({reinterpret_cast<const char*>(label.data()),
                               static_cast<std::size_t>(zero - label.begin())},
                              120);
    }
    box.children = part(content, description.next);
    return box;
}

/// "name version" of one program, or several separated by commas.
std::string program_of(CborReader info) {
    std::string programs;
    const auto add = [&](CborReader one) {
        std::string name, version;
        one.map([&](const std::string& key, CborReader value) {
            if (key == "name")
                name = value.text().value_or("");
            else if (key == "version")
                version = value.text().value_or("");
        });
        if (!name.empty())
            programs +=
                (programs.empty() ? "" : ", ") + name + (version.empty() ? "" : " " + version);
    };
    if (!CborReader(info).array(add))
        add(info);
    return programs;
}

std::string generator_of(Bytes claim) {
    std::string generator, info;
    CborReader(claim).map([&](const std::string& key, CborReader value) {
        if (key == "claim_generator")
            generator = value.text().value_or("");
        else if (key == "claim_generator_info")
            info = program_of(value);
    });
    return printable(info.empty() ? generator : info, 160);
}

/// Reads an ingredient assertion. Its manifest is a link such as "self#jumbf=/c2pa/LABEL".
Ingredient ingredient_of(Bytes assertion) {
    constexpr auto kStore = "/c2pa/"sv;
    Ingredient ingredient;
    CborReader(assertion).map([&](const std::string& key, CborReader value) {
        if (key == "relationship")
            ingredient.relationship = value.text().value_or("");
        if (key != "c2pa_manifest" && key != "activeManifest" && key != "active_manifest")
            return;
        value.map([&](const std::string& part_of_link, CborReader link) {
            const std::string address =
                part_of_link == "url" ? link.text().value_or("") : std::string();
            const std::size_t at = address.find(kStore);
            if (at == std::string::npos)
                return;
            const std::size_t start = at + kStore.size();
            ingredient.manifest =
                printable(address.substr(start, address.find('/', start) - start), 120);
        });
    });
    return ingredient;
}

/// The digital source type (IPTC vocabulary) in these bytes: the first one that means generated
/// content, otherwise the first known one. Empty if there is none.
std::string source_type_in(Bytes bytes) {
    constexpr auto kVocabulary = "/digitalsourcetype/"sv;
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    std::string first;
    for (std::size_t at = text.find(kVocabulary); at != std::string_view::npos;
         at = text.find(kVocabulary, at + 1)) {
        const std::size_t start = at + kVocabulary.size();
        std::size_t end = start;
        while (end < text.size() && std::isalpha(static_cast<unsigned char>(text[end])) != 0)
            ++end;
        // In CBOR, text can be followed by a byte that looks like a letter, so try shorter codes.
        for (std::size_t length = end - start; length > 0; --length) {
            const SourceType type = source_type(text.substr(start, length));
            if (type.words.empty())
                continue;
            if (type.generated)
                return type.code;
            first = first.empty() ? type.code : first;
            break;
        }
    }
    return first;
}

class StoreReader {
  public:
    explicit StoreReader(Bytes store) { walk(store, 0); }
    [[nodiscard]] bool found() const { return store_; }
    [[nodiscard]] const std::vector<Manifest>& manifests() const { return manifests_; }

  private:
    void walk(Bytes boxes, int depth) {
        if (depth > kDeepest)
            return;
        each_box(boxes, [&](std::string_view type, Bytes content) {
            if (++count_ > kMostBoxes)
                return;
            if (type == "cbor" && in_claim_ && !manifests_.empty())
                manifests_.back().generator = generator_of(content);
            else if (type == "cbor" && in_ingredient_ &&
                     manifests_.back().ingredients.size() < kMostAssertions)
                manifests_.back().ingredients.push_back(ingredient_of(content));
            else if (type == "jumb")
                open(content, depth);
        });
    }

    void open(Bytes content, int depth) {
        const Superbox box = open_superbox(content);
        const bool manifest = store_ && (box.type == "c2ma" || box.type == "c2um");
        if (box.type == "c2pa")
            store_ = true;
        else if (manifest)
            manifests_.push_back({box.label, {}, {}, source_type_in(box.children), {}});
        else if (in_assertions_ && manifests_.back().assertions.size() < kMostAssertions)
            manifests_.back().assertions.push_back(box.label);
        const bool before_claim = in_claim_, before_assertions = in_assertions_;
        const bool before_ingredient = in_ingredient_;
        in_ingredient_ = in_assertions_ && box.label.starts_with("c2pa.ingredient");
        in_claim_ = box.type == "c2cl" && !manifests_.empty();
        in_assertions_ = box.type == "c2as" && !manifests_.empty();
        walk(box.children, depth + 1);
        in_claim_ = before_claim;
        in_assertions_ = before_assertions;
        in_ingredient_ = before_ingredient;
    }

    std::vector<Manifest> manifests_;
    std::size_t count_ = 0;
    bool store_ = false;
    bool in_claim_ = false;
    bool in_assertions_ = false;
    bool in_ingredient_ = false;
};

/// A manifest below the active one that declares generated content, and how it went into it.
struct Origin {
    const Manifest* manifest = nullptr;
    bool component = false;  ///< only a part of the picture
};

/// Follows the ingredients of the active manifest, through manifests without a statement of their
/// own (updates, publishers). Pictures that only were an input, such as a sample to imitate, are
/// not what the picture shows. Manifests that nothing refers to count as well.
Origin generated_origin(const std::vector<Manifest>& manifests) {
    if (manifests.empty())
        return {};
    std::vector<Origin> reached{{&manifests.back(), false}};
    std::vector<const Manifest*> inputs;
    const auto known = [&](const Manifest* one) {
        return std::ranges::find(reached, one, &Origin::manifest) != reached.end();
    };
    for (std::size_t i = 0; i < reached.size(); ++i) {
        for (const Ingredient& ingredient : reached[i].manifest->ingredients) {
            const auto found = std::ranges::find(manifests, ingredient.manifest, &Manifest::label);
            if (found == manifests.end() || known(&*found))
                continue;
            if (ingredient.relationship == "inputTo")
                inputs.push_back(&*found);
            else
                reached.push_back(
                    {&*found, reached[i].component || ingredient.relationship == "componentOf"});
        }
    }
    for (const Manifest& other : manifests)
        if (!known(&other) && std::ranges::find(inputs, &other) == inputs.end())
            reached.push_back({&other, false});
    for (std::size_t i = 1; i < reached.size(); ++i)
        if (source_type(reached[i].manifest->source_type).generated)
            return reached[i];
    return {};
}

/// What the active manifest declares, by the program that wrote it if that is known.
std::string active_sentence(const std::string& by, const std::string& words) {
    if (by.empty())
        return say(
            "The file itself declares, in a C2PA manifest (found, not validated), "
            "that it is %1. Whether its signature is genuine and whether it belongs "
            "to this picture was not checked.",
            {words});
    return say(
        "The file itself declares, in a C2PA manifest by “%1” (found, not "
        "validated), that it is %2. Whether its signature is genuine and whether "
        "it belongs to this picture was not checked.",
        {by, words});
}

/// What a manifest below the active one declares of the picture or of a part of it; `by` and
/// `latest` are the programs that wrote the two, if they are known.
std::string below_sentence(bool component, const std::string& by, const std::string& latest,
                           const std::string& words) {
    if (component) {
        if (!by.empty() && !latest.empty())
            return say(
                "The file itself declares, in a C2PA manifest by “%1” (found, not "
                "validated) below the latest one by “%2”, that a part of it is %3. "
                "Whether its signature is genuine and whether it belongs to this picture "
                "was not checked.",
                {by, latest, words});
        if (!by.empty())
            return say(
                "The file itself declares, in a C2PA manifest by “%1” (found, not "
                "validated) below the latest one, that a part of it is %2. Whether its "
                "signature is genuine and whether it belongs to this picture was not "
                "checked.",
                {by, words});
        if (!latest.empty())
            return say(
                "The file itself declares, in a C2PA manifest (found, not validated) "
                "below the latest one by “%1”, that a part of it is %2. Whether its "
                "signature is genuine and whether it belongs to this picture was not "
                "checked.",
                {latest, words});
        return say(
            "The file itself declares, in a C2PA manifest (found, not validated) "
            "below the latest one, that a part of it is %1. Whether its signature is "
            "genuine and whether it belongs to this picture was not checked.",
            {words});
    }
    if (!by.empty() && !latest.empty())
        return say(
            "The file itself declares, in a C2PA manifest by “%1” (found, not "
            "validated) below the latest one by “%2”, that the picture it was made "
            "from is %3. Whether its signature is genuine and whether it belongs to "
            "this picture was not checked.",
            {by, latest, words});
    if (!by.empty())
        return say(
            "The file itself declares, in a C2PA manifest by “%1” (found, not "
            "validated) below the latest one, that the picture it was made from is "
            "%2. Whether its signature is genuine and whether it belongs to this "
            "picture was not checked.",
            {by, words});
    if (!latest.empty())
        return say(
            "The file itself declares, in a C2PA manifest (found, not validated) "
            "below the latest one by “%1”, that the picture it was made from is %2. "
            "Whether its signature is genuine and whether it belongs to this picture "
            "was not checked.",
            {latest, words});
    return say(
        "The file itself declares, in a C2PA manifest (found, not validated) "
        "below the latest one, that the picture it was made from is %1. Whether "
        "its signature is genuine and whether it belongs to this picture was not "
        "checked.",
        {words});
}

/// A manifest that does not declare that anything was generated.
std::string silent_sentence(const std::string& by) {
    if (by.empty())
        return say(
            "The file carries a C2PA manifest (Content Credentials), found, not "
            "validated. Whether its signature is genuine and whether it belongs to "
            "this picture was not checked.");
    return say(
        "The file carries a C2PA manifest (Content Credentials) by “%1”, found, "
        "not validated. Whether its signature is genuine and whether it belongs "
        "to this picture was not checked.",
        {by});
}

ProvenanceHint hint_of(const StoreReader& store, std::size_t bytes) {
    ProvenanceHint hint;
    hint.kind = ProvenanceKind::ContentCredentials;
    const auto size = std::to_string(bytes);
    // The last manifest is the active one; earlier ones describe its ingredients.
    const Manifest active = store.manifests().empty() ? Manifest{} : store.manifests().back();
    const SourceType type = source_type(active.source_type);
    const Origin below = type.generated ? Origin{} : generated_origin(store.manifests());
    hint.declares_generated = type.generated || below.manifest != nullptr;
    if (type.generated)
        hint.sentence = active_sentence(active.generator, type.words);
    else if (below.manifest != nullptr)
        hint.sentence = below_sentence(below.component, below.manifest->generator, active.generator,
                                       source_type(below.manifest->source_type).words);
    else
        hint.sentence = silent_sentence(active.generator);
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty())
            hint.details.emplace_back(name, value);
    };
    add(to_say("Claim generator"), active.generator);
    add(to_say("Source type"), active.source_type);
    if (below.manifest != nullptr) {
        add(to_say("Ingredient's claim generator"), below.manifest->generator);
        add(to_say("Ingredient's source type"), below.manifest->source_type);
    }
    add(to_say("Assertions"), joined(active.assertions, ", "));
    add(to_say("Manifests"), std::to_string(store.manifests().size()));
    add(to_say("Active manifest"), active.label);
    hint.evidence =
        active.label.empty()
            ? say("C2PA manifest store of %1 bytes", {size})
            : say("C2PA manifest store of %1 bytes, active manifest %2", {size, active.label});
    return hint;
}

}  // namespace

std::vector<ProvenanceHint> content_credential_hints(Bytes bytes, Format format,
                                                     const Metadata& metadata) {
    std::vector<ProvenanceHint> hints;
    const std::vector<std::uint8_t> store = manifest_store(bytes, format);
    if (!store.empty()) {
        const StoreReader reader(store);
        if (reader.found())
            hints.push_back(hint_of(reader, store.size()));
    }
    for (const auto& [key, value] : metadata.origin) {
        const std::string address = printable(value, 200);
        if (!key.ends_with("provenance") || address.empty())
            continue;
        ProvenanceHint hint;
        hint.kind = ProvenanceKind::ContentCredentials;
        hint.sentence =
            say("The file points to a C2PA manifest elsewhere (%1). It was neither "
                "fetched nor validated.",
                {address});
        hint.evidence = "XMP dcterms:provenance: " + address;
        hint.details.emplace_back(to_say("Address"), address);
        hints.push_back(std::move(hint));
        break;
    }
    return hints;
}

}  // namespace dfd::picture_detail
