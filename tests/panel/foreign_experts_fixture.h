// Checking and adding other people's experts in a test: a program, its files and a folder of
// panels.
#pragma once

#include "core/panel/foreign_experts.h"
#include "tests/panel/foreign_fixture.h"
#include "tests/panel/panel_fixture.h"

namespace dfd::test {

class ForeignExpertsTest : public testing::Test {
  protected:
    using Json = nlohmann::ordered_json;

    ForeignExpertsTest() : panels_("DFD_PANELS", (folder / "panels").native()) {}

    Json program() { return write_program(folder / "expert"); }
    void rewrite(const Json& manifest) {
        write_bytes(folder / "expert/manifest.json", manifest.dump());
    }
    [[nodiscard]] ForeignFiles files() const { return {{}, folder / "expert/manifest.json"}; }
    [[nodiscard]] std::string problem() const { return check_expert(files()).problem; }
    PanelRecord added(const std::string& panel = "mine") {
        (void)new_panel(panel, "");
        return add_expert({files(), panel, "", ""});
    }

    TemporaryFolder folder;
    Environment panels_;
};

}  // namespace dfd::test
