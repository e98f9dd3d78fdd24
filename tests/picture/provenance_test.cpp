// Tests of provenance hints: metadata is read, explained in plain words, and not trusted too much.
#include "core/picture/provenance/provenance.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/picture/picture.h"
#include "core/picture/provenance/origin.h"
#include "tests/picture/provenance_files.h"
#include "tests/says.h"

namespace dfd {
namespace {

using namespace corpus;
const ProvenanceHint* find(const Hints& hints, ProvenanceKind kind) {
    const auto found = std::ranges::find(hints, kind, &ProvenanceHint::kind);
    return found == hints.end() ? nullptr : &*found;
}

std::string detail(const ProvenanceHint& hint, const std::string& name) {
    for (const auto& [key, value] : hint.details)
        if (key == name)
            return value;
    return "(absent)";
}

ProvenanceHint only(const File& file, ProvenanceKind kind) {
    const Hints hints = hints_of(file);
    const ProvenanceHint* hint = find(hints, kind);
    EXPECT_EQ(std::ranges::count(hints, kind, &ProvenanceHint::kind), 1);
    return hint != nullptr ? *hint : ProvenanceHint{};
}

ProvenanceHint generation(const std::vector<Chunk>& chunks) {
    return only(png({}, chunks), ProvenanceKind::GenerationParameters);
}

bool says(const ProvenanceHint& hint, const std::string& words) {
    return hint.sentence.find(words) != std::string::npos;
}

TEST(Provenance, KindNamesReadBack) {
    for (const auto kind : {ProvenanceKind::SourceType, ProvenanceKind::Compression})
        EXPECT_EQ(provenance_kind(provenance_kind_name(kind)), kind);
    EXPECT_FALSE(provenance_kind("other"));
}

TEST(Provenance, APlainFileHasNoHints) {
    EXPECT_TRUE(hints_of(png()).empty());
    EXPECT_TRUE(hints_of(webp(80, false)).empty());
    EXPECT_TRUE(hints_of(tiff()).empty());
    EXPECT_TRUE(hints_of(bmp(24)).empty());
}

// --- digital source type ----------------------------------------------------------------------

TEST(SourceType, EveryKnownCodeHasWords) {
    const std::string address = "http://cv.iptc.org/newscodes/digitalsourcetype/";
    int generated = 0;
    for (const char* code : {"digitalCapture",
                             "computationalCapture",
                             "negativeFilm",
                             "positiveFilm",
                             "print",
                             "minorHumanEdits",
                             "humanEdits",
                             "compositeCapture",
                             "algorithmicallyEnhanced",
                             "dataDrivenMedia",
                             "digitalArt",
                             "digitalCreation",
                             "softwareImage",
                             "screenCapture",
                             "virtualRecording",
                             "composite",
                             "compositeSynthetic",
                             "compositeWithTrainedAlgorithmicMedia",
                             "trainedAlgorithmicMedia",
                             "algorithmicMedia"}) {
        const auto type = picture_detail::source_type(address + code);
        EXPECT_EQ(type.code, code);
        EXPECT_FALSE(type.words.empty()) << code;
        generated += type.generated ? 1 : 0;
    }
    EXPECT_EQ(generated, 4);
    EXPECT_EQ(picture_detail::source_type("trainedalgorithmicmedia ").code,
              "trainedAlgorithmicMedia");
    EXPECT_TRUE(picture_detail::source_type("http://example.org/other").words.empty());
    EXPECT_TRUE(picture_detail::source_type("").words.empty());
}

TEST(SourceType, DeclaresGeneration) {
    const auto file = [](const std::string& code) {
        return with_segment(
            jpeg(), 0xE1,
            xmp_app1(xmp("Iptc4xmpExt:DigitalSourceType='http://cv.iptc.org/newscodes/"
                         "digitalsourcetype/" +
                         code + "' xmp:CreatorTool='GIMP 2.10'")));
    };
    const Hints hints = hints_of(file("trainedAlgorithmicMedia"));
    ASSERT_FALSE(hints.empty());
    EXPECT_EQ(hints[0].kind, ProvenanceKind::SourceType);
    EXPECT_TRUE(hints[0].declares_generated);
    EXPECT_TRUE(hints[0].sentence.starts_with("The file itself declares that it is made by"));
    EXPECT_EQ(detail(hints[0], "Source type"), "trainedAlgorithmicMedia");
    const auto camera = only(file("digitalCapture"), ProvenanceKind::SourceType);
    EXPECT_FALSE(camera.declares_generated);
    EXPECT_TRUE(says(camera, "captured from life"));
    EXPECT_TRUE(
        says(only(file("somethingNew"), ProvenanceKind::SourceType), "unknown to this program"));
}

TEST(SourceType, IptcAiSystemsAreRead) {
    const auto hint =
        only(with_segment(jpeg(), 0xE1, xmp_app1(xmp("Iptc4xmpExt:AISystemUsed='Dream Engine 3'"))),
             ProvenanceKind::SourceType);
    EXPECT_TRUE(hint.declares_generated);
    EXPECT_TRUE(says(hint, "Dream Engine 3"));
}

// --- software ----------------------------------------------------------------------------------

TEST(Software, IsListedOnceWithItsSources) {
    const File file = with_segment(
        with_segment(jpeg(), 0xE1, exif_app1(exif_block({exif_text(0x0131, "GIMP 2.10.34")}))),
        0xE1,
        xmp_app1(xmp("xmp:CreatorTool='GIMP 2.10.34'",
                     "<xmpMM:History><rdf:Seq><rdf:li stEvt:action='saved' "
                     "stEvt:softwareAgent='Adobe Photoshop 24.0'/></rdf:Seq></xmpMM:History>")));
    Hints hints = hints_of(file);
    std::erase_if(hints, [](const auto& hint) { return hint.kind != ProvenanceKind::Software; });
    ASSERT_EQ(hints.size(), 2U);
    EXPECT_TRUE(says(hints[0], "“GIMP 2.10.34”"));
    EXPECT_TRUE(says(hints[0], "editing pictures"));
    EXPECT_SAYS(hints[0].evidence, "EXIF Software, XMP CreatorTool");
    EXPECT_TRUE(says(hints[1], "Adobe Photoshop 24.0"));
    EXPECT_SAYS(hints[1].evidence, "XMP history");
    EXPECT_FALSE(hints[0].declares_generated);
}

TEST(Software, IsFirmwareOnlyWhenThatIsKnown) {
    const auto said = [](std::vector<ExifEntry> entries) {
        return only(with_segment(jpeg(), 0xE1, exif_app1(exif_block(std::move(entries)))),
                    ProvenanceKind::Software)
            .sentence;
    };
    const auto own = said({exif_text(0x010F, "FUJIFILM"), exif_text(0x0110, "X-T3"),
                           exif_text(0x0131, "Digital Camera X-T3 Ver1.10")});
    EXPECT_SAYS(own, "the camera's own");
    const auto unknown = said(
        {exif_text(0x010F, "Apple"), exif_text(0x0110, "iPhone 12"), exif_text(0x0131, "17.1.2")});
    EXPECT_SAYS(unknown, "It is unknown");
    const auto editor = said({exif_text(0x010F, "Apple"), exif_text(0x0110, "iPhone 12"),
                              exif_text(0x0131, "Snapseed 2.0")});
    EXPECT_EQ(editor.find("It is unknown"), std::string::npos) << editor;
    const auto bare = said({exif_text(0x0131, "17.1.2")});
    EXPECT_EQ(bare.find("firmware"), std::string::npos) << bare;
}

TEST(Software, GeneratorsAreRecognisedByWholeWords) {
    const auto hint = [](std::string_view name) {
        return only(png({}, {text_chunk("Software", name)}), ProvenanceKind::Software);
    };
    EXPECT_TRUE(hint("Midjourney v6").declares_generated);
    EXPECT_TRUE(hint("Adobe Firefly").declares_generated);
    EXPECT_FALSE(hint("Fireflyer").declares_generated);
    EXPECT_FALSE(says(hint("Gimpel"), "editing"));
}

TEST(Software, CommentsAreQuotedNotInterpreted) {
    const auto hint =
        only(with_segment(jpeg(), 0xFE, bytes_of("holiday \xE9t\xE9")), ProvenanceKind::Software);
    EXPECT_EQ(hint.sentence, "A comment in the file reads “holiday été”.");
}

// --- generation parameters -----------------------------------------------------------------------

const std::string kListTables =
    "a \xC3\xA9legant fox, forest\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG "
    "scale: 7, Seed: 1, Size: 512x512, Model hash: 6ce0161689, Model: dreamModel, Lora hashes: "
    "\"x: 1, y: 2\", Version: v1.6.0";

TEST(Generation, WebInterfaceTextInEveryPngChunk) {
    for (const Chunk& chunk :
         {text_chunk("parameters", kListTables), packed_text_chunk("parameters", kListTables),
          international_chunk("parameters", kListTables, false),
          international_chunk("parameters", kListTables, true)}) {
        const auto hint = generation({chunk});
        EXPECT_TRUE(hint.declares_generated);
        EXPECT_TRUE(hint.sentence.starts_with(
            "The file itself declares the settings of a picture generator (AUTOMATIC1111"))
            << hint.sentence;
        EXPECT_EQ(detail(hint, "Model"), "dreamModel");
        EXPECT_EQ(detail(hint, "Sampler"), "Euler a");
        EXPECT_EQ(detail(hint, "Prompt"), "a élegant fox, forest");
        EXPECT_SAYS(hint.evidence, "PNG text “parameters”");
    }
    EXPECT_EQ(detail(generation({text_chunk("parameters",
                                            "Steps: 4, Sampler: X, Seed: 2, "
                                            "Version: f2.0.1")}),
                     "Generator"),
              "Forge");
}

TEST(Generation, WebInterfaceTextInExifOfJpegAndWebp) {
    for (const bool big : {true, false}) {
        File comment = bytes_of(std::string_view("UNICODE\0", 8));
        for (const char c : std::string("red house\nSteps: 9, Sampler: DPM++ 2M, Seed: 5")) {
            append(comment, big ? File{0, static_cast<std::uint8_t>(c)}
                                : File{static_cast<std::uint8_t>(c), 0});
        }
        const File block = exif_block({}, {{0x9286, 7, comment}});
        for (const File& file :
             {with_segment(jpeg(), 0xE1, exif_app1(block)), webp_with("EXIF", block, 0x08)}) {
            const auto hint = only(file, ProvenanceKind::GenerationParameters);
            EXPECT_EQ(detail(hint, "Sampler"), "DPM++ 2M");
            EXPECT_EQ(detail(hint, "Prompt"), "red house");
        }
    }
}

TEST(Generation, ComfyGraphsAreFollowed) {
    const std::string graph =
        R"({"3":{"class_type":"KSampler","inputs":{"sampler_name":"euler","positive":["6",0],
            "negative":["7",0]},"is_changed":[NaN]},
            "4":{"class_type":"CheckpointLoaderSimple","inputs":{"ckpt_name":"sd.safetensors"}},
            "7":{"class_type":"CLIPTextEncode","inputs":{"text":"ugly"}},
            "6":{"class_type":"CLIPTextEncode","inputs":{"text":"a lake"}}})";
    const std::string editor =
        R"({"last_node_id":9,"links":[],"nodes":[{"type":"CheckpointLoaderSimple",
            "widgets_values":["other.safetensors"]}]})";
    const auto hint = generation({text_chunk("workflow", editor), text_chunk("prompt", graph)});
    EXPECT_EQ(detail(hint, "Generator"), "ComfyUI");
    EXPECT_EQ(detail(hint, "Model"), "sd.safetensors");
    EXPECT_EQ(detail(hint, "Sampler"), "euler");
    EXPECT_EQ(detail(hint, "Prompt"), "a lake");
    EXPECT_EQ(detail(generation({text_chunk("workflow", editor)}), "Model"), "other.safetensors");
    const auto in_exif =
        only(webp_with("EXIF", exif_block({exif_text(0x0110, "prompt:" + graph)}), 0x08),
             ProvenanceKind::GenerationParameters);
    EXPECT_EQ(detail(in_exif, "Prompt"), "a lake");
}

