// Hints from the names of programs that wrote the file.
#include <algorithm>
#include <cctype>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/picture/provenance/denial.h"
#include "core/picture/provenance/origin.h"

namespace dfd::picture_detail {
namespace {

constexpr std::size_t kMostNames = 20;

constexpr std::string_view kGenerators[] = {"midjourney",
                                            "stable diffusion",
                                            "novelai",
                                            "invokeai",
                                            "comfyui",
                                            "automatic1111",
                                            "fooocus",
                                            "draw things",
                                            "firefly",
                                            "dall-e",
                                            "dall·e",
                                            "dreamstudio",
                                            "leonardo",
                                            "ideogram",
                                            "diffusers",
                                            "craiyon",
                                            "nightcafe",
                                            "imagen",
                                            "gpt-4o",
                                            "chatgpt",
                                            "openai",
                                            "black forest labs",
                                            "flux.1",
                                            "swarmui",
                                            "bing image creator",
                                            "image creator from designer",
                                            "google ai",
                                            "sd-webui"};

constexpr std::string_view kEditors[] = {"photoshop",
                                         "lightroom",
                                         "gimp",
                                         "affinity photo",
                                         "snapseed",
                                         "picasa",
                                         "pixelmator",
                                         "paint.net",
                                         "paint shop",
                                         "corel",
                                         "krita",
                                         "darktable",
                                         "rawtherapee",
                                         "capture one",
                                         "luminar",
                                         "topaz",
                                         "dxo",
                                         "acdsee",
                                         "canva",
                                         "picsart",
                                         "facetune",
                                         "faceapp",
                                         "meitu",
                                         "remini",
                                         "photoscape",
                                         "fotor",
                                         "pixlr",
                                         "photopea",
                                         "polarr",
                                         "vsco",
                                         "afterlight",
                                         "adobe camera raw",
                                         "acorn",
                                         "on1",
                                         "irfanview",
                                         "imagemagick",
                                         "graphicsmagick",
                                         "photodirector",
                                         "zoner",
                                         "microsoft paint",
                                         "windows photo",
                                         "digikam"};

/// Whether `text` contains `name` as a word, with no letter before or after it.
bool mentions(const std::string& text, std::string_view name) {
    const auto letter = [&](std::size_t at) {
        return at < text.size() && std::isalpha(static_cast<unsigned char>(text[at])) != 0;
    };
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1))
        if ((at == 0 || !letter(at - 1)) && !letter(at + name.size()))
            return true;
    return false;
}

template <std::size_t N>
bool mentions_any(const std::string& text, const std::string_view (&names)[N]) {
    return std::ranges::any_of(names, [&](std::string_view name) { return mentions(text, name); });
}

struct ProgramName {
    std::string name;
    std::vector<std::string> sources;
    bool comment = false;  ///< free text that might not name a program
};

void add(std::vector<ProgramName>& programs, const std::string& source, const std::string& value,
         bool comment) {
    const std::string name = printable(value, 120);
    if (name.empty())
        return;
    auto known = std::ranges::find(programs, name, &ProgramName::name);
    if (known == programs.end()) {
        if (programs.size() >= kMostNames)
            return;
        programs.push_back({name, {}, comment});
        known = programs.end() - 1;
    }
    known->comment = known->comment && comment;
    if (std::ranges::find(known->sources, source) == known->sources.end())
        known->sources.push_back(source);
}

std::string first_of(const Metadata& metadata, std::string_view key) {
    const auto found =
        std::ranges::find(metadata.origin, key, &std::pair<std::string, std::string>::first);
    return found == metadata.origin.end() ? std::string() : printable(found->second, 120);
}

/// The sentence about a name that is taken for camera firmware, and why; empty if it is not.
std::string firmware_sentence(const std::string& name, const Metadata& metadata) {
    for (const auto& [key, value] : metadata.origin) {
        const std::string version = printable(value, 120);
        if (key.ends_with("FirmwareVersion") && version.size() >= 3 &&
            name.find(version) != std::string::npos)
            return say(
                "The file names “%1” as software, which is the camera's own: the camera "
                "maker's notes give the same firmware version.",
                {name});
    }
    const std::string model = lower_case(first_of(metadata, "Exif.Image.Model"));
    if (model.size() >= 3 && mentions(lower_case(name), model))
        return say(
            "The file names “%1” as software, which is the camera's own: it contains the "
            "name of the camera model.",
            {name});
    return {};
}

