// Evaluates a panel of unlike experts: networks of ours, ONNX models and programs. Plain C++.
// Internal to core/engine/scoring.
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "core/engine/scoring/evaluator.h"

namespace dfd {

/// Whether some expert of the panel is no network of ours.
[[nodiscard]] bool is_mixed(const PanelRecord& panel);

/// Whether some of its experts, but not the panel, were made for pictures of faces: they leave the
/// mean of others, as beyond a gate, where no face is found. Reads manifests; throws PanelError.
[[nodiscard]] bool has_experts_for_faces(const PanelRecord& panel);

/// Opens such a panel: its networks as every panel's, the other experts beside them. An expert that
/// has no opinion on a picture leaves the combination, and a warning says why; a picture on which
/// no expert has one fails with DeviceError. Maps of experts that cannot be looked into are of
/// occlusion (core/engine/scoring/occlusion.h). Blocks; throws what open_evaluator() throws.
[[nodiscard]] std::unique_ptr<Evaluator> open_mixed_evaluator(const PanelRecord& panel,
                                                              const std::string& device,
                                                              Precision precision,
                                                              const Progress& progress,
                                                              const std::stop_token& stop);

}  // namespace dfd