TEST(Generation, OtherFrontEnds) {
    const auto invoke = generation({text_chunk(
        "invokeai_metadata",
        R"({"positive_prompt":"owl","scheduler":"ddim","model":{"model_name":"sdxl"}})")});
    EXPECT_EQ(detail(invoke, "Generator"), "InvokeAI");
    EXPECT_EQ(detail(invoke, "Model"), "sdxl");
    EXPECT_EQ(detail(invoke, "Prompt"), "owl");
    const auto old_invoke = generation({text_chunk(
        "sd-metadata",
        R"({"model_weights":"sd-1.5","image":{"prompt":[{"prompt":"cat"}],"sampler":"k_lms"}})")});
    EXPECT_EQ(detail(old_invoke, "Prompt"), "cat");
    EXPECT_EQ(detail(old_invoke, "Sampler"), "k_lms");
    const auto novel = generation(
        {text_chunk("Software", "NovelAI"), text_chunk("Source", "Stable Diffusion XL 7BCCAA2C"),
         text_chunk("Comment", R"({"prompt":"girl","steps":28,"sampler":"k_euler"})")});
    EXPECT_EQ(detail(novel, "Generator"), "NovelAI");
    EXPECT_EQ(detail(novel, "Model"), "Stable Diffusion XL 7BCCAA2C");
    const auto fooocus = generation(
        {text_chunk("parameters",
                    R"({"prompt":"sea","base_model":"juggernaut","sampler":"dpmpp_2m_sde_gpu"})")});
    EXPECT_EQ(detail(fooocus, "Generator"), "Fooocus");
    const auto swarm = generation(
        {text_chunk("parameters",
                    R"({"sui_image_params":{"prompt":"sun","model":"OfficialStableDiffusion"}})")});
    EXPECT_EQ(detail(swarm, "Generator"), "SwarmUI");
    const auto easy = generation(
        {text_chunk("use_stable_diffusion_model", "sd-v1-4"), text_chunk("prompt", "hill")});
    EXPECT_EQ(detail(easy, "Prompt"), "hill");
    const auto draw = only(
        with_segment(jpeg(), 0xE1,
                     xmp_app1(xmp("xmp:CreatorTool='Draw Things' exif:UserComment='{&quot;c&quot;:"
                                  "&quot;moon&quot;,&quot;model&quot;:&quot;flux.ckpt&quot;,&quot;"
                                  "sampler&quot;:&quot;Euler A&quot;}'"))),
        ProvenanceKind::GenerationParameters);
    EXPECT_EQ(detail(draw, "Generator"), "Draw Things");
    EXPECT_EQ(detail(draw, "Prompt"), "moon");
    const auto journey =
        generation({text_chunk("Description", "a fox --v 6 Job ID: 123e4567-e89b")});
    EXPECT_EQ(detail(journey, "Generator"), "Midjourney");
}

