// What the evaluators of all devices share. Depends on torch.
// Internal to core/engine/scoring.
#pragma once

#include <torch/types.h>

#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/engine/scoring/evaluator.h"
#include "core/engine/scoring/explanation.h"
#include "core/networks/experts/expert_network.h"
#include "core/panel/panel_networks.h"
#include "core/picture/pixels/window_choice.h"

namespace dfd {

class LoadedPanel : public Evaluator, public ExpertExplainer {
  public:
    [[nodiscard]] const PanelRecord& panel() const final { return panel_; }
    [[nodiscard]] const DeviceInfo& device() const final { return info_; }
    [[nodiscard]] Precision precision() const final { return precision_; }
    std::vector<PanelOpinion> evaluate(std::span<const Pixels* const> pictures,
                                       const EvaluateOptions& options, std::stop_token stop) final;
    std::vector<std::string> layers(std::size_t expert) final;

  protected:
    LoadedPanel(PanelRecord panel, DeviceInfo info, Precision precision);

    /// For each expert before it is loaded: reports progress, throws Cancelled. Thread-safe.
    void before_loading(std::size_t index, const Progress& progress, const std::stop_token& stop);
    void after_loading(const Progress& progress);

    /// Fills `opinions`, one per picture, whose experts have their places. No gradients.
    virtual void score_all(std::span<const Pixels* const> pictures, const EvaluateOptions& options,
                           const std::stop_token& stop, std::span<PanelOpinion> opinions) = 0;
    /// The device's own way of running an expert's trunk; undefined if its modules run.
    virtual torch::Tensor run_trunk(std::size_t index, const torch::Tensor& input) = 0;
    /// The type of the weights of networks that run by their modules.
    [[nodiscard]] virtual torch::ScalarType type_of_modules() const;

    /// Runs one expert and writes what it says into `opinions`, one per row. With `windows`, the
    /// input is of one picture's windows, one below the other. Throws Cancelled.
    void score(std::size_t index, const torch::Tensor& input, const EvaluateOptions& options,
               const std::stop_token& stop, std::span<PanelOpinion> opinions,
               const WindowChoice* windows = nullptr);

    const PanelRecord panel_;
    DeviceInfo info_;
    const Precision precision_;
    std::vector<std::shared_ptr<ExpertNetwork>> networks_;
    AnswerCalibrations calibration_;
    /// Whether every picture is searched for a face: for a warning or a limit.
    const bool looks_for_faces_;
    FeatureModels models_;  ///< of the experts with a gate
    Encoders encoders_;     ///< used while loading

  private:
    /// Networks with the same encoder keep one copy of its tensors, whatever their precision.
    void share_encoders();

    std::mutex evaluating_;  ///< an abandoned evaluation may still run when the next one begins
    std::mutex loading_;
    std::size_t begun_ = 0;
};

/// Loads the panel onto the CPU, in float32 or bfloat16. Blocks; throws PanelError, DeviceError,
/// Cancelled.
[[nodiscard]] std::unique_ptr<Evaluator> open_processor_evaluator(const PanelRecord& panel,
                                                                  const DeviceInfo& info,
                                                                  Precision precision,
                                                                  const Progress& progress,
                                                                  const std::stop_token& stop);

}  // namespace dfd
