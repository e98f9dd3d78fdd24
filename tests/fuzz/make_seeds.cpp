// Writes the first inputs of every harness but the one of cases: make_seeds FOLDER. Each gets a
// folder of its name below it. Everything is made by the tests' own writers, or is stored data.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "core/picture/formats/signature.h"
#include "tests/checkpoint/onnx_writer.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/panel/onnx_model.h"
#include "tests/picture/corpus.h"
#include "tests/picture/provenance_files.h"

namespace {

namespace fs = std::filesystem;
using dfd::corpus::File;
using dfd::picture_detail::Format;

class Seeds {
  public:
    explicit Seeds(fs::path folder) : folder_(std::move(folder)) {}

    void add(const std::string& harness, const std::string& bytes) {
        const auto place = folder_ / harness;
        fs::create_directories(place);
        std::ofstream(place / ("seed-" + std::to_string(++count_)), std::ios::binary) << bytes;
    }
    void add(const std::string& harness, const File& file) {
        add(harness, std::string(file.begin(), file.end()));
    }
    /// For the decoders, the walkers, and the readers of metadata, whose first byte says the
    /// format.
    void add_picture(Format format, const File& file) {
        add("picture", file);
        add("walkers", file);
        add("provenance", static_cast<char>(format) + std::string(file.begin(), file.end()));
    }
    void add_settings(char key, const std::string& text) { add("settings", key + text); }

