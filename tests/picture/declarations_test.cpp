// What files declare about generators: found wherever it is written, and never claimed when the
// file says the opposite.
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <opencv2/imgcodecs.hpp>

#include "core/picture/picture.h"
#include "core/picture/provenance/denial.h"
#include "core/picture/provenance/generator_json.h"
#include "tests/picture/provenance_files.h"
#include "tests/says.h"

namespace dfd {
namespace {

using namespace corpus;
bool declares_generated(const File& file) {
    return std::ranges::any_of(hints_of(file), &ProvenanceHint::declares_generated);
}

ProvenanceHint hint_of(const File& file, ProvenanceKind kind) {
    for (const ProvenanceHint& hint : hints_of(file))
        if (hint.kind == kind)
            return hint;
    ADD_FAILURE() << "no hint of the kind " << provenance_kind_name(kind);
    return {};
}

std::string detail(const ProvenanceHint& hint, const std::string& name) {
    for (const auto& [key, value] : hint.details)
        if (key == name)
            return value;
    return "(absent)";
}

File png_with_text(std::string_view key, const std::string& text) {
    return png({}, {text_chunk(key, text)});
}

ProvenanceHint generation(std::string_view key, const std::string& text) {
    return hint_of(png_with_text(key, text), ProvenanceKind::GenerationParameters);
}

// --- denials -------------------------------------------------------------------------------------

TEST(Denials, AreNotDeclarations) {
    for (const char* text :
         {"ai-generated", "photo: j. case / ai-generated", "this picture is ai-generated.",
          "not only ai-generated, also retouched", "not a photograph but ai-generated",
          "no filter, ai-generated", "never trust it; ai-generated", "ai-generated: yes",
          "royalty free ai-generated picture"})
        EXPECT_TRUE(picture_detail::affirms(text, "ai-generated")) << text;
    for (const char* text :
         {"not ai-generated", "photo: j. case / not ai-generated",
          "this is not an ai-generated one", "non-ai-generated", "no ai-generated content",
          "this was never ai-generated", "isn't ai-generated", "this isn’t ai-generated",
          "without any ai-generated parts", "free of ai-generated parts",
          "neither ai-generated nor edited", "ai-generated: no", "ai-generated = false",
          "ai-generated? no.", "ai-generated-free", "nicht ai-generated", "air-ai-generatedness"})
        EXPECT_FALSE(picture_detail::affirms(text, "ai-generated")) << text;
    EXPECT_TRUE(picture_detail::affirms("the first is not ai-generated. this is ai-generated",
                                        "ai-generated"));
}

TEST(Denials, InCreditsProgramsAndAiFields) {
    const auto credit = [](const std::string& words) {
        return with_segment(
            jpeg(), 0xE1,
            xmp_app1(xmp("xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/' photoshop:Credit='" +
                         words + "'")));
    };
    EXPECT_TRUE(declares_generated(credit("Edited with Google AI")));
    EXPECT_TRUE(declares_generated(credit("Apple Photos Clean Up")));
    EXPECT_FALSE(declares_generated(credit("Photo: J. Case / not AI-generated")));
    EXPECT_FALSE(declares_generated(credit("Not edited with Google AI")));
    const auto system = [](const std::string& words) {
        return with_segment(jpeg(), 0xE1,
                            xmp_app1(xmp("Iptc4xmpExt:AISystemUsed='" + words + "'")));
    };
    EXPECT_TRUE(declares_generated(system("Dream Engine")));
    for (const char* none : {"None", "no", "N/A", "-", "not used", "No AI was used"})
        EXPECT_FALSE(declares_generated(system(none))) << none;
    EXPECT_TRUE(declares_generated(png_with_text("Software", "Midjourney")));
    EXPECT_FALSE(declares_generated(png_with_text("Software", "not Midjourney")));
    EXPECT_FALSE(declares_generated(
        with_segment(jpeg(), 0xFE, bytes_of("painted by hand, never with DALL-E"))));
}

// --- ComfyUI -------------------------------------------------------------------------------------

const std::string kTexts =
    R"("6":{"class_type":"CLIPTextEncode","inputs":{"text":"NEGATIVE ugly","clip":["4",1]}},
       "7":{"class_type":"CLIPTextEncode","inputs":{"text":"a POSITIVE barn","clip":["4",1]}},
       "4":{"class_type":"CheckpointLoaderSimple","inputs":{"ckpt_name":"sd.safetensors"}},)";

std::string prompt_of_graph(const std::string& nodes) {
    return detail(generation("prompt", "{" + kTexts + nodes + "}"), "Prompt");
}

TEST(ComfyGraph, LeadsThroughAnyNodeToThePositivePrompt) {
    const std::string sampler = R"("3":{"class_type":"KSampler","inputs":{"sampler_name":"euler",
        "negative":["6",0],"positive":)";
    EXPECT_EQ(prompt_of_graph(sampler + R"(["7",0]}})"), "a POSITIVE barn");
    EXPECT_EQ(prompt_of_graph(sampler + R"(["26",0]}},
        "26":{"class_type":"FluxGuidance","inputs":{"conditioning":["7",0],"guidance":3.5}})"),
              "a POSITIVE barn");
    // A node that passes both on: its outputs are in the order of its inputs.
    const std::string control = R"("9":{"class_type":"ControlNetApplyAdvanced","inputs":{
        "negative":["6",0],"positive":["8",0],"image":["1",0],"control_net":["2",0]}},
        "8":{"class_type":"Reroute","inputs":{"":["7",0]}},)";
    EXPECT_EQ(prompt_of_graph(control + sampler + R"(["9",0]}})"), "a POSITIVE barn");
    EXPECT_EQ(prompt_of_graph(control + sampler + R"(["9",1]}})"), "NEGATIVE ugly");
    // A text that another node holds.
    EXPECT_EQ(prompt_of_graph(sampler + R"(["10",0]}},
        "10":{"class_type":"CLIPTextEncode","inputs":{"text":["11",0],"clip":["4",1]}},
        "11":{"class_type":"PrimitiveString","inputs":{"value":"a lake"}})"),
              "a lake");
    EXPECT_EQ(prompt_of_graph(R"("12":{"class_type":"SamplerCustomAdvanced","inputs":{
        "guider":["13",0],"latent_image":["5",0]}},
        "13":{"class_type":"BasicGuider","inputs":{"conditioning":["7",0],"model":["4",0]}})"),
              "a POSITIVE barn");
    EXPECT_EQ(prompt_of_graph(sampler + R"(["14",1]}},
        "14":{"class_type":"Efficient Loader","inputs":{"positive":"a hill","negative":"bad"}})"),
              "a hill");
    EXPECT_EQ(prompt_of_graph(sampler + R"(["15",0]}},"15":{"class_type":"ImpactSwitch","inputs":{
        "select":2,"input1":["6",0],"input2":["7",0]}})"),
              "a POSITIVE barn");
}

