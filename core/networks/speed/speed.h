// How fast experts score, measured against the reference's own way in the same run.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace dfd {

struct SpeedExpert {
    std::string name;
    std::string architecture;  ///< of the registry
};
/// The published panel's seven, in its order.
[[nodiscard]] const std::vector<SpeedExpert>& published_experts();

/// A decoded picture: RGB rows from the top, three bytes a pixel.
struct SpeedPicture {
    std::vector<std::uint8_t> rgb;
    int width = 0, height = 0;
};

struct SpeedOptions {
    std::vector<SpeedExpert> experts = published_experts();
    std::string device = "cpu";                   ///< or "cuda:0" …
    std::vector<std::string> precisions{"fp32"};  ///< fp32, bf16, fp16 (CUDA only)
    std::vector<int> batches{1};                  ///< pictures in one call
    int side = 512;                               ///< of the square picture
    int rounds = 5;                               ///< in each of which every variant runs once
    bool maps = true;                             ///< with each expert's Grad-CAM map
    bool memory = true;                           ///< also measure each variant's peak memory
    bool profile = false;                         ///< also time the executor's operations
    /// On which the variants' scores are compared; none: on one that is made here.
    std::vector<SpeedPicture> pictures;
};

/// Seconds of one picture.
struct Timing {
    double median = 0;
    double low = 0, high = 0;  ///< lower and upper quartile
};

struct SpeedOperation {
    std::string expert, name, kernel;
    double seconds = 0;  ///< of one picture
    double gflops = 0;   ///< a second; 0 where nothing is multiplied
};

/// One way of scoring. "reference": float32 modules, the moving averages copied in before and the
/// parameters back after each expert, as the reference does. "modules": LibTorch's operators.
/// "executor": core/networks/executor/trunk_executor.h, one expert after the other on all threads.
/// "side by side": the same, several experts at once as core/networks/trunk/side_by_side.h divides
/// them; that is how the engine scores.
struct SpeedVariant {
    std::string name, device, precision;
    int batch = 1;
    std::vector<Timing> experts;         ///< in the options' order; empty if side by side
    Timing panel;                        ///< all experts
    std::vector<double> expert_gflops;   ///< a second; 0 for an architecture that tells no plan
    double gflops = 0;                   ///< of the whole panel, where every expert tells one
    double max_score_deviation = 0;      ///< from the reference's, over experts and pictures
    double panel_score_deviation = 0;    ///< of the mean of the experts, over the pictures
    std::int64_t peak_memory_bytes = 0;  ///< resident, this variant alone loaded; 0: not known
    std::int64_t weight_bytes = 0;       ///< of all experts in this precision
};

struct SpeedReport {
    std::vector<SpeedExpert> experts;
    std::string executor;  ///< trunk_executor_name()
    int threads = 0;
    int side = 0;
    bool maps = false;
    double convolution_gflops = 0;       ///< float32: the most that a 3x3 convolution reached here
    double matrix_product_gflops = 0;    ///< float32: the most that a matrix product reached here
    std::vector<SpeedVariant> variants;  ///< the first is the reference
    std::vector<SpeedOperation> operations;  ///< if profiled: of the first executor variant
};

using SpeedProgress = std::function<void(double done, double total, const std::string& what)>;

/// Measures with weights made by formula (core/networks/experts/formula_weights.h). Blocks for
/// about a minute a precision with the full panel, all variants of which are in memory at once (5
/// GB). Returns early, with what is finished left out, when asked to stop: then `variants` is
/// empty. Throws std::invalid_argument for an unknown architecture, an empty choice or a precision
/// that the device does not have; c10::Error where the device fails.
[[nodiscard]] SpeedReport measure_speed(const SpeedOptions& options,
                                        const SpeedProgress& progress = {},
                                        std::stop_token stop = {});

[[nodiscard]] std::string speed_table(const SpeedReport& report);
/// {ceiling_gflops, baseline_seconds, variants [{name, device, precision, batch, median_seconds,
/// ratio_to_baseline, gflops, max_score_deviation, peak_memory_bytes, …}], throughput_gain,
/// latency_ratio, …}. Seconds are of one picture.
[[nodiscard]] std::string speed_json(const SpeedReport& report);

}  // namespace dfd
