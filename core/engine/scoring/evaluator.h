// The interface of a panel that is ready to score, whatever device computes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/cancelled.h"
#include "core/engine/devices/devices.h"
#include "core/networks/experts/preprocessing_version.h"
#include "core/opinion/opinion.h"
#include "core/panel/panel_record.h"
#include "core/picture/picture.h"

namespace dfd {

struct EvaluateOptions {
    bool maps = false;
    int target = kFakeClass;  ///< Grad-CAM's target logit
    /// Read every pixel, also where the panel's window policy would look at a part only.
    bool everywhere = false;
    /// Measure PanelOpinion::traits, also when no limit of the panel's scope needs them.
    bool traits = false;
    bool features = false;  ///< Keep each expert's pooled features.
    /// Choose the windows in this picture instead of in the scored ones, which must have its size:
    /// altered copies are then scored on the same places. Not owned; must outlive the call.
    const Pixels* windows_of = nullptr;
};

/// What an expert with this policy reads of a picture of this size, unless it reads everywhere.
/// Empty: the whole picture.
[[nodiscard]] std::optional<LookedAt> looked_at(int width, int height, const InputPolicy& policy);

class Evaluator {
  public:
    virtual ~Evaluator() = default;
    /// The panel that scores: without the experts that lack something on this machine (`left_out`).
    [[nodiscard]] virtual const PanelRecord& panel() const = 0;
    [[nodiscard]] virtual const DeviceInfo& device() const = 0;
    [[nodiscard]] virtual Precision precision() const = 0;
    /// Returns one opinion per picture, in order, with every expert of the panel. Networks have an
    /// opinion on every picture or the call throws; other experts may have none
    /// (ExpertOpinion::failure). Blocks. One caller at a time. Throws Cancelled (checked between
    /// experts), DeviceError, std::bad_alloc, std::invalid_argument (`windows_of`).
    virtual std::vector<PanelOpinion> evaluate(std::span<const Pixels* const> pictures,
                                               const EvaluateOptions& options,
                                               std::stop_token stop) = 0;
};

/// Loads the panel's networks onto a device ("auto", "cpu", "cuda", "cuda:N"). Experts that lack
/// something on this machine are left out, and every opinion warns of it. Blocks; throws PanelError
/// (also when no expert remains), DeviceError, Cancelled.
[[nodiscard]] std::unique_ptr<Evaluator> open_evaluator(const PanelRecord& panel,
                                                        const std::string& device = "auto",
                                                        Precision precision = Precision::Float32,
                                                        const Progress& progress = {},
                                                        std::stop_token stop = {});

}  // namespace dfd