TEST(ComfyGraph, SaysNothingRatherThanTheWrongPrompt) {
    const std::string sampler = R"("3":{"class_type":"KSampler","inputs":{"sampler_name":"euler",
        "negative":["6",0],"positive":)";
    for (const std::string& end :
         {std::string(R"(["99",0]}})"),
          std::string(R"(["20",0]}},"20":{"class_type":"ConditioningZeroOut","inputs":{
              "conditioning":["7",0]}})"),
          std::string(
              R"(["21",0]}},"21":{"class_type":"Loop","inputs":{"conditioning":["21",0]}})"),
          std::string(R"(["22",0]}},"22":{"class_type":"Switch","inputs":{"boolean":["30",0],
              "on_true":["6",0],"on_false":["7",0]}})"),
          std::string(R"(["23",0]}},"23":{"class_type":"FromPicture","inputs":{"image":["6",0],
              "clip_vision":["7",0]}})")})
        EXPECT_EQ(prompt_of_graph(sampler + end), "(absent)") << end;
    EXPECT_EQ(prompt_of_graph(R"("5":{"class_type":"EmptyLatentImage","inputs":{"width":512}})"),
              "(absent)");
}

TEST(ComfyGraph, TheEditorsGraphIsFollowedToo) {
    const std::string workflow = R"({"last_node_id":9,"links":[[1,7,0,26,0,"CONDITIONING"],
        [2,26,0,3,1,"CONDITIONING"],[3,6,0,3,2,"CONDITIONING"]],"nodes":[
        {"id":6,"type":"CLIPTextEncode","widgets_values":["NEGATIVE ugly"]},
        {"id":7,"type":"CLIPTextEncode","widgets_values":["a POSITIVE barn"]},
        {"id":26,"type":"FluxGuidance","inputs":[{"name":"conditioning","link":1}],
         "widgets_values":[3.5]},
        {"id":3,"type":"KSampler","inputs":[{"name":"model","link":null},
         {"name":"positive","link":2},{"name":"negative","link":3}],
         "widgets_values":[5,"fixed",20,7,"euler"]}]})";
    EXPECT_EQ(detail(generation("workflow", workflow), "Prompt"), "a POSITIVE barn");
}

