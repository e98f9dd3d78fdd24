// The neural branch with small networks of formula weights. Expected values were computed with
// PyTorch 1.12 from the published descriptions of the networks.
#include "core/training/fakes/prepare_neural.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <fstream>
#include <map>
#include <set>

#include "core/engine/scoring/evaluator.h"
#include "core/networks/experts/formula_weights.h"
#include "core/training/fakes/autoencoder.h"
#include "core/training/fakes/super_resolution.h"
#include "core/training/manifest/manifest.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/checkpoint/torch_writer.h"
#include "tests/training/test_photos.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using test::sentence_of;
using testing::Folder;
using testing::make_picture;
using Sizes = std::vector<std::int64_t>;

constexpr double kGain = 0.8;

torch::Tensor by_formula(const std::string& name, const Sizes& sizes) {
    auto tensor = torch::empty(sizes);
    fill_by_formula(tensor, name, kGain);
    return tensor;
}

/// Writes state dicts whose tensors are filled by the formula under prefix + name.
class StateWriter {
  public:
    explicit StateWriter(std::string prefix) : prefix_(std::move(prefix)) {}
    void add(const std::string& name, const Sizes& sizes) {
        const auto tensor = by_formula(prefix_ + name, sizes);
        items_ += test::op::text(name) +
                  test::op::tensor(std::to_string(records_.size()), torch::kFloat32, sizes);
        records_.emplace_back(static_cast<const char*>(tensor.data_ptr()), tensor.nbytes());
    }
    void convolution(int index, std::int64_t in, std::int64_t out, bool bias) {
        add(std::to_string(index) + ".weight", {out, in, 3, 3});
        if (bias)
            add(std::to_string(index) + ".bias", {out});
    }
    void block(int index, std::int64_t width, bool pool) {
        const auto name = std::to_string(index) + ".";
        for (const std::string layer : {"conv.0.", "conv.2.", "conv.4."}) {
            add(name + layer + "weight", {width, width, 3, 3});
            add(name + layer + "bias", {width});
        }
        if (!pool)
            return;
        add(name + "pool.0.weight", {4 * width, width, 1, 1});
        add(name + "pool.1.weight", {4 * width});
        add(name + "pool.1.bias", {4 * width});
        add(name + "pool.3.weight", {width, 4 * width, 1, 1});
    }
    void write(const fs::path& file) const {
        test::write_torch_zip(file, test::op::state_dict(items_), records_);
    }

  private:
    std::string prefix_, items_;
    std::vector<std::string> records_;
};

void write_autoencoder(const fs::path& folder, int latent_channels = 4) {
    constexpr std::int64_t kWidth = 8;
    StateWriter encoder("encoder."), decoder("decoder.");
    encoder.convolution(0, 3, kWidth, true);
    for (const int index : {1, 3, 5, 7}) {
        encoder.block(index, kWidth, index == 7);
        if (index < 7)
            encoder.convolution(index + 1, kWidth, kWidth, false);
    }
    encoder.convolution(8, kWidth, 4, true);
    decoder.convolution(1, latent_channels, kWidth, true);
    for (const int index : {3, 6, 9, 12}) {
        decoder.block(index, kWidth, index == 3);
        if (index < 12)
            decoder.convolution(index + 2, kWidth, kWidth, false);
    }
    decoder.convolution(13, kWidth, 3, true);
    encoder.write(folder / "small_encoder.pth");
    decoder.write(folder / "small_decoder.pth");
}

/// ncnn's files of two convolutions with PReLU, the last convolution and a pixel shuffle by 2.
void write_upscaler(const fs::path& folder) {
    std::ofstream param(folder / "up.param");
    param << "7767517\n9 10\nInput in 0 1 data\nSplit s 1 2 data a b\n";
    std::string bin;
    const auto append = [&](const torch::Tensor& values) {
        bin.append(static_cast<const char*>(values.data_ptr()), values.nbytes());
        bin.resize((bin.size() + 3) / 4 * 4);
    };
    std::int64_t in = 3;
    for (const int layer : {0, 1, 2}) {
        const std::int64_t out = layer == 2 ? 12 : 6;
        const auto name = "up." + std::to_string(layer);
        param << "Convolution c" << layer << " 1 1 x y 0=" << out
              << " 1=3 4=1 5=1 6=" << 9 * in * out << "\n";
        bin += test::raw<std::uint32_t>(0x01306B47);
        append(by_formula(name + ".weight", {out, in, 3, 3}).to(torch::kFloat16));
        append(by_formula(name + ".bias", {out}));
        if (layer < 2) {
            param << "PReLU p" << layer << " 1 1 y z 0=6\n";
            append(by_formula(name + ".slopes.bias", {out}));
        }
        in = out;
    }
    param << "PixelShuffle d 1 1 z e 0=2\nInterp r 1 1 b f 0=1 1=2.0 2=2.0\n"
             "BinaryOp add 2 1 e f output\n";
    test::write_bytes(folder / "up.bin", bin);
}