TEST(Generation, OrdinaryTextIsNotReadAsSettings) {
    for (const auto& [key, text] : std::vector<std::pair<std::string, std::string>>{
             {"Comment", "Steps: see the manual"},
             {"parameters", "none"},
             {"prompt", "{\"a\": 1}"},
             {"Description", "Our job"},
             {"workflow", "{\"nodes\": 3}"},
             {"Comment", "{\"prompt\": \"say your name\"}"},
             {"invokeai", "{"}}) {
        const Hints hints = hints_of(png({}, {text_chunk(key, text)}));
        EXPECT_EQ(find(hints, ProvenanceKind::GenerationParameters), nullptr) << key;
    }
}

TEST(Generation, DecompressedTextIsLimited) {
    // 64 MB of spaces in 64 kB: the settings after them are not read, and memory stays small.
    std::string huge(std::size_t{64} << 20, ' ');
    huge += "\n" + kListTables;
    const File bomb = png({}, {packed_text_chunk("parameters", huge)});
    huge = {};
    const auto texts = picture_detail::embedded_texts(bomb, picture_detail::Format::Png);
    ASSERT_EQ(texts.size(), 1U);
    EXPECT_TRUE(texts[0].cut);
    EXPECT_EQ(texts[0].text.size(), std::size_t{1} << 20);
    std::vector<Chunk> many(20, packed_text_chunk("k", std::string(std::size_t{1} << 20, 'x')));
    std::size_t total = 0;
    for (const auto& text :
         picture_detail::embedded_texts(png({}, many), picture_detail::Format::Png))
        total += text.text.size();
    EXPECT_LE(total, std::size_t{8} << 20);
}

