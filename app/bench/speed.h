// The benchmark: scoring speed of experts compared with the reference in the same run.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace dfd {

struct SpeedExpert {
    std::string name;
    std::string architecture;  ///< name in the registry
};
/// The seven experts of the published panel, in its order.
[[nodiscard]] const std::vector<SpeedExpert>& published_experts();

/// A decoded picture: RGB, row-major from the top, three bytes per pixel.
struct SpeedPicture {
    std::vector<std::uint8_t> rgb;
    int width = 0, height = 0;
};

struct SpeedOptions {
    std::vector<SpeedExpert> experts = published_experts();
    std::string device = "cpu";                   ///< or "cuda:0" …
    std::vector<std::string> precisions{"fp32"};  ///< fp32, bf16, fp16 (CUDA only)
    std::vector<int> batches{1};                  ///< pictures per call
    int side = 512;                               ///< side of the square picture
    int rounds = 5;                               ///< every variant runs once per round
    bool maps = true;                             ///< compute each expert's Grad-CAM map too
    bool memory = true;                           ///< also measure each variant's peak memory
    bool profile = false;                         ///< also time the executor's operations
    /// Pictures for comparing the variants' scores. If empty, a generated picture is used.
    std::vector<SpeedPicture> pictures;
};

/// Seconds per picture.
struct Timing {
    double median = 0;
    double low = 0, high = 0;  ///< lower and upper quartile
};

struct SpeedOperation {
    std::string expert, name, kernel;
    double seconds = 0;  ///< per picture
    double gflops = 0;   ///< per second; 0 for operations without multiplications
};

/// One way of scoring, of input that is on the device. "reference": float32 modules; for each
/// expert the moving averages are copied in before and the parameters restored after, as the
/// reference does. "modules": LibTorch's operators. On a GPU these two compute as LibTorch prefers
/// in float32 (TF32, any algorithm), everything else exactly; scores are compared in exact
/// arithmetic. "executor": core/networks/executor/trunk_executor.h, one expert after the other on
/// all threads. "side by side": several executors at once, divided as in
/// core/networks/trunk/side_by_side.h; the engine scores this way on a CPU. "folded":
/// core/networks/trunk/folded_trunk.h, one expert after the other. "together": the same with each
/// expert in its own lane (core/networks/hardware/device_lanes.h); the engine scores this way on a
/// GPU.
struct SpeedVariant {
    std::string name, device, precision;
    int batch = 1;
    std::vector<Timing> experts;         ///< in the options' order; empty if they ran concurrently
    Timing panel;                        ///< all experts
    std::vector<double> expert_gflops;   ///< per second; 0 for an architecture without a plan
    double gflops = 0;                   ///< of the whole panel, if every expert has a plan
    double max_score_deviation = 0;      ///< from the reference, over experts and pictures
    double panel_score_deviation = 0;    ///< of the experts' mean, over the pictures
    std::int64_t peak_memory_bytes = 0;  ///< resident, with only this variant loaded; 0 if unknown
    std::int64_t weight_bytes = 0;       ///< of all experts in this precision
};

/// Another person's expert (foreign_speed.h).
struct ForeignSpeed {
    std::string name;
    std::string kind;     ///< "onnx" or "program"
    Timing timing;        ///< of a picture's answer
    std::string problem;  ///< why it was not measured, a sentence; empty: it was
};

struct SpeedReport {
    std::vector<SpeedExpert> experts;
    std::string executor;
    int threads = 0;
    int side = 0;
    bool maps = false;
    double convolution_gflops = 0;       ///< float32: highest rate of a 3x3 convolution in this run
    double matrix_product_gflops = 0;    ///< float32: highest rate of a matrix product in this run
    std::vector<SpeedVariant> variants;  ///< the first is the reference
    std::vector<std::string> left_out;  ///< variants that did not fit into memory: "folded fp32 32"
    std::vector<SpeedOperation> operations;  ///< if profiled: for the first executor variant
    std::vector<ForeignSpeed> foreign;       ///< beside the variants, which are of networks
};

using SpeedProgress = std::function<void(double done, double total, const std::string& what)>;

/// Runs the benchmark with weights made by formula (core/networks/experts/formula_weights.h).
/// Blocks for about a minute per precision with the full panel, all variants of which are in memory
/// at once (5 GB). When asked to stop, returns early with empty `variants`. Throws
/// std::invalid_argument for an unknown architecture, nothing to measure, values out of range, or a
/// precision that the device does not support, or when not even the reference fits into a GPU's
/// memory; std::runtime_error when a GPU fails, c10::Error when the CPU does.
[[nodiscard]] SpeedReport measure_speed(const SpeedOptions& options,
                                        const SpeedProgress& progress = {},
                                        std::stop_token stop = {});

/// Gain over the reference, each at its own best batch, and for single pictures. 0 where a figure
/// was not measured.
struct SpeedGain {
    double throughput = 0;  ///< pictures per second relative to the reference
    double latency = 0;     ///< seconds relative to the reference
    int reference_batch = 0, batch = 0;
    /// The same over plain float32 modules, without the reference's copying of averages.
    double throughput_over_modules = 0;
    double latency_over_modules = 0;
};
[[nodiscard]] SpeedGain speed_gain(const SpeedReport& report);

/// A sentence for each variant with a score that deviates from the reference's by more than its
/// precision's rounding explains (core/networks/hardware/score_tolerance.h), or by no number.
[[nodiscard]] std::vector<std::string> too_large_deviations(const SpeedReport& report);

[[nodiscard]] std::string speed_table(const SpeedReport& report);
/// {ceiling_gflops, baseline_seconds, variants [{name, device, precision, batch, median_seconds,
/// ratio_to_baseline, gflops, max_score_deviation, peak_memory_bytes, …}], throughput_gain,
/// latency_ratio, …}. Seconds are per picture.
[[nodiscard]] std::string speed_json(const SpeedReport& report);

}  // namespace dfd