/// (7x + 13y + 50c) mod 256 / 255: [1,3,height,width].
torch::Tensor pattern(int height, int width) {
    auto pixels = torch::empty({1, 3, height, width});
    for (int c = 0; c < 3; ++c)
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < width; ++x)
                pixels[0][c][y][x] = static_cast<float>((7 * x + 13 * y + 50 * c) % 256) / 255;
    return pixels;
}

void expect_colour(const torch::Tensor& picture, int y, int x, const std::vector<double>& want) {
    for (int c = 0; c < 3; ++c)
        EXPECT_NEAR(picture[0][c][y][x].item<double>(), want[static_cast<std::size_t>(c)], 1e-5);
}

TEST(NeuralNetworks, TheAutoencoderComputesWhatPyTorchDoes) {
    const test::TemporaryFolder folder;
    write_autoencoder(folder.path());
    const Autoencoder network(folder / "small_encoder.pth", folder / "small_decoder.pth");
    const auto latent = network.encode(pattern(24, 32));
    ASSERT_EQ(latent.sizes(), (Sizes{1, 4, 3, 4}));
    EXPECT_NEAR(latent.mean().item<double>(), -0.08456697, 1e-5);
    EXPECT_NEAR(latent.std().item<double>(), 0.22331385, 1e-5);
    EXPECT_NEAR(latent[0][0][0][1].item<double>(), -0.18337880, 1e-5);
    const auto picture = network.decode(latent);
    ASSERT_EQ(picture.sizes(), (Sizes{1, 3, 24, 32}));
    EXPECT_NEAR(picture.mean().item<double>(), 0.10320118, 1e-5);
    EXPECT_NEAR(picture.std().item<double>(), 0.08038118, 1e-5);
    expect_colour(picture, 5, 7, {0.17356135, 0.15772277, 0.02043875});
    expect_colour(picture, 20, 30, {0.10846735, 0.15330991, 0});
}

TEST(NeuralNetworks, TheUpscalerComputesWhatPyTorchDoes) {
    const test::TemporaryFolder folder;
    write_upscaler(folder.path());
    const CompactUpscaler network(folder / "up.param");
    EXPECT_EQ(network.factor(), 2);
    const auto large = network.enlarge(pattern(8, 10));
    ASSERT_EQ(large.sizes(), (Sizes{1, 3, 16, 20}));
    EXPECT_NEAR(large.mean().item<double>(), 0.48350021, 1e-5);
    EXPECT_NEAR(large.std().item<double>(), 0.28872490, 1e-5);
    expect_colour(large, 3, 5, {-0.04668350, 0.25875962, 0.57359779});
    expect_colour(large, 15, 19, {0.52789521, 0.82320982, 1.10732722});
    const auto bgr = make_picture(40, 30, 1);
    EXPECT_EQ(network.enlarge(bgr).size(), cv::Size(80, 60));
}

TEST(NeuralNetworks, FilesThatDoNotFitAreRefused) {
    const test::TemporaryFolder folder;
    write_autoencoder(folder.path(), 5);
    const auto autoencoder = [&] {
        return sentence_of<TrainingError>([&] {
            const Autoencoder network(folder / "small_encoder.pth", folder / "small_decoder.pth");
        });
    };
    EXPECT_NE(autoencoder().find("do not fit together"), std::string::npos);
    StateWriter other("other.");
    other.add("classifier.weight", {2, 8});
    other.write(folder / "small_decoder.pth");
    EXPECT_NE(autoencoder().find("classifier.weight"), std::string::npos);

    const auto upscaler = [&] {
        return sentence_of<TrainingError>([&] { const CompactUpscaler n(folder / "up.param"); });
    };
    EXPECT_NE(upscaler().find("cannot be read"), std::string::npos);
    write_upscaler(folder.path());
    const auto whole = test::file_bytes(folder / "up.bin");
    for (std::size_t length = 0; length < whole.size(); length += 97) {
        test::write_bytes(folder / "up.bin", whole.substr(0, length));
        EXPECT_NE(upscaler().find("cannot be used"), std::string::npos) << length;
    }
    test::write_bytes(folder / "up.bin", whole + "more");
    EXPECT_NE(upscaler().find("longer"), std::string::npos);
    test::write_bytes(folder / "up.bin", whole);
    auto graph = test::file_bytes(folder / "up.param");
    for (const auto& [from, to] : std::map<std::string, std::string>{{"0=12", "0=13"},
                                                                     {"1=3 ", "1=4 "},
                                                                     {"PReLU", "Sigmoid"},
                                                                     {"d 1 1 z e 0=2", "d 1 1 z e"},
                                                                     {"7767517", "7767518"}}) {
        auto changed = graph;
        changed.replace(changed.find(from), from.size(), to);
        test::write_bytes(folder / "up.param", changed);
        EXPECT_NE(upscaler().find("cannot be used"), std::string::npos) << to;
    }
    EXPECT_THROW(OpenCvUpscaler("LAPSRN_x8.pb"), TrainingError);
    EXPECT_THROW(OpenCvUpscaler("FSRCNN_x5.pb"), TrainingError);
    EXPECT_EQ(OpenCvUpscaler("ESPCN_x3.pb").factor(), 3);
    EXPECT_THROW((void)OpenCvUpscaler(folder / "FSRCNN_x2.pb").enlarge(make_picture(32, 32, 1)),
                 TrainingError);
}