  private:
    fs::path folder_;
    int count_ = 0;
};

void add_pictures(Seeds& seeds) {
    using namespace dfd::corpus;
    const JpegKind jpeg_small{.width = 16, .height = 8};
    const PngKind png_small{.width = 6, .height = 5};
    const TiffKind tiff_small{.width = 6, .height = 5};
    const File store = c2pa_store();
    seeds.add_picture(Format::Jpeg, jpeg(jpeg_small));
    seeds.add_picture(Format::Jpeg, with_segment(jpeg(jpeg_small), 0xE1, exif_segment(6)));
    seeds.add_picture(Format::Jpeg, with_segment(jpeg(jpeg_small), 0xE2, icc_segment(icc("x", 2))));
    seeds.add_picture(Format::Jpeg, with_c2pa(jpeg(jpeg_small), store, 150));
    seeds.add_picture(Format::Jpeg, mpo(jpeg(jpeg_small), {{0x020003, jpeg(jpeg_small)}}));
    auto progressive = jpeg_small;
    progressive.progressive = true;
    seeds.add_picture(Format::Jpeg, jpeg(progressive));
    for (const int colour : {0, 2, 3, 4, 6}) {
        auto kind = png_small;
        kind.colour = colour;
        seeds.add_picture(Format::Png, png(kind));
    }
    seeds.add_picture(
        Format::Png,
        png(png_small, {text_chunk("parameters", "a fox\nSteps: 20, Sampler: Euler a, Seed: 1"),
                        packed_text_chunk("Raw profile type exif", "\nexif\n  8\n4578696600004d4d"),
                        international_chunk("XML:com.adobe.xmp", xmp(""), true),
                        {"caBX", store},
                        {"eXIf", exif(6)}}));
    seeds.add_picture(Format::WebP, webp(50, false));
    seeds.add_picture(Format::WebP, webp(101, true));
    seeds.add_picture(Format::WebP, animated_webp(2));
    seeds.add_picture(Format::WebP, webp_with("C2PA", store, 0));
    seeds.add_picture(Format::Tiff, tiff(tiff_small));
    auto pages = tiff_small;
    pages.pages = 2;
    pages.tiled = true;
    seeds.add_picture(Format::Tiff, tiff(pages));
    seeds.add_picture(Format::Tiff, tiff_with(tiff(tiff_small), {{700, 1, bytes_of(xmp(""))},
                                                                 {34675, 7, icc("x", 4)},
                                                                 {0xCD41, 7, store}}));
    for (const int bits : {1, 4, 8, 16, 24, 32})
        seeds.add_picture(Format::Bmp, bmp(bits));
    seeds.add_picture(Format::Bmp, run_length_bmp());
    seeds.add_picture(Format::Gif, gif(1));
    seeds.add_picture(Format::Gif, gif(3, true, true));
    seeds.add_picture(Format::Gif, gif_with(gif(1), 0xFE, sub_blocks(bytes_of("a comment"))));
    seeds.add_picture(Format::Gif, gif_with_xmp(gif(1), xmp("")));
    seeds.add_picture(Format::Gif, gif_with_c2pa(gif(1), store));
    for (int kind = 1; kind <= 6; ++kind)
        seeds.add_picture(Format::Pnm, pnm(kind));
    for (const auto* name : {"plain.heic", "two-pictures.heic", "turned.heic", "ten-bit.heic"})
        seeds.add_picture(Format::Heic, stored(std::string("pictures/") + name));
    seeds.add_picture(Format::Heic, heif_with(stored("pictures/plain.heic"),
                                              {heif_exif(exif(6)), heif_xmp(xmp(""))}));
    for (const auto* name : {"plain.avif", "exif-turn.avif", "animated.avif", "alpha.avif"})
        seeds.add_picture(Format::Avif, stored(std::string("pictures/") + name));
    seeds.add("cbor", store);
    seeds.add("cbor", std::string("\xA2\x61"
                                  "a\x82\x01\x02\x61"
                                  "b\x78\x03xyz"));
}

void add_settings(Seeds& seeds) {
    seeds.add_settings(0,
                       "a fox\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, "
                       "Seed: 1, Model: dream, Lora hashes: \"x: 1, y: 2\", Version: v1.6.0");
    seeds.add_settings(1, R"({"3":{"class_type":"KSampler","inputs":{"positive":["6",0],"cfg":NaN,)"
                          R"("sampler_name":"euler"}},"6":{"class_type":"CLIPTextEncode",)"
                          R"("inputs":{"text":"a fox"}}})");
    seeds.add_settings(2,
                       R"({"nodes":[{"id":1,"type":"KSampler","widgets_values":[1,"fixed"],)"
                       R"("inputs":[{"name":"positive","link":2}]}],"links":[[2,3,0,1,1,"X"]]})");
    seeds.add_settings(3, R"({"prompt":"a fox","steps":28,"sampler":"k_euler","seed":1})");
    seeds.add_settings(9, R"({"positive_prompt":"a fox","model":{"name":"x"},"steps":-Infinity})");
}

void add_files(Seeds& seeds) {
    for (const auto& entry : fs::directory_iterator(DFD_TEST_DATA "/checkpoints")) {
        const auto bytes = dfd::test::file_bytes(entry.path());
        if (bytes.size() > 100'000)
            continue;
        for (const auto* harness : {"checkpoint", "zip", "pickle"})
            seeds.add(harness, bytes);
    }
    seeds.add("pickle", std::string("\x80\x02}q\x00X\x01\x00\x00\x00"
                                    "aK\x01s.",
                                    15));
    seeds.add("onnx", dfd::test::onnx::bytes(7, dfd::test::onnx::number(1, 3)));
    for (const auto& entry : fs::recursive_directory_iterator(DFD_TEST_DATA "/traces")) {
        if (!entry.is_regular_file() || entry.file_size() > 200'000)
            continue;
        if (entry.path().extension() == ".safetensors")
            seeds.add("safetensors", dfd::test::file_bytes(entry.path()));
        if (entry.path().filename() == "panel.json")
            seeds.add("panel", dfd::test::file_bytes(entry.path()));
    }
    const std::string header = R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
    std::string small(8, '\0');
    small[0] = static_cast<char>(header.size());
    seeds.add("safetensors", small + header + std::string(4, '\0'));
    seeds.add("manifest",
              "path,label,source,group,operation,parameters,mask,cluster,fold\n"
              "a.png,real,x,g,,,,1,0\n\"b,c.png\",fake,y,g,splice,\"strength=1\",m.png,2,test\n");
    for (const auto* name : {"clip-probe", "smoothness", "noise-map"})
        seeds.add("expert",
                  dfd::test::file_bytes(std::string(DFD_EXPERTS) + name + "/manifest.json"));
    seeds.add("expert", "O" + dfd::test::onnx_model({1, -1, 0}, 32));
    seeds.add("replay", R"({"format":1,"path":"a.png","sha256":"00","experts":[]})");
    seeds.add("language",
              std::string("msgid \"\"\nmsgstr \"Language: de\\n\"\n\n#: a.cpp:1\n"
                          "#, qt-format\nmsgid \"made by %1 (of %2)\"\n"
                          "msgstr \"%2: von %1\"\n\nmsgctxt \"a button\"\nmsgid \"Open\"\n"
                          "msgid_plural \"Open %1\"\nmsgstr[0] \"auf\"\nmsgstr[1] \"%1\"\n") +
                  '\0' + "made by x (of 2)");
    seeds.add("calibration", dfd::test::file_bytes(DFD_CALIBRATION));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "make_seeds FOLDER\n";
        return 2;
    }
    Seeds seeds(argv[1]);
    add_pictures(seeds);
    add_settings(seeds);
    add_files(seeds);
    return 0;
}
