// Experts that run in parallel give the same scores as experts that run in sequence.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/cli/dfd_test.h"
#include "tests/golden_data.h"
#include "tests/panel/published_writer.h"
#include "tests/says.h"

namespace dfd {
namespace {

using nlohmann::json;

class SideBySide : public DfdTest {
  protected:
    std::vector<json> scored(const char* threads) const {
        ::setenv("OMP_NUM_THREADS", threads, 1);
        const auto done = run({"score", "--panel", "several", "--device", "cpu", "--format", "json",
                               "--maps", "--batch", "2", golden_path("images/small.png"),
                               golden_path("images/landscape.png")});
        ::unsetenv("OMP_NUM_THREADS");
        EXPECT_EQ(done.status, 0) << done.err;
        return json_lines(done.out);
    }
};

TEST_F(SideBySide, ThreadsDoNotMatter) {
    test::write_published(folder / "weight.pth", folder / "ema.state",
                          {"convnextv2_atto", "tf_efficientnet_b0", "convnextv2_atto"});
    ::setenv("DFD_PANELS", (folder / "panels").c_str(), 1);
    const auto installed = run({"panel", "install", "--weights", folder / "weight.pth", "--ema",
                                folder / "ema.state", "--name", "several"});
    ASSERT_EQ(installed.status, 0) << installed.err;
    const auto record = folder / "panels/several/panel.json";
    auto panel = json::parse(std::ifstream(record));
    panel["subject"] = "faces";  // like the published panel: face detection is one of the tasks
    std::ofstream(record) << panel;
    const auto one = scored("1");
    ASSERT_EQ(one.size(), 2u);
    for (const auto* threads : {"2", "4"}) {
        const auto several = scored(threads);
        ASSERT_EQ(several.size(), one.size());
        for (std::size_t p = 0; p < one.size(); ++p) {
            EXPECT_EQ(several[p].at("warnings"), one[p].at("warnings"));
            for (std::size_t e = 0; e < 3; ++e) {
                const auto& want = one[p].at("experts").at(e);
                const auto& got = several[p].at("experts").at(e);
                EXPECT_EQ(got.at("name"), want.at("name"));
                for (std::size_t c = 0; c < 2; ++c)
                    EXPECT_NEAR(got.at("logits").at(c).get<double>(),
                                want.at("logits").at(c).get<double>(), 1e-3);
                EXPECT_TRUE(got.contains("gradcam"));
            }
        }
    }
    EXPECT_NE(one[0].at("score"), one[1].at("score"));
    EXPECT_SAYS(one[1].at("warnings").dump(), "No face was found");
    ::unsetenv("DFD_PANELS");
}

}  // namespace
}  // namespace dfd