TEST(GeneratorJson, IsPythonsAndTextsStayAsTheyAre) {
    const std::string nodes =
        R"({"7":{"class_type":"CLIPTextEncode","inputs":{"text":"NaN bread, \"Infinity\" pool"}},
            "3":{"class_type":"KSampler","inputs":{"positive":["7",0],"cfg":)";
    for (const char* number : {"NaN", "Infinity", "-Infinity", "7.5"})
        EXPECT_EQ(detail(generation("prompt", nodes + number + "}}}"), "Prompt"),
                  "NaN bread, \"Infinity\" pool");
    EXPECT_TRUE(picture_detail::object_of("{\"a\": Infinite}").is_null());
}

// --- lists of settings ---------------------------------------------------------------------------

TEST(Listed, SettingsOnOneLineAreFound) {
    const auto hint =
        generation("parameters",
                   "a lighthouse on a cliff, evening, Negative prompt: blurry, text, Steps: 20, "
                   "Sampler: Euler a, CFG scale: 7, Seed: 12345, Size: 512x512, Model hash: "
                   "abcdef0123, Model: caseModel_v1, Version: v1.9.4");
    EXPECT_EQ(detail(hint, "Prompt"), "a lighthouse on a cliff, evening");
    EXPECT_EQ(detail(hint, "Model"), "caseModel_v1");
    EXPECT_EQ(detail(hint, "Sampler"), "Euler a");
    // Punctuation at the end of a line of its own stays.
    EXPECT_EQ(
        detail(generation("parameters", "a fox,\nNegative prompt: x\nSteps: 2, Seed: 1"), "Prompt"),
        "a fox,");
    for (const char* prose : {"Two Steps: 3 hens, Size: small", "Steps: 9 and more"})
        EXPECT_TRUE(hints_of(png_with_text("Comment", prose)).empty()) << prose;
}

TEST(Listed, CivitaiResourcesNameTheModel) {
    const auto hint = generation(
        "parameters",
        "a fox\nSteps: 25, CFG scale: 4, Sampler: Euler, Seed: 9, Civitai resources: "
        "[{\"type\":\"lora\",\"modelName\":\"Detail\"},{\"type\":\"checkpoint\",\"modelVersionId\":"
        "12,\"modelName\":\"Dream, XL\"}], Civitai metadata: {}");
    EXPECT_EQ(detail(hint, "Model"), "Dream, XL");
}

// --- hidden in pixels ----------------------------------------------------------------------------

File gzipped(const std::string& text) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    File packed(text.size() + 200);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = packed.data();
    stream.avail_out = static_cast<uInt>(packed.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

/// A picture with bytes in the lowest bits of some channels, column by column.
File hiding(const std::string& name, const File& data, int first, int channels,
            const std::string& type = ".png") {
    File hidden = bytes_of(name);
    append(hidden, big_number(8 * data.size(), 4));
    append(hidden, data);
    cv::Mat picture(61, 90, CV_8UC4, cv::Scalar(120, 60, 200, 254));
    for (int bit = 0; bit < static_cast<int>(8 * hidden.size()); ++bit) {
        const int pixel = bit / channels, channel = first - bit % channels;
        auto& level = picture.at<cv::Vec4b>(pixel % 61, pixel / 61)[channel];
        const int value = hidden[static_cast<std::size_t>(bit) / 8] >> (7 - bit % 8) & 1;
        level = static_cast<std::uint8_t>((level & 0xFE) | value);
    }
    File file;
    EXPECT_TRUE(cv::imencode(type, picture, file, {cv::IMWRITE_WEBP_QUALITY, 101}));
    return file;
}

TEST(Hidden, SettingsInTheLowestBitsAreFound) {
    const std::string novel =
        R"({"Description":"a cat","Software":"NovelAI","Source":"NovelAI Diffusion V4",
            "Comment":"{\"prompt\": \"a cat, window\", \"sampler\": \"k_euler\"}"})";
    const std::string listed = "a dog\nSteps: 20, Sampler: Euler a, Seed: 7, Version: f2.0";
    for (const char* type : {".png", ".webp"}) {
        const auto hint = hint_of(hiding("stealth_pngcomp", gzipped(novel), 3, 1, type),
                                  ProvenanceKind::GenerationParameters);
        EXPECT_EQ(detail(hint, "Generator"), "NovelAI") << type;
        EXPECT_EQ(detail(hint, "Prompt"), "a cat, window");
        EXPECT_EQ(detail(hint, "Model"), "NovelAI Diffusion V4");
        EXPECT_SAYS(hint.evidence, "hidden in the lowest bits of alpha");
    }
    for (const File& file : {hiding("stealth_pnginfo", bytes_of(listed), 3, 1),
                             hiding("stealth_rgbinfo", bytes_of(listed), 2, 3),
                             hiding("stealth_rgbcomp", gzipped(listed), 2, 3)}) {
        const auto hint = hint_of(file, ProvenanceKind::GenerationParameters);
        EXPECT_EQ(detail(hint, "Generator"), "Forge");
        EXPECT_EQ(detail(hint, "Prompt"), "a dog");
    }
    EXPECT_FALSE(declares_generated(hiding("stealth_nothing", bytes_of(listed), 3, 1)));
    EXPECT_FALSE(declares_generated(hiding("stealth_pngcomp", bytes_of(listed), 3, 1)));
}

