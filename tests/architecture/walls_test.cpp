#include "tests/architecture/walls.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <ostream>

#include "tests/architecture/rooms.h"
#include "tests/checkpoint/temporary_folder.h"

namespace dfd::walls {
namespace {

namespace fs = std::filesystem;

std::string sentences(const std::vector<Violation>& violations) {
    std::string text;
    for (const Violation& violation : violations)
        text += "\n  [" + violation.rule + "] " + violation.message;
    return text;
}

TEST(Walls, HoldInThisRepository) {
    const std::vector<std::string> files = repository_files(DFD_SOURCE_DIR);
    // An empty file list would pass too.
    for (const char* expected :
         {"core/base/digest.h", "core/engine/scoring/evaluator.h", "tests/CMakeLists.txt"})
        EXPECT_TRUE(std::find(files.begin(), files.end(), expected) != files.end()) << expected;
    for (const Room& room : kRooms)
        EXPECT_TRUE(fs::is_directory(fs::path(DFD_SOURCE_DIR) / room.folder)) << room.folder;
    const std::vector<Violation> violations = check(DFD_SOURCE_DIR, files, kRooms);
    EXPECT_TRUE(violations.empty()) << sentences(violations);
}

/// The rooms of the small house: casework, ui and app have two, other layers are single rooms.
constexpr std::array kSmallRooms{
    Room{"core/casework/store", ""},
    Room{"core/casework/report", "store"},
    Room{"ui/look", ""},
    Room{"ui", "look"},
    Room{"app/bench", ""},
    Room{"app", "bench"},
};

/// A small repository in a temporary folder that violates no rule.
class SmallHouse : public testing::Test {
  protected:
    SmallHouse() {
        write("README.md", "A house.\n");
        write(".clang-format", "\n");
        write("core/networks/expert.h", "#pragma once\n#include <torch/nn/module.h>\n");
        write("core/networks/expert.cpp",
              "#include \"core/networks/expert.h\"\n#include \"core/base/digest.h\"\n");
        write("core/base/digest.h", "#pragma once\n#include <string>\n");
        write("core/base/digest.cpp",
              "#include \"core/base/digest.h\"\n#include <openssl/evp.h>\n");
        write("core/checkpoint/pickle.h", "#pragma once\n#include <torch/types.h>\n");
        write("core/checkpoint/pickle.cpp", "#include \"core/checkpoint/pickle.h\"\n");
        write("core/opinion/opinion.h", "#pragma once\n#include <vector>\n");
        write("core/opinion/opinion.cpp", "#include \"core/opinion/opinion.h\"\n");
        write("core/picture/picture.h", "#pragma once\n#include <vector>\n");
        write("core/picture/bytes.h",
              "// Numbers from bytes.\n// Internal to core/picture.\n#pragma once\n");
        write("core/picture/decode.cpp",
              "#include \"core/picture/bytes.h\"\n"
              "#include \"core/picture/picture.h\"\n#include <opencv2/core.hpp>\n");
        write("core/panel/networks.h",
              "#pragma once\n#include \"core/networks/expert.h\"\n#include <ATen/ATen.h>\n");
        write("core/engine/evaluator.h",
              "#pragma once\n#include \"core/opinion/opinion.h\"\n#include <memory>\n");
        write("core/engine/batch.h", "#pragma once\n#include <torch/types.h>\n");
        write("core/engine/evaluator.cpp",
              "#include \"core/engine/evaluator.h\"\n#include \"core/engine/batch.h\"\n"
              "#include \"core/panel/networks.h\"\n");
        write("core/casework/store/case_file.h", "#pragma once\n#include <string>\n");
        write("core/casework/store/case_file.cpp",
              "#include \"core/casework/store/case_file.h\"\n#include <sqlite3.h>\n");
        write("core/casework/report/report.h",
              "#pragma once\n#include \"core/casework/store/case_file.h\"\n");
        write("core/casework/report/lines.h",
              "// Lines.\n// Internal to core/casework/report.\n#pragma once\n");
        write("ui/look/icons.h", "#pragma once\n#include <QIcon>\n");
        write("ui/main_window.h",
              "#pragma once\n#include <QMainWindow>\n#include \"core/engine/evaluator.h\"\n"
              "#include \"ui/look/icons.h\"\n");
        write("app/bench/speed.h", "#pragma once\n#include <torch/types.h>\n");
        write("app/dfd.cpp", "#include <CLI/CLI.hpp>\n#include \"core/engine/evaluator.h\"\n");
        write("tests/engine/helper.h", "#pragma once\n#include <vector>\n");
        write("tests/engine/batch_test.cpp",
              "#include \"core/picture/bytes.h\"\n#include \"core/engine/batch.h\"\n#include "
              "<opencv2/core.hpp>\n");
    }
    void write(const std::string& file, const std::string& text) const {
        fs::create_directories((root_ / file).parent_path());
        std::ofstream stream(root_ / file, std::ios::binary);
        stream << text;
    }

