// Base class of evaluators without networks.
#pragma once

#include "core/engine/scoring/evaluator.h"

namespace dfd::test {

class TestEvaluator : public Evaluator {
  public:
    TestEvaluator() { device_.id = "cpu"; }
    [[nodiscard]] const PanelRecord& panel() const override { return panel_; }
    [[nodiscard]] const DeviceInfo& device() const override { return device_; }
    [[nodiscard]] Precision precision() const override { return Precision::Float32; }

  protected:
    PanelRecord panel_;
    DeviceInfo device_;
};

}  // namespace dfd::test
