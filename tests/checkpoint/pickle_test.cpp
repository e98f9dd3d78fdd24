#include "core/checkpoint/pickle.h"

#include <gtest/gtest.h>

#include "core/checkpoint/torch_checkpoint.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/checkpoint/torch_writer.h"
#include "tests/says.h"

namespace dfd {
namespace {

using pickle::Kind;
namespace op = test::op;

std::string refusal(const std::string& bytes) {
    return test::sentence_of<CheckpointError>([&] { (void)pickle::parse(bytes, "\"f\""); });
}
TEST(Pickle, NumbersOfEveryWidth) {
    const std::vector<std::pair<std::string, std::int64_t>> cases{
        {std::string("K\xff"), 255},
        {std::string("M\x34\x12"), 0x1234},
        {"J" + test::raw<std::int32_t>(-5), -5},
        {std::string("\x8a\x00", 2), 0},
        {std::string("\x8a\x01\xff"), -1},
        {std::string("\x8a\x02\xff\x00", 4), 255},
        {"\x8a\x08" + test::raw<std::int64_t>(INT64_MIN), INT64_MIN},
        {"\x8a\x05" + std::string("\x00\x00\x00\x00\x01", 5), 1LL << 32}};
    for (const auto& [bytes, value] : cases) {
        const auto whole = op::kStart + bytes + ".";
        const auto document = pickle::parse(whole, "");
        EXPECT_EQ(document.at(document.root).kind, Kind::Integer);
        EXPECT_EQ(document.at(document.root).integer, value);
    }
    const auto real = op::kStart + op::real(-0.1) + ".";
    const auto document = pickle::parse(real, "");
    EXPECT_EQ(document.at(document.root).real, -0.1);
}

TEST(Pickle, EveryNameThatIsNotNeededIsRefused) {
    for (const auto* name :
         {"posix\nsystem", "os\nsystem", "builtins\neval", "subprocess\nPopen", "torch\nload",
          "torch._utils\n_rebuild_tensor", "collections\ndefaultdict", "\nOrderedDict",
          "collections \nOrderedDict", "torch\nfloatstorage", "numpy.core.multiarray\nscalar"}) {
        const std::string global(name);
        const auto cut = global.find('\n');
        std::string shown = "\"";
        shown.append(global, 0, cut).append(".").append(global, cut + 1).append("\"");
        EXPECT_SAYS(refusal(op::kStart + "c" + global + "\n."), shown);
        // The old and the new way to name a global use the same allow list.
        EXPECT_SAYS(refusal(op::kStart + "(i" + global + "\n."), shown);
        EXPECT_SAYS(refusal("\x80\x04" + op::text(global.substr(0, cut)) +
                            op::text(global.substr(cut + 1)) + "\x93."),
                    shown);
    }
}

TEST(Pickle, InstructionsThatBuildObjectsAreRefused) {
    for (const char code : {'o', '\x81', '\x92', 'P', '\x82', '\x98', '0', '1', '2', '\xff'})
        EXPECT_SAYS(refusal(op::kStart + "(" + op::text("x") + code + "."), "pickle instruction");
}

TEST(Pickle, OnlyEmptyOrderedDictsAndTensorsAreCreated) {
    EXPECT_SAYS(refusal(op::kStart + "ctorch\nFloatStorage\n)R."), "calls a storage class");
    EXPECT_SAYS(refusal(op::kStart + "ccollections\nOrderedDict\n(]tR."), "with arguments");
    EXPECT_SAYS(refusal(op::kStart + op::text("x") + ")R."), "it calls a string");
    EXPECT_SAYS(refusal(op::kStart + "ctorch._utils\n_rebuild_tensor_v2\n)R."), "not described");
    EXPECT_SAYS(refusal(op::kStart + "ctorch._utils\n_rebuild_parameter\n(NtR."), "no tensor");
    EXPECT_SAYS(refusal(op::kStart + "(" + op::text("storage") + "tQ."), "not described");
    EXPECT_SAYS(refusal(op::kStart + "]}b."), "items are added to a list");
}

TEST(Pickle, CutOffAnywhereIsRefused) {
    const auto whole = op::state_dict(op::text("t") + op::tensor("0", torch::kFloat32, {2, 3}) +
                                      op::text("u") + op::tensor("1", torch::kInt64, {}));
    ASSERT_EQ(refusal(whole), "(nothing was thrown)");
    for (std::size_t size = 0; size < whole.size(); ++size)
        ASSERT_NE(refusal(whole.substr(0, size)), "(nothing was thrown)") << size;
}

TEST(Pickle, LengthsBeyondTheEndTakeNoMemory) {
    EXPECT_SAYS(refusal(op::kStart + "X" + test::raw<std::uint32_t>(0xFFFFFFFF) + "x."), "middle");
    EXPECT_SAYS(refusal(op::kStart + "\x8a\xff."), "middle");
    EXPECT_SAYS(refusal(op::kStart + "c" + std::string(100000, 'm') + "\nx\n."), "not terminated");
}

TEST(Pickle, DeepNestingAndCyclesDoNoHarm) {
    std::string nested = op::kStart;
    for (int i = 0; i < 500'000; ++i)
        nested += "](";
    nested += "]";
    for (int i = 0; i < 500'000; ++i)
        nested += "e";
    EXPECT_EQ(refusal(nested + "."), "(nothing was thrown)");
    // A list that contains itself.
    EXPECT_EQ(refusal(op::kStart + "]q" + std::string(1, '\0') + "h" + std::string(1, '\0') + "a."),
              "(nothing was thrown)");
    EXPECT_NE(refusal(op::kStart + std::string(1'000'000, '(') + "."), "(nothing was thrown)");
}

TEST(Pickle, BombsAreBounded) {
    // Each list contains the previous one ten times: 10^200 leaves when walked.
    std::string bomb = op::kStart + "]q" + std::string(1, '\0');
    for (unsigned char level = 1; level < 200; ++level) {
        bomb += "](";
        for (int i = 0; i < 10; ++i)
            bomb += std::string("h") + static_cast<char>(level - 1);
        bomb += std::string("eq") + static_cast<char>(level);
    }
    // The levels remain on the stack; only their number matters here.
    EXPECT_SAYS(refusal(bomb + "."), "unused objects");
    EXPECT_SAYS(refusal(op::kStart + std::string(3'000'000, 'N') + "."), "objects");
    // A long tuple that is passed repeatedly is only inspected, never copied.
    std::string arguments =
        op::kStart + "(" + std::string(1'000'000, 'N') + "tq" + std::string(1, '\0');
    EXPECT_SAYS(refusal(arguments + "Q."), "invalid arguments");
}

TEST(Pickle, UnknownReferencesAndUnusedObjectsAreRefused) {
    EXPECT_SAYS(refusal(op::kStart + "h\x05."), "undefined object");
    EXPECT_SAYS(refusal(op::kStart + "."), "unused objects");
    EXPECT_SAYS(refusal(op::kStart + "NN."), "unused objects");
    EXPECT_SAYS(refusal(op::kStart + "e."), "no start mark");
    EXPECT_SAYS(refusal(op::kStart + "}(Nu."), "no value");
    EXPECT_SAYS(refusal(op::kStart + "\x86."), "has no operand");
    EXPECT_SAYS(refusal("\x80\x09N."), "newer");
}

}  // namespace
}  // namespace dfd
