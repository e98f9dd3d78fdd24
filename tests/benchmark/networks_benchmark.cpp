// Benchmark of every expert on one 512 x 512 picture with weights by formula.
#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include "core/networks/experts/expert_network.h"
#include "core/networks/experts/formula_weights.h"
#include "core/networks/experts/preprocess.h"
#include "core/networks/maps/grad_cam.h"

namespace dfd {
namespace {

torch::Device device() {
    return torch::cuda::is_available() ? torch::Device(torch::kCUDA) : torch::Device(torch::kCPU);
}

/// A picture with structure at every scale; deterministic.
torch::Tensor picture(int side) {
    torch::manual_seed(1);
    return torch::randint(0, 256, {side, side, 3}, torch::kUInt8);
}

torch::Tensor input() {
    return stretch(normalise(picture(512), {0.485f, 0.456f, 0.406f}, {0.229f, 0.224f, 0.225f}), 512)
        .to(device());
}

void synchronise() {
    if (device().is_cuda())
        torch::cuda::synchronize();
}

void expert(benchmark::State& state, const std::string& architecture, bool with_map) {
    const torch::NoGradGuard no_gradients;
    auto network = make_network(architecture);
    fill_by_formula(*network, architecture, "benchmark.", "benchmark.");
    network->to(device());
    const auto prepared = input();
    for (auto _ : state) {
        const auto features = network->feature_map(prepared);
        const auto logits =
            with_map ? grad_cam(*network, features, 1).maps : network->logits(features);
        benchmark::DoNotOptimize(logits.sum().item<float>());
        synchronise();
    }
}

void preprocessing(benchmark::State& state) {
    const auto rgb = picture(static_cast<int>(state.range(0)));
    for (auto _ : state) {
        const auto prepared =
            stretch(normalise(rgb, {0.485f, 0.456f, 0.406f}, {0.229f, 0.224f, 0.225f}), 512);
        benchmark::DoNotOptimize(prepared.data_ptr<float>());
    }
}
BENCHMARK(preprocessing)->Arg(512)->Arg(2048)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace dfd

int main(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    for (const auto& architecture : dfd::architectures())
        for (const bool with_map : {false, true})
            benchmark::RegisterBenchmark(
                (architecture.name + (with_map ? "/scored_and_explained" : "/scored")).c_str(),
                [name = architecture.name, with_map](benchmark::State& state) {
                    dfd::expert(state, name, with_map);
                })
                ->Unit(benchmark::kMillisecond)
                ->UseRealTime();
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