ProvenanceHint hint_of(const ProgramName& program, const Metadata& metadata) {
    ProvenanceHint hint;
    hint.kind = ProvenanceKind::Software;
    const std::string lowered = lower_case(program.name);
    const bool generator = std::ranges::any_of(
        kGenerators, [&](std::string_view name) { return affirms(lowered, name); });
    if (generator) {
        hint.declares_generated = true;
        hint.sentence =
            say("The file itself declares “%1” as the software that made it; the name "
                "is that of a picture generator.",
                {program.name});
    } else if (mentions_any(lowered, kEditors)) {
        hint.sentence =
            say("The file names “%1” as the software that wrote it, a program for "
                "editing pictures.",
                {program.name});
    } else if (program.comment) {
        hint.sentence = say("A comment in the file reads “%1”.", {program.name});
    } else if (auto sentence = firmware_sentence(program.name, metadata); !sentence.empty()) {
        hint.sentence = std::move(sentence);
    } else if (!first_of(metadata, "Exif.Image.Make").empty()) {
        hint.sentence =
            say("The file names “%1” as the software that wrote it. It is unknown "
                "whether that is the camera's firmware or a program used later.",
                {program.name});
    } else {
        hint.sentence = say("The file names “%1” as the software that wrote it.", {program.name});
    }
    for (const std::string& source : program.sources)
        hint.evidence += (hint.evidence.empty() ? "" : ", ") + source;
    hint.evidence += ": " + program.name;
    hint.details.emplace_back(program.comment ? to_say("Comment") : to_say("Software"),
                              program.name);
    return hint;
}

/// xAI's Grok writes "Signature: " and Base64 as the description, and an identifier (UUID) as the
/// artist.
std::optional<ProvenanceHint> grok_hint(const Metadata& metadata) {
    constexpr std::string_view kStart = "Signature: ";
    const auto raw = [&](std::string_view key) -> std::string_view {
        const auto found =
            std::ranges::find(metadata.origin, key, &std::pair<std::string, std::string>::first);
        return found == metadata.origin.end() ? std::string_view() : found->second;
    };
    const std::string_view description = raw("Exif.Image.ImageDescription");
    const std::string_view artist = raw("Exif.Image.Artist");
    const auto is_base64 = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/' || c == '=';
    };
    bool uuid = artist.size() == 36;
    for (std::size_t i = 0; uuid && i < artist.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        uuid = dash ? artist[i] == '-' : std::isxdigit(static_cast<unsigned char>(artist[i])) != 0;
    }
    if (!uuid || !description.starts_with(kStart) || description.size() < kStart.size() + 60 ||
        !std::ranges::all_of(description.substr(kStart.size()), is_base64))
        return std::nullopt;
    ProvenanceHint hint;
    hint.kind = ProvenanceKind::Software;
    hint.declares_generated = true;
    hint.sentence =
        say("The file itself carries a signature and an identifier laid out as in pictures of the "
            "picture generator Grok (xAI). The signature was not checked.");
    hint.evidence = "EXIF ImageDescription: " + printable(description, 120) +
                    ", EXIF Artist: " + printable(artist, 40);
    hint.details.emplace_back("Software", "Grok");
    return hint;
}

}  // namespace

std::vector<ProvenanceHint> software_hints(const Metadata& metadata,
                                           const std::vector<EmbeddedText>& texts) {
    constexpr std::pair<std::string_view, const char*> kSources[] = {
        {"Exif.Image.Software", "EXIF Software"},
        {"Exif.Image.ProcessingSoftware", "EXIF ProcessingSoftware"},
        {"Xmp.xmp.CreatorTool", "XMP CreatorTool"},
        {"Xmp.tiff.Software", "XMP Software"},
        {"softwareAgent", "XMP history"},
    };
    std::vector<ProgramName> programs;
    for (const auto& [key, value] : metadata.origin) {
        for (const auto& [end, source] : kSources)
            if (key.ends_with(end))
                add(programs, source, value, false);
    }
    const std::string program = first_of(metadata, "Iptc.Application2.Program");
    const std::string version = first_of(metadata, "Iptc.Application2.ProgramVersion");
    add(programs, "IPTC Program", program + (version.empty() ? "" : " ") + version, false);
    for (const EmbeddedText& text : texts) {
        const std::string key = lower_case(text.key);
        if (key == "software" || key == "creation software")
            add(programs, text.where + " “" + text.key + "”", text.text, false);
        else if (text.key.empty())
            add(programs, text.where, text.text, true);
    }
    std::vector<ProvenanceHint> hints;
    if (auto grok = grok_hint(metadata))
        hints.push_back(std::move(*grok));
    for (const ProgramName& each : programs)
        hints.push_back(hint_of(each, metadata));
    return hints;
}

}  // namespace dfd::picture_detail