// --- signatures and chains -----------------------------------------------------------------------

TEST(Grok, IsKnownByItsSignature) {
    const std::string signature = "Signature: " + std::string(86, 'Q') + "==";
    const auto file = [](const std::string& description, const std::string& artist) {
        return with_segment(
            jpeg(), 0xE1,
            exif_app1(exif_block({exif_text(0x010E, description), exif_text(0x013B, artist)})));
    };
    const std::string uuid = "0b9d1c1e-8f2a-4c57-9a77-1f0c2d3e4f50";
    EXPECT_SAYS(hint_of(file(signature, uuid), ProvenanceKind::Software).sentence, "Grok");
    EXPECT_FALSE(declares_generated(file(signature, "Jane Case")));
    EXPECT_FALSE(declares_generated(file("Signature: of the author", uuid)));
}

File c2pa_manifest(const std::string& label, const std::string& generator,
                   const std::string& source_type, const std::string& ingredient,
                   const std::string& relationship, std::string_view kind = "c2ma") {
    std::vector<File> assertions;
    if (!source_type.empty()) {
        File action{0xA1};
        append(action, cbor_text("digitalSourceType"));
        append(action, cbor_text("http://cv.iptc.org/newscodes/digitalsourcetype/" + source_type));
        assertions.push_back(superbox("cbor", "c2pa.actions", {box("cbor", action)}));
    }
    if (!ingredient.empty()) {
        File link{0xA1};
        append(link, cbor_text("url"));
        append(link, cbor_text("self#jumbf=/c2pa/" + ingredient));
        File map{0xA2};
        append(map, cbor_text("relationship"));
        append(map, cbor_text(relationship));
        append(map, cbor_text("c2pa_manifest"));
        append(map, link);
        assertions.push_back(superbox("cbor", "c2pa.ingredient", {box("cbor", map)}));
    }
    File claim{0xA1};
    append(claim, cbor_text("claim_generator"));
    append(claim, cbor_text(generator));
    return superbox(kind, label,
                    {superbox("c2as", "c2pa.assertions", assertions),
                     superbox("c2cl", "c2pa.claim", {box("cbor", claim)})});
}

TEST(Chain, OfManifestsIsFollowedToTheGenerator) {
    const auto hint = [](const std::vector<File>& manifests) {
        return hint_of(png({}, {{"caBX", superbox("c2pa", "c2pa", manifests)}}),
                       ProvenanceKind::ContentCredentials);
    };
    const File generator = c2pa_manifest("urn:ai", "Firefly", "trainedAlgorithmicMedia", "", "");
    const auto publisher = [](const std::string& relationship) {
        return c2pa_manifest("urn:news", "Publisher/1.0", "", "urn:ai", relationship);
    };
    const auto parent = hint({generator, publisher("parentOf")});
    EXPECT_TRUE(parent.declares_generated);
    EXPECT_SAYS(parent.sentence,
                "by “Firefly” (found, not validated) below the latest one by "
                "“Publisher/1.0”, that the picture it was made from is made by a "
                "trained model");
    EXPECT_EQ(detail(parent, "Claim generator"), "Publisher/1.0");
    EXPECT_EQ(detail(parent, "Ingredient's source type"), "trainedAlgorithmicMedia");

    const auto part = hint({generator, publisher("componentOf")});
    EXPECT_TRUE(part.declares_generated);
    EXPECT_SAYS(part.sentence, "that a part of it is made by a trained model");

    const auto updated =
        hint({generator, publisher("parentOf"),
              c2pa_manifest("urn:update", "Archive", "", "urn:news", "parentOf", "c2um")});
    EXPECT_TRUE(updated.declares_generated);
    EXPECT_SAYS(updated.sentence, "below the latest one by “Archive”");

    EXPECT_FALSE(hint({generator, publisher("inputTo")}).declares_generated);
    EXPECT_FALSE(
        hint({c2pa_manifest("urn:ai", "Camera", "digitalCapture", "", ""), publisher("parentOf")})
            .declares_generated);
    // Circles end, and a manifest that nothing refers to is still in the file.
    EXPECT_FALSE(hint({c2pa_manifest("urn:a", "A", "", "urn:b", "parentOf"),
                       c2pa_manifest("urn:b", "B", "", "urn:a", "parentOf")})
                     .declares_generated);
    EXPECT_TRUE(hint({generator, c2pa_manifest("urn:b", "B", "", "", "")}).declares_generated);
}

}  // namespace
}  // namespace dfd
