#include "core/networks/experts/trace_network.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <opencv2/imgcodecs.hpp>

#include "core/networks/experts/preprocess.h"
#include "core/networks/experts/trace_residuals.h"
#include "core/networks/maps/grad_cam.h"
#include "tests/devices_here.h"
#include "tests/training/test_photos.h"

namespace dfd {
namespace {

torch::Tensor input_of(const cv::Mat& bgr) {
    cv::Mat rgb;
    cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
    return normalise(wrap_rgb(rgb.data, rgb.cols, rgb.rows), {0, 0, 0}, {1, 1, 1});
}

// Fresh BatchNorm statistics are 0 and 1; these give features realistic scales.
std::shared_ptr<TraceNetwork> settled(const std::string& name) {
    torch::manual_seed(5);
    auto network = std::dynamic_pointer_cast<TraceNetwork>(make_network(name));
    network->train();
    const torch::NoGradGuard guard;
    const auto picture = input_of(testing::make_picture(256, 192, 3));
    for (int i = 0; i < 20; ++i)
        network->feature_map(picture);
    network->eval();
    return network;
}

class EveryTraceNetwork : public ::testing::TestWithParam<const char*> {};

TEST_P(EveryTraceNetwork, ReadsPicturesOfAnySize) {
    const auto network = settled(GetParam());
    const torch::NoGradGuard guard;
    const auto width = find_architecture(GetParam()).feature_width;
    for (const auto& [h, w] :
         {std::pair{1, 1}, {3, 200}, {32, 32}, {33, 47}, {120, 64}, {255, 9}}) {
        const auto map = network->feature_map(torch::rand({2, 3, h, w})).map;
        EXPECT_EQ(map.size(1), width);
        EXPECT_EQ(map.size(2), std::max(32, h) / 8) << h << " x " << w;
        EXPECT_EQ(map.size(3), std::max(32, w) / 8) << h << " x " << w;
        const auto logits = network->logits(map);
        EXPECT_EQ(logits.sizes(), (std::vector<std::int64_t>{2, 2}));
        EXPECT_TRUE(logits.isfinite().all().item<bool>());
        EXPECT_TRUE(torch::allclose(network->pool(map), map.mean({2, 3})));
    }
}

TEST_P(EveryTraceNetwork, ComputesTheSameOnEveryDevice) {
    const torch::NoGradGuard guard;
    const auto small = input_of(testing::make_picture(200, 136, 8));
    const auto large = input_of(testing::make_picture(1736, 1208, 8));  // read in tiles
    const auto expected = settled(GetParam());
    for (const auto& device : test::devices_here()) {
        const auto network = settled(GetParam());
        network->to(device);
        for (const auto& input : {small, large}) {
            const auto want = expected->feature_map(input).map;
            const auto got = network->feature_map(input.to(device)).map.cpu();
            ASSERT_EQ(got.sizes(), want.sizes());
            EXPECT_LT((got - want).abs().max().item<double>(),
                      1e-3 * want.abs().max().item<double>())
                << device;
        }
    }
}

TEST(TraceTiles, CoverASideWithTheirSurroundings) {
    for (const std::int64_t side : {8, 1024, 1032, 1152, 1160, 1736, 2048, 4040, 6000})
        for (const bool one_size : {false, true}) {
            SCOPED_TRACE(std::to_string(side) + (one_size ? " one size" : ""));
            std::int64_t next = 0;
            const auto tiles = trace_tiles(side, one_size);
            for (const auto& tile : tiles) {
                EXPECT_EQ(tile.first, next);
                next += tile.count;
                EXPECT_GE(tile.from, 0);
                EXPECT_LE(tile.to, side);
                EXPECT_EQ(tile.from % kTraceStride, 0);
                EXPECT_LE(tile.from, std::max<std::int64_t>(0, tile.first - kTraceHalo));
                EXPECT_GE(tile.to, std::min(side, next + kTraceHalo));
                if (one_size) {
                    EXPECT_EQ(tile.to - tile.from, tiles.front().to - tiles.front().from);
                    EXPECT_LE(tile.to - tile.from, 1024 + 2 * kTraceHalo);
                }
            }
            EXPECT_EQ(next, side);
        }
    // Of different pictures, too.
    EXPECT_EQ(trace_tiles(1736, true).front().to, trace_tiles(6000, true).front().to);
}

TEST_P(EveryTraceNetwork, TilesAreExact) {
    const auto network = settled(GetParam());
    const auto picture = input_of(testing::make_picture(1736, 1208, 8));
    torch::Tensor whole;
    {
        const torch::AutoGradMode gradients(true);  // gradients disable tiling
        whole = network->feature_map(picture).map.detach();
    }
    const torch::NoGradGuard guard;
    const auto tiled = network->feature_map(picture).map;
    ASSERT_EQ(tiled.sizes(), whole.sizes());
    EXPECT_LT((tiled - whole).abs().max().item<double>(), 1e-4 * whole.abs().max().item<double>());
}

TEST_P(EveryTraceNetwork, WindowsAreReadAsPartsOfOnePicture) {
    const auto network = settled(GetParam());
    network->set_calibration(1.5, 0.25, -0.3);
    const torch::NoGradGuard guard;
    const auto one = input_of(testing::make_picture(64, 128, 4));
    // Another shape takes another kernel, which rounds differently on some processors.
    const auto same = [](const torch::Tensor& a, const torch::Tensor& b) {
        return a.sizes() == b.sizes() &&
               (a - b).abs().max().item<double>() <= 1e-4 * b.abs().max().item<double>();
    };
    // A single window is a picture.
    const auto alone = network->feature_map_of_windows(one, 128);
    EXPECT_TRUE(same(alone.map, network->feature_map(one).map));
    EXPECT_TRUE(same(network->logits(alone), network->logits(network->feature_map(one))));
    // Two equal windows: the same map twice, and the mean of the strongest of both.
    const auto twice = network->feature_map_of_windows(torch::cat({one, one}, 2), 128);
    EXPECT_TRUE(same(twice.map, torch::cat({alone.map, alone.map}, 2)));
    const auto evidence = network->evidence(alone.map);
    const auto means = TraceNetwork::window_means(evidence).flatten();
    const auto strongest = std::get<0>(torch::cat({means, means}).topk(kStrongestWindows)).mean();
    const auto summary = TraceNetwork::summary(network->evidence(twice.map), twice.window_rows);
    EXPECT_NEAR(summary[0][0].item<double>(), strongest.item<double>(), 1e-4);
    EXPECT_NEAR(summary[0][1].item<double>(), evidence.mean().item<double>(), 1e-4);
    // Every window is compared with the mean of all: another window beside it changes its map.
    const auto other = input_of(testing::make_picture(64, 128, 9));
    const auto both = network->feature_map_of_windows(torch::cat({one, other}, 2), 128);
    EXPECT_FALSE(same(both.map.narrow(2, 0, 16), alone.map));
    // Windows of more pixels than one pass are the same as those of one pass.
    const auto large = input_of(testing::make_picture(512, 1536, 7));
    torch::Tensor together;
    {
        const torch::AutoGradMode gradients(true);
        together = network->feature_map_of_windows(large, 512).map.detach();
    }
    EXPECT_TRUE(same(network->feature_map_of_windows(large, 512).map, together));
}

TEST_P(EveryTraceNetwork, GradCamShowsTheEvidence) {
    const auto network = settled(GetParam());
    network->set_calibration(1.5, 0.25, -0.3);
    const torch::NoGradGuard guard;
    const auto map = network->feature_map(input_of(testing::make_picture(320, 256, 4))).map;
    const auto explained = grad_cam(*network, map, 1);
    // The head is linear in each location, so the map is the evidence without its bias, rectified,
    // times the mean slope: (strongest + overall) / 2, divided by the number of locations.
    torch::Tensor weight;
    torch::Tensor bias;
    for (const auto& item : named_tensors(*network)) {
        if (item.name == "evidence.weight")
            weight = item.tensor;
        if (item.name == "evidence.bias")
            bias = item.tensor;
    }
    const auto evidence = network->evidence(map) - bias;
    const double slope = (1.5 + 0.25) / 2 / static_cast<double>(map.size(2) * map.size(3));
    const auto expected = (evidence * slope).relu();
    ASSERT_GT(expected.max().item<double>(), 0);
    EXPECT_LT((explained.maps - expected).norm().item<double>(),
              1e-4 * expected.norm().item<double>());
    EXPECT_TRUE(torch::allclose(explained.logits, network->logits(map)));
    EXPECT_NEAR(explained.logits.sum().item<double>(), 0, 1e-5);
}

TEST_P(EveryTraceNetwork, StrongestWindowsDecide) {
    const auto network = settled(GetParam());
    network->set_calibration(2, 0, 0.5);
    auto evidence = torch::full({1, 40, 40}, -1.0);
    evidence.slice(1, 8, 24).slice(2, 8, 24).fill_(3.0);  // nine complete windows
    const auto summary = TraceNetwork::summary(evidence);
    EXPECT_NEAR(summary[0][0].item<double>(), 3.0, 1e-6);
    EXPECT_NEAR(summary[0][1].item<double>(), (256 * 3.0 - (1600 - 256)) / 1600, 1e-5);
    EXPECT_THROW(network->set_calibration(1, -1, 0), c10::Error);
    EXPECT_THROW(network->set_calibration(1, 0, std::nan("")), c10::Error);
}

TEST_P(EveryTraceNetwork, LearnsThroughTheHead) {
    torch::manual_seed(1);
    auto network = make_network(GetParam());
    network->train();
    network->forward(torch::rand({2, 3, 64, 64})).select(1, 1).sum().backward();
    for (const auto& parameter : network->named_parameters()) {
        ASSERT_TRUE(parameter.value().grad().defined()) << parameter.key();
        EXPECT_TRUE(parameter.value().grad().isfinite().all().item<bool>()) << parameter.key();
    }
}

INSTANTIATE_TEST_SUITE_P(Four, EveryTraceNetwork,
                         ::testing::Values("trace_luma", "trace_colour", "trace_blocks",
                                           "trace_joint"));

TEST(TraceNetwork, ResidualsIgnoreBrightness) {
    const torch::NoGradGuard guard;
    const auto picture = torch::rand({1, 3, 64, 64}) * 0.5;
    for (const auto* name : {"trace_luma", "trace_colour"}) {
        const auto network = settled(name);
        const auto dark = network->feature_map(picture).map;
        const auto bright = network->feature_map(picture + 0.25).map;
        EXPECT_LT((dark - bright).abs().max().item<double>(),
                  1e-3 * dark.abs().max().item<double>())
            << name;
    }
}

TEST(TraceNetwork, BlocksDependOnTheirGrid) {
    const auto picture = input_of(testing::make_picture(320, 320, 6));
    const auto residuals = [&](int by) {
        return block_residuals(picture.narrow(2, by, 256).narrow(3, by, 256));
    };
    const auto here = residuals(0).slice(2, 8, 24).slice(3, 8, 24);
    const auto in_phase = residuals(8).slice(2, 7, 23).slice(3, 7, 23);
    const auto out_of_phase = residuals(4).slice(2, 7, 23).slice(3, 7, 23);
    EXPECT_LT((in_phase - here).norm().item<double>(), 1e-3 * here.norm().item<double>());
    // The textures are the same, half a block away; the quantisation traces change most.
    EXPECT_GT((out_of_phase.mean({2, 3}) - here.mean({2, 3})).norm().item<double>(),
              0.1 * here.mean({2, 3}).norm().item<double>());
}

// The same patch must score differently in another picture: this is the purpose of the context.
TEST(TraceNetwork, AnswersRelativeToThePicture) {
    const auto network = settled("trace_luma");
    const torch::NoGradGuard guard;
    const auto place = torch::rand({1, 3, 128, 512});
    const auto among = [&](const torch::Tensor& others) {
        const auto map = network->feature_map(torch::cat({place, others}, 2)).map;
        return map.slice(2, 2, 6);  // beyond the receptive field of the context
    };
    const auto calm = among(torch::full({1, 3, 512, 512}, 0.5));
    const auto restless = among(torch::rand({1, 3, 512, 512}));
    EXPECT_GT((calm - restless).norm().item<double>(), 0.02 * calm.norm().item<double>());
}

TEST(TraceNetwork, MixedPrecisionStopsBeforeTheFrontEnd) {
    const auto network = settled("trace_luma");
    const torch::NoGradGuard guard;
    // A checkerboard of one grey level on a bright background; rounding to bfloat16 would remove
    // it.
    auto picture = torch::full({1, 3, 64, 64}, 200.0 / 255);
    picture.slice(2, 0, 64, 2).slice(3, 0, 64, 2) += 1.0 / 255;
    const auto full = network->feature_map(picture).map;
    network->to(torch::kBFloat16);
    const auto half = network->feature_map(picture).map.to(torch::kFloat32);
    EXPECT_LT((full - half).norm().item<double>(), 0.05 * full.norm().item<double>());
}

}  // namespace
}  // namespace dfd
