// Runs the tests; or writes a published pair of files of any size, when called by hand:
//   dfd_panel_tests --write-published FOLDER [ARCHITECTURE ...]
// Without architectures it writes the seven published ones (two files of about 755 MB).
#include <gtest/gtest.h>

#include <cstdio>
#include <exception>

#include "tests/panel/published_writer.h"

namespace {

int write(const std::filesystem::path& folder, std::vector<std::string> architectures) try {
    if (architectures.empty())
        architectures = {"convnextv2_tiny",    "convnextv2_tiny",    "tf_efficientnet_b4",
                         "tf_efficientnet_b4", "tf_efficientnet_b5", "tf_efficientnet_b5",
                         "tf_efficientnet_b6"};
    std::filesystem::create_directories(folder);
    dfd::test::write_published(folder / "weight.pth", folder / "ema.state", architectures);
    std::printf("Wrote %s and ema.state beside it.\n", (folder / "weight.pth").c_str());
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc >= 3 && std::string(argv[1]) == "--write-published")
        return write(argv[2], std::vector<std::string>(argv + 3, argv + argc));
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