    /// Adds lines to a file of the house.
    void add(const std::string& file, const std::string& text) const {
        fs::create_directories((root_ / file).parent_path());
        std::ofstream stream(root_ / file, std::ios::binary | std::ios::app);
        stream << text;
    }

    [[nodiscard]] std::vector<Violation> look() const {
        return check(root_, repository_files(root_), kSmallRooms);
    }

    test::TemporaryFolder folder_;
    const fs::path root_ = folder_.path();
};

TEST_F(SmallHouse, IsClean) {
    EXPECT_EQ(repository_files(root_).size(), 27U);
    EXPECT_TRUE(look().empty()) << sentences(look());
}

struct Crossing {
    const char* what;
    const char* file;
    const char* text;  ///< appended to the file
    const char* rule;
};
void PrintTo(const Crossing& crossing, std::ostream* stream) {
    *stream << crossing.what;
}

class Crossings : public SmallHouse, public testing::WithParamInterface<Crossing> {};

TEST_P(Crossings, AreFoundAndNamed) {
    add(GetParam().file, GetParam().text);
    const std::vector<Violation> violations = look();
    ASSERT_FALSE(violations.empty());
    for (const Violation& violation : violations)
        EXPECT_EQ(violation.rule, GetParam().rule) << violation.message;
    EXPECT_TRUE(std::any_of(violations.begin(), violations.end(), [](const Violation& violation) {
        return violation.file == GetParam().file &&
               violation.message.find(GetParam().file) != std::string::npos;
    })) << sentences(violations);
}

constexpr Crossing kCrossings[] = {
    {"QtClassInCore", "core/engine/evaluator.cpp", "#include <QString>\n", "core-qt"},
    {"QtModuleInCore", "core/picture/decode.cpp", "  #  include <QtCore/qglobal.h>\n", "core-qt"},
    {"OpenCvInNetworks", "core/networks/expert.cpp", "#include <opencv2/core.hpp>\n",
     "torch-alone"},
    {"JsonInNetworks", "core/networks/expert.cpp", "#include <nlohmann/json.hpp>\n", "torch-alone"},
    {"OpenSslInCheckpoint", "core/checkpoint/pickle.h", "#include <openssl/evp.h>\n",
     "torch-alone"},
    {"TorchInPicture", "core/picture/decode.cpp", "#include <torch/types.h>\n", "picture-torch"},
    {"OpenCvInPanel", "core/panel/networks.h", "#include <opencv2/core.hpp>\n", "panel-opencv"},
    {"TorchInBase", "core/base/digest.cpp", "#include <torch/types.h>\n", "base-alone"},
    {"JsonInBase", "core/base/digest.cpp", "#include <nlohmann/json.hpp>\n", "base-alone"},
    {"TorchInOpinion", "core/opinion/opinion.cpp", "#include <c10/util/Half.h>\n", "plain-opinion"},
    {"HttpInEngine", "core/engine/evaluator.cpp", "#include <httplib.h>\n", "network"},
    {"HttpInHeader", "core/training/exchange.h", "#pragma once\n#include <httplib.h>\n", "network"},
    {"HttpInApp", "app/dfd.cpp", "#include <httplib.h>\n", "network"},
    {"UpwardsInCore", "core/picture/decode.cpp", "#include \"core/engine/evaluator.h\"\n",
     "direction"},
    {"UpwardsByRelativePath", "core/networks/expert.cpp", "#include \"../checkpoint/pickle.h\"\n",
     "direction"},
    {"UpwardsInAngleBrackets", "core/networks/expert.cpp", "#include <core/checkpoint/pickle.h>\n",
     "direction"},
    {"CoreIncludesUi", "core/engine/evaluator.cpp", "#include \"ui/main_window.h\"\n", "direction"},
    {"AppIncludesTests", "app/dfd.cpp", "#include \"tests/engine/helper.h\"\n", "direction"},
    {"TorchInUi", "ui/model.cpp", "#include <torch/torch.h>\n", "ui-torch-opencv"},
    {"OpenCvInApp", "app/dfd.cpp", "#include <opencv2/core/version.hpp>\n", "ui-torch-opencv"},
    {"TorchThroughCoreInUi", "ui/model.cpp", "#include \"core/panel/networks.h\"\n",
     "ui-torch-opencv"},
    {"TorchThroughTheBenchmarkInApp", "app/dfd.cpp", "#include \"app/bench/speed.h\"\n",
     "ui-torch-opencv"},
    {"UpwardsBetweenRooms", "core/casework/store/case_file.cpp",
     "#include \"core/casework/report/report.h\"\n", "room"},
    {"UpwardsBetweenRoomsOfTheWindow", "ui/look/icons.h", "#include \"ui/main_window.h\"\n",
     "room"},
    {"RoomWithoutPlace", "core/casework/misc/tools.cpp", "#include <vector>\n", "unknown-room"},
    {"FileBesideTheRooms", "core/casework/tools.cpp", "#include <vector>\n", "unknown-room"},
    {"RoomInUndividedLayer", "core/engine/misc/tools.cpp", "#include <vector>\n", "unknown-room"},
    {"InternalToAnotherLayer", "core/engine/evaluator.cpp", "#include \"core/picture/bytes.h\"\n",
     "internal"},
    {"InternalToARoom", "ui/model.cpp", "#include \"core/casework/report/lines.h\"\n", "internal"},
    {"InternalInOtherWords", "core/engine/tools.h",
     "// Tools. Internal to core/engine; plain C++.\n#pragma once\n", "internal-words"},
    {"InternalToAFolderElsewhere", "core/engine/tools.h",
     "// Tools.\n// Internal to core/panel.\n#pragma once\n", "internal-words"},
    {"NewLayerWithoutPlace", "core/misc/tools.cpp", "#include <vector>\n", "unknown-layer"},
    {"HeaderWithoutGuard", "ui/model.h", "#include <vector>\n", "pragma-once"},
    {"StrangerAtTheTop", "scripts/tool.txt", "A tool.\n", "top-level"},
};

INSTANTIATE_TEST_SUITE_P(Walls, Crossings, testing::ValuesIn(kCrossings),
                         [](const auto& each) { return std::string(each.param.what); });

TEST_F(SmallHouse, ContractThatShowsOpenCvIsFound) {
    add("core/picture/picture.h", "#include <opencv2/core/mat.hpp>\n");
    const std::vector<Violation> violations = look();
    ASSERT_EQ(violations.size(), 1U) << sentences(violations);
    EXPECT_EQ(violations[0].rule, "public-header");
    EXPECT_EQ(violations[0].file, "core/picture/picture.h");
}

TEST_F(SmallHouse, InternalHeaderBecomesPublicByBeingIncludedFromOutside) {
    write("core/training/train.cpp", "#include \"core/engine/batch.h\"\n");
    const std::vector<Violation> violations = look();
    ASSERT_EQ(violations.size(), 1U) << sentences(violations);
    EXPECT_EQ(violations[0].rule, "public-header");
    EXPECT_EQ(violations[0].file, "core/engine/batch.h");
}

TEST_F(SmallHouse, RoomsUseOnlyRoomsListedAboveThem) {
    constexpr std::array kCircle{
        Room{"core/casework/store", "report"},
        Room{"core/casework/report", "store"},
        Room{"ui/look", ""},
        Room{"ui", "look"},
        Room{"app/bench", ""},
        Room{"app", "bench"},
    };
    const std::vector<Violation> violations = check(root_, repository_files(root_), kCircle);
    ASSERT_EQ(violations.size(), 1U) << sentences(violations);
    EXPECT_EQ(violations[0].rule, "room-order");
    EXPECT_EQ(violations[0].file, "core/casework/store");
}

TEST_F(SmallHouse, LargeFileIsFound) {
    write("models/starter/weights.safetensors", "");
    fs::resize_file(root_ / "models/starter/weights.safetensors", 20'000'000);
    EXPECT_TRUE(look().empty()) << sentences(look());
    fs::resize_file(root_ / "models/starter/weights.safetensors", 20'000'001);
    const std::vector<Violation> violations = look();
    ASSERT_EQ(violations.size(), 1U) << sentences(violations);
    EXPECT_EQ(violations[0].rule, "file-size");
}

TEST_F(SmallHouse, BuildAndDotFoldersDoNotBelongToIt) {
    write("build/release/moc_window.h", "#include <QString>\n");
    write(".cache/index.h", "#include <QString>\n");
    EXPECT_TRUE(look().empty()) << sentences(look());
}

}  // namespace
}  // namespace dfd::walls