class PrepareNeural : public ::testing::Test {
  protected:
    void SetUp() override {
        options.photos = folder.path() / "photos";
        options.out = folder.path() / "out";
        options.networks = folder.path() / "networks";
        options.per_photo = 5;
        options.side = 192;
        fs::create_directories(options.networks);
        write_autoencoder(options.networks);
        write_upscaler(options.networks);
        testing::write_photos(options.photos, 3, 330, 290);
    }

    Folder folder;
    PrepareNeuralOptions options;
};

TEST_F(PrepareNeural, MakesFakesMasksAndTwins) {
    const auto report = prepare_neural(options);
    EXPECT_EQ(report.photographs, 3);
    EXPECT_EQ(report.made, 15);
    const auto manifest = read_manifest(options.out / "manifest.csv");
    ASSERT_EQ(manifest.rows.size(), 30u);
    std::set<std::string> operations;
    for (const auto& row : manifest.rows) {
        if (!row.fake)
            continue;
        operations.insert(row.operation);
        const auto fake = cv::imread(row.path),
                   real = cv::imread(manifest.resolve(row.parameter("twin")));
        ASSERT_EQ(fake.size(), real.size());
        EXPECT_GT(cv::norm(fake, real, cv::NORM_L1), 0);
        const bool whole = row.operation == "autoencoder" || row.operation == "super-resolution";
        ASSERT_EQ(row.mask.empty(), whole) << row.operation;
        if (whole)
            continue;
        const auto mask = cv::imread(row.mask, cv::IMREAD_UNCHANGED);
        ASSERT_EQ(mask.size(), fake.size());
        EXPECT_GT(cv::countNonZero(mask), 0);
        EXPECT_LT(cv::countNonZero(mask), static_cast<int>(mask.total()));
    }
    EXPECT_EQ(operations,
              (std::set<std::string>{"autoencoder", "autoencoder-local", "fill-autoencoder",
                                     "super-resolution", "super-resolution-local"}));
}

TEST_F(PrepareNeural, IsTheSameToTheByteWhateverTheThreads) {
    options.per_photo = 2;
    options.threads = 1;
    prepare_neural(options);
    auto again = options;
    again.out = folder.path() / "again";
    again.threads = 3;
    prepare_neural(again);
    EXPECT_EQ(testing::tree_of(options.out), testing::tree_of(again.out));
    EXPECT_EQ(prepare_neural(options).reused, 6);
}

TEST_F(PrepareNeural, IsBoundToItsNetworks) {
    options.per_photo = 1;
    options.operations = {"super-resolution"};
    prepare_neural(options);
    auto bytes = test::file_bytes(options.networks / "up.bin");
    bytes[64] = static_cast<char>(bytes[64] ^ 1);
    test::write_bytes(options.networks / "up.bin", bytes);
    EXPECT_NE(sentence_of<TrainingError>([&] { prepare_neural(options); }).find("networks"),
              std::string::npos);
    fs::remove(options.networks / "up.param");
    EXPECT_NE(sentence_of<TrainingError>([&] { prepare_neural(options); }).find("super-resolution"),
              std::string::npos);
    options.operations = {};
    options.networks = folder.path() / "nowhere";
    EXPECT_THROW(prepare_neural(options), TrainingError);
    fs::create_directories(options.networks);
    EXPECT_THROW(prepare_neural(options), TrainingError);
}

}  // namespace
}  // namespace dfd
