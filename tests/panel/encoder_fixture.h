// A panel of three small experts, two of which share an encoder file.
#pragma once

#include <filesystem>
#include <string>

#include "core/networks/experts/expert_network.h"
#include "core/networks/experts/formula_weights.h"
#include "core/networks/experts/head_tensors.h"
#include "core/panel/encoders.h"
#include "core/panel/safetensors.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/panel/panel_fixture.h"

namespace dfd::test {

inline constexpr const char* kTiny = "convnextv2_atto";

/// The tensors of the encoder, filled under "encoder.", and of the head, filled under `head`.
inline StateDict tiny_tensors(const std::string& head, bool with_encoder, bool with_head) {
    auto network = make_network(kTiny);
    StateDict tensors;
    for (const auto& prefix : {std::string("encoder."), head}) {
        fill_by_formula(*network, kTiny, prefix, prefix);
        for (const auto& each : named_tensors(*network))
            if (in_head(each.name) ? with_head && prefix == head
                                   : with_encoder && prefix == "encoder.")
                tensors.emplace_back(each.name, each.tensor.detach().clone());
    }
    return tensors;
}

class EncoderTest : public ::testing::Test {
  protected:
    /// "a" and "b" have only heads; "whole" holds the same encoder in its own file.
    void SetUp() override {
        std::filesystem::create_directories(encoder_folder);
        const auto made = folder / "made.safetensors";
        encoder = write_safetensors(made, tiny_tensors("", true, false));
        std::filesystem::rename(made, encoder_file());
        record.name = "shared";
        for (const std::string name : {"a", "b", "whole"}) {
            ExpertRecord expert;
            expert.name = name;
            expert.architecture = kTiny;
            expert.file = name + ".safetensors";
            expert.gradcam_layer = find_architecture(kTiny).gradcam_layer;
            expert.input.size = 64;
            expert.encoder = name == "whole" ? "" : encoder;
            record.experts.push_back(expert);
            rewrite(record.experts.size() - 1, tiny_tensors(name + ".", name == "whole", true));
        }
        record = write_panel(panel_folder, record);
    }
    /// Another content of an expert's file; `record` gets its digest, panel.json does not.
    void rewrite(std::size_t expert, const StateDict& tensors) {
        std::filesystem::create_directories(panel_folder);
        record.experts[expert].sha256 =
            write_safetensors(panel_folder / record.experts[expert].file, tensors);
    }
    [[nodiscard]] std::filesystem::path encoder_file() const {
        return encoder_folder / encoder_file_name(kTiny, encoder);
    }

    TemporaryFolder folder;
    std::filesystem::path panel_folder = folder / "panels/shared";
    std::filesystem::path encoder_folder = folder / "encoders";
    Environment panels{"DFD_PANELS", (folder / "panels").native()};
    Environment encoders{"DFD_ENCODERS", encoder_folder.native()};
    std::string encoder;  ///< its digest
    PanelRecord record;
};

}  // namespace dfd::test
