// A panel ready to score: the smallest interface between what asks and what computes.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

#include "core/engine/devices/devices.h"
#include "core/opinion/opinion.h"
#include "core/panel/panel_record.h"
#include "core/picture/picture.h"

namespace dfd {

/// How pixels become an expert's input. It rises when the same picture and panel would give an
/// expert other numbers, so that stored results are known to be of the older way.
inline constexpr int kPreprocessingVersion = 1;

/// Thrown by anything that was asked to stop. Not an error to report.
class Cancelled : public std::runtime_error {
  public:
    Cancelled() : std::runtime_error("Cancelled.") {}
};

struct EvaluateOptions {
    bool maps = false;
    int target = kFakeClass;  ///< Grad-CAM's target logit
};

class Evaluator {
  public:
    virtual ~Evaluator() = default;
    [[nodiscard]] virtual const PanelRecord& panel() const = 0;
    [[nodiscard]] virtual const DeviceInfo& device() const = 0;
    [[nodiscard]] virtual Precision precision() const = 0;
    /// One opinion a picture, in order; every expert is present or the call throws. Blocks.
    /// One caller at a time. Throws Cancelled (checked between experts), DeviceError,
    /// std::bad_alloc. Never returns a partial opinion.
    virtual std::vector<PanelOpinion> evaluate(std::span<const Pixels* const> pictures,
                                               const EvaluateOptions& options,
                                               std::stop_token stop) = 0;
};

/// Loads the panel's networks onto a device ("auto", "cpu", "cuda", "cuda:N"). Blocks; throws
/// PanelError, DeviceError, Cancelled.
[[nodiscard]] std::unique_ptr<Evaluator> open_evaluator(const PanelRecord& panel,
                                                        const std::string& device = "auto",
                                                        Precision precision = Precision::Float32,
                                                        const Progress& progress = {},
                                                        std::stop_token stop = {});

}  // namespace dfd
