// Benchmark of everything around the experts: decoding, preprocessing, reading weights, maps. Needs
// only the starter panel and the sample pictures.
#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include <filesystem>
#include <map>

#include "core/base/digest.h"
#include "core/checkpoint/input_file.h"
#include "core/checkpoint/tensor_checks.h"
#include "core/networks/experts/expert_network.h"
#include "core/networks/experts/formula_weights.h"
#include "core/networks/experts/initial_values.h"
#include "core/networks/maps/grad_cam.h"
#include "core/panel/panel_networks.h"
#include "core/panel/safetensors.h"
#include "core/picture/picture.h"
#include "core/picture/pixels/faces.h"

namespace dfd {
namespace {

const std::filesystem::path kSource = DFD_SOURCE_DIR;

std::filesystem::path sample(const char* name) {
    return kSource / "resources/samples" / name;
}

void decoding(benchmark::State& state, const char* name, Provenance provenance) {
    std::int64_t pixels = 0;
    for (auto _ : state) {
        const auto picture = read_picture(sample(name), {}, provenance);
        pixels += std::int64_t{picture.pixels.width} * picture.pixels.height;
    }
    state.counters["megapixels"] =
        benchmark::Counter(static_cast<double>(pixels) / 1e6, benchmark::Counter::kIsRate);
}
BENCHMARK_CAPTURE(decoding, jpeg, "landscape.jpg", Provenance::Ignored)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decoding, jpeg_with_provenance, "landscape.jpg", Provenance::Sought)
    ->Unit(benchmark::kMillisecond);

void preprocessing(benchmark::State& state, Resize resize) {
    const auto picture = read_picture(sample("landscape.jpg")).pixels;
    InputPolicy policy;
    policy.resize = resize;
    for (auto _ : state)
        benchmark::DoNotOptimize(expert_input(picture, policy, torch::kCPU).data_ptr<float>());
}
BENCHMARK_CAPTURE(preprocessing, stretched, Resize::Stretch)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(preprocessing, native, Resize::Native)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void looking_for_faces(benchmark::State& state, const char* name) {
    const auto picture = read_picture(sample(name)).pixels;
    for (auto _ : state)
        benchmark::DoNotOptimize(find_faces(picture));
}
BENCHMARK_CAPTURE(looking_for_faces, one, "portrait.jpg")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(looking_for_faces, none, "landscape.jpg")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

void reading_weights(benchmark::State& state, bool checked) {
    const auto panel = read_panel(kSource / "tests/data/traces");
    const auto& expert = panel.experts.front();
    for (auto _ : state)
        benchmark::DoNotOptimize(load_expert(panel, expert, checked));
    state.SetBytesProcessed(state.iterations() *
                            static_cast<std::int64_t>(file_size(panel.folder / expert.file)));
}
BENCHMARK_CAPTURE(reading_weights, checked, true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(reading_weights, without_digest, false)->Unit(benchmark::kMillisecond);

void digest(benchmark::State& state) {
    const std::vector<std::uint8_t> bytes(std::size_t{16} << 20, 7);
    for (auto _ : state)
        benchmark::DoNotOptimize(sha256_hex(bytes));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(digest)->Unit(benchmark::kMillisecond);

void looking_for_nan(benchmark::State& state) {
    const auto weights = torch::ones({4 << 20});
    for (auto _ : state)
        benchmark::DoNotOptimize(all_finite(weights));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(weights.nbytes()));
}
BENCHMARK(looking_for_nan)->Unit(benchmark::kMillisecond)->UseRealTime();

void making_a_network(benchmark::State& state, const char* architecture) {
    const WithoutInitialValues none;
    for (auto _ : state)
        benchmark::DoNotOptimize(make_network(architecture));
}
BENCHMARK_CAPTURE(making_a_network, b6, "tf_efficientnet_b6")->Unit(benchmark::kMillisecond);

/// The head and its map, for features of a 512 x 512 picture.
void map_of(benchmark::State& state, const char* architecture) {
    const torch::NoGradGuard no_gradients;
    auto network = make_network(architecture);
    fill_by_formula(*network, architecture, "benchmark.", "benchmark.");
    const auto features = torch::rand({1, find_architecture(architecture).feature_width, 16, 16});
    for (auto _ : state)
        benchmark::DoNotOptimize(grad_cam(*network, features, 1).maps.data_ptr<float>());
}
BENCHMARK_CAPTURE(map_of, convnextv2_tiny, "convnextv2_tiny")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(map_of, tf_efficientnet_b4, "tf_efficientnet_b4")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace dfd

BENCHMARK_MAIN();