TEST(Generation, DeeplyNestedJsonIsHarmless) {
    const std::string deep(500'000, '[');
    EXPECT_TRUE(hints_of(png({}, {text_chunk("prompt", "{\"a\":" + deep)})).empty());
    std::string closed =
        "{\"1\":{\"class_type\":\"KSampler\",\"inputs\":{\"sampler_name\":\"e\","
        "\"x\":";
    closed += std::string(200'000, '[') + std::string(200'000, ']') + "}}}";
    EXPECT_EQ(detail(generation({text_chunk("prompt", closed)}), "Sampler"), "e");
}

// --- C2PA --------------------------------------------------------------------------------------

TEST(ContentCredentials, AreFoundInEveryFormatAndNotValidated) {
    const File store = c2pa_store();
    File heif = stored("pictures/plain.avif");
    File uuid{0xD8, 0xFE, 0xC3, 0xD6, 0x1B, 0x0E, 0x48, 0x3C,
              0x92, 0x97, 0x58, 0x28, 0x87, 0x7E, 0xC4, 0x81};
    append(uuid, {0, 0, 0, 0});
    append(uuid, bytes_of(std::string_view("manifest\0", 9)));
    append(uuid, big_number(0, 8));
    append(uuid, store);
    append(heif, box("uuid", uuid));
    const std::vector<std::pair<std::string, File>> files{
        {"JPEG in one segment", with_c2pa(jpeg(), store, 60'000)},
        {"JPEG in many", with_c2pa(jpeg(), store, 100)},
        {"PNG", png({}, {{"caBX", store}})},
        {"WebP", webp_with("C2PA", store, 0)},
        {"GIF", gif_with_c2pa(gif(2), store)},
        {"TIFF", tiff_with(tiff(), {{0xCD41, 7, store}})},
        {"AVIF", heif}};
    for (const auto& [name, file] : files) {
        SCOPED_TRACE(name);
        const auto hint = only(file, ProvenanceKind::ContentCredentials);
        EXPECT_TRUE(hint.declares_generated);
        EXPECT_TRUE(says(hint, "not validated")) << hint.sentence;
        EXPECT_TRUE(says(hint, "“Picture Maker 1.2”"));
        EXPECT_EQ(detail(hint, "Claim generator"), "Picture Maker 1.2");
        EXPECT_EQ(detail(hint, "Source type"), "trainedAlgorithmicMedia");
        EXPECT_EQ(detail(hint, "Assertions"), "c2pa.actions, c2pa.hash.data");
        EXPECT_EQ(detail(hint, "Manifests"), "2");
        EXPECT_EQ(detail(hint, "Active manifest"), "urn:uuid:second");
    }
    const auto camera =
        only(png({}, {{"caBX", c2pa_store("digitalCapture")}}), ProvenanceKind::ContentCredentials);
    EXPECT_FALSE(camera.declares_generated);
    EXPECT_TRUE(says(camera, "carries a C2PA manifest"));
}

TEST(ContentCredentials, AreFoundInTiff) {
    const File store = c2pa_store();
    for (const bool big : {false, true}) {
        File file = bytes_of(big ? "MM" : "II");
        const auto put = [&](std::uint64_t value, int bytes) {
            for (int i = 0; i < bytes; ++i) {
                const int shift = 8 * (big ? bytes - 1 - i : i);
                file.push_back(static_cast<std::uint8_t>(value >> shift));
            }
        };
        put(42, 2);
        put(8, 4);
        put(1, 2);
        put(0xCD41, 2);
        put(7, 2);
        put(store.size(), 4);
        put(26, 4);
        put(0, 4);
        append(file, store);
        const auto hints =
            picture_detail::content_credential_hints(file, picture_detail::Format::Tiff, {});
        ASSERT_EQ(hints.size(), 1U);
        EXPECT_EQ(detail(hints[0], "Claim generator"), "Picture Maker 1.2");
    }
}

TEST(ContentCredentials, OtherJumbfIsIgnored) {
    const File other = superbox("json", "someone.else", {box("json", bytes_of("{}"))});
    EXPECT_EQ(find(hints_of(with_c2pa(jpeg(), other)), ProvenanceKind::ContentCredentials),
              nullptr);
    EXPECT_EQ(find(hints_of(png({}, {{"caBX", other}})), ProvenanceKind::ContentCredentials),
              nullptr);
}

TEST(ContentCredentials, RemoteManifestsAreOnlyMentioned) {
    const auto hint =
        only(with_segment(jpeg(), 0xE1,
                          xmp_app1(xmp("dcterms:provenance='https://example.org/manifest.c2pa'"))),
             ProvenanceKind::ContentCredentials);
    EXPECT_TRUE(says(hint, "https://example.org/manifest.c2pa"));
    EXPECT_TRUE(says(hint, "neither fetched nor validated"));
    EXPECT_FALSE(hint.declares_generated);
}

// --- compression -------------------------------------------------------------------------------

TEST(Compression, IsDescribedInASentence) {
    const auto hint = only(jpeg({.quality = 91}), ProvenanceKind::Compression);
    EXPECT_EQ(hint.sentence,
              "The JPEG was last saved with the standard quantisation tables at quality 91 "
              "(baseline, 4:2:0).");
    EXPECT_EQ(detail(hint, "JPEG quality"), "91");
    const auto full =
        only(jpeg({.progressive = true, .full_chroma = true}), ProvenanceKind::Compression);
    EXPECT_TRUE(says(full, "(progressive, 4:4:4, full chroma)"));
}

}  // namespace
}  // namespace dfd
