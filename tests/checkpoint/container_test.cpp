// Zip containers that torch.save never writes: each is refused before memory is allocated.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <limits>

#include "core/checkpoint/torch_checkpoint.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/checkpoint/torch_writer.h"
#include "tests/says.h"

namespace dfd {
namespace {

using test::EntryFaults;
using test::TorchZipWriter;
namespace op = test::op;

constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();

std::string floats(const std::vector<float>& values) {
    std::string bytes;
    for (const float value : values)
        bytes += test::raw(value);
    return bytes;
}

class Container : public testing::Test {
  protected:
    [[nodiscard]] std::string read(const std::filesystem::path& path) const {
        return test::sentence_of<CheckpointError>([&] { (void)read_state_dict(path); });
    }
    /// A file with one tensor "t" of this view over a record of four floats.
    [[nodiscard]] std::string view(std::int64_t elements, std::int64_t offset,
                                   const std::vector<std::int64_t>& sizes,
                                   const std::vector<std::int64_t>& strides) const {
        test::write_torch_zip(
            file,
            op::state_dict(op::text("t") +
                           op::tensor("0", "FloatStorage", elements, offset, sizes, strides)),
            {floats({1, 2, 3, 4})});
        return read(file);
    }
    /// A valid file except for the given faults in its only record.
    [[nodiscard]] std::string with(const EntryFaults& faults) const {
        TorchZipWriter out(file);
        out.add("data.pkl", op::state_dict(op::text("t") + op::tensor("0", torch::kFloat32, {4})));
        out.add("data/0", floats({1, 2, 3, 4}), faults);
        out.finish();
        return read(file);
    }

    test::TemporaryFolder folder;
    std::filesystem::path file = folder / "weights.pth";
};

TEST_F(Container, OwnWriterIsReadable) {
    test::write_torch_zip(file,
                          op::state_dict(op::text("t") + op::tensor("0", torch::kFloat32, {2, 2}) +
                                         op::text("n") + op::tensor("1", torch::kInt64, {})),
                          {floats({1, 2, 3, 4}), test::raw<std::int64_t>(7)});
    const auto tensors = read_state_dict(file);
    ASSERT_EQ(tensors.size(), 2u);
    EXPECT_TRUE(tensors[0].second.equal(torch::tensor({{1.f, 2.f}, {3.f, 4.f}})));
    EXPECT_EQ(tensors[1].second.item<std::int64_t>(), 7);
}

TEST_F(Container, ViewsInsideTheirStorageAreRead) {
    EXPECT_EQ(view(4, 1, {3}, {1}), "(nothing was thrown)");
    EXPECT_EQ(view(4, 0, {2, 2}, {1, 2}), "(nothing was thrown)");
    EXPECT_EQ(view(4, 4, {0}, {1}), "(nothing was thrown)");
    EXPECT_EQ(view(4, 3, {}, {}), "(nothing was thrown)");
}

TEST_F(Container, ViewsOutsideTheirStorageAreRefused) {
    const std::vector<std::string> sentences{
        view(4, 0, {5}, {1}),
        view(4, 1, {4}, {1}),
        view(4, -1, {2}, {1}),
        view(4, kMost, {1}, {1}),
        view(4, kLeast, {1}, {1}),
        view(4, 0, {2}, {4}),
        view(4, 3, {2}, {-1}),
        view(4, 0, {2}, {kMost}),
        view(4, 0, {2}, {kLeast}),
        view(4, 0, {-1}, {1}),
        view(4, 0, {kMost}, {0}),            // one element, repeated kMost times
        view(4, 0, {kMost, kMost}, {0, 0}),  // overflows 64 bits
        view(4, 0, {1LL << 32, 1LL << 32}, {1, 1}),
        view(4, 0, {2, 2}, {1}),  // fewer strides than sizes
        view(4, 0, std::vector<std::int64_t>(40, 1), std::vector<std::int64_t>(40, 1)),
        view(4, 5, {0}, {1})};
    for (std::size_t i = 0; i < sentences.size(); ++i) {
        SCOPED_TRACE(i);
        EXPECT_SAYS(sentences[i], "the tensor \"t\"");
        EXPECT_SAYS(sentences[i], "exceeds its storage");
    }
}

TEST_F(Container, AStorageLargerThanItsRecordIsRefusedBeforeItIsRead) {
    EXPECT_SAYS(view(5, 0, {5}, {1}), "16 bytes, expected 5 elements");
    EXPECT_SAYS(view(3, 0, {3}, {1}), "16 bytes, expected 3 elements");
    EXPECT_SAYS(view(kMost, 0, {kMost}, {1}), "elements of 4 bytes");
}

TEST_F(Container, AMissingRecordNamesItsTensor) {
    test::write_torch_zip(
        file, op::state_dict(op::text("t") + op::tensor("9", torch::kFloat32, {4})), {"1234"});
    EXPECT_SAYS(read(file), "of the tensor \"t\" is missing");
}

TEST_F(Container, TwoTensorsOfOneNameAreRefused) {
    const auto item = op::text("t") + op::tensor("0", torch::kFloat32, {1});
    test::write_torch_zip(file, op::state_dict(item + item), {"1234"});
    EXPECT_SAYS(read(file), "occurs twice");
}

TEST_F(Container, EntriesWithFaultsAreRefused) {
    ASSERT_EQ(with({}), "(nothing was thrown)");
    EXPECT_SAYS(with({.method = 8}), "compressed");
    EXPECT_SAYS(with({.central_offset_shift = 64}), "wrong offset");
    EXPECT_SAYS(with({.central_offset_shift = 1 << 30}), "outside the file");
    EXPECT_SAYS(with({.central_size_shift = 1 << 20}), "outside the file");
    EXPECT_SAYS(with({.central_size_shift = 4}), "20 bytes, expected 4 elements");
    EXPECT_SAYS(with({.central_name = "data/7"}), "wrong offset");
    EXPECT_SAYS(with({.wrong_crc = true}), "the tensor \"t\" does not match its checksum");
}

TEST_F(Container, OverlappingEntriesAreRefused) {
    TorchZipWriter out(file);
    out.add("data.pkl", op::state_dict(op::text("t") + op::tensor("0", torch::kFloat32, {4})));
    out.add("data/0", floats({1, 2, 3, 4}), {.central_size_shift = 100});
    out.add("data/1", std::string(200, 'x'));
    out.finish();
    EXPECT_SAYS(read(file), "overlaps");
}

TEST_F(Container, AnEntryNamedTwiceIsRefused) {
    TorchZipWriter out(file);
    out.add("data.pkl", op::state_dict(op::text("t") + op::tensor("0", torch::kFloat32, {1})));
    out.add("data/0", "1234");
    out.add("data/0", "5678");
    out.finish();
    EXPECT_SAYS(read(file), "twice");
}

TEST_F(Container, AnOmittedChecksumIsAcceptedOnlyWhenOmittedEverywhere) {
    EXPECT_EQ(with({.no_crc = true}), "(nothing was thrown)");
    // Zero only in the directory: the data descriptor still contradicts.
    ASSERT_EQ(with({}), "(nothing was thrown)");
    auto bytes = test::file_bytes(file);
    const auto row = bytes.find("archive/data/0", bytes.find("PK\x01\x02")) - 46;
    bytes.replace(row + 16, 4, std::string(4, '\0'));
    test::write_bytes(file, bytes);
    EXPECT_SAYS(read(file), "checksum");
}

TEST_F(Container, OtherKindsOfFilesAreRecognised) {
    const auto says = [&](const std::string& bytes, const char* part) {
        test::write_bytes(file, bytes);
        EXPECT_SAYS(read(file), part);
    };
    says("\x80\x02}q\x01.", "plain pickle");
    says("{\"error\": 403}", "JSON");
    says(std::string("\x1f\x8b\x08") + "xxxx", "packed archive");
    says("just some text", "not written by torch.save");
    says("PK\x03\x04", "cut off");
    {
        TorchZipWriter out(file, "");
        out.add("readme.txt", "hello");
        out.finish();
    }
    EXPECT_SAYS(read(file), "not written by torch.save");
    {
        TorchZipWriter out(file);
        out.add("data.pkl", op::state_dict(""));
        out.add("constants.pkl", "\x80\x02).");
        out.finish();
    }
    EXPECT_SAYS(read(file), "TorchScript");
    {
        TorchZipWriter out(file);
        out.add("data.pkl", op::state_dict(op::text("t") + op::tensor("0", torch::kFloat32, {1})));
        out.add("data/0", "1234");
        out.add("byteorder", "big");
        out.finish();
    }
    EXPECT_SAYS(read(file), "big-endian");
}

TEST_F(Container, ATrainingCheckpointIsNotAStateDict) {
    test::write_torch_zip(file, op::kStart + "}(" + op::text("epoch") + op::integer(3) + "u.", {});
    EXPECT_SAYS(read(file), "its entry \"epoch\" is an integer");
    test::write_torch_zip(file, op::kStart + "}.", {});
    EXPECT_SAYS(read(file), "it is empty");
    test::write_torch_zip(file, op::kStart + "].", {});
    EXPECT_SAYS(read(file), "a list, not a dict");
}

TEST_F(Container, ATensorNameCannotBreakTheSentence) {
    test::write_torch_zip(file,
                          op::state_dict(op::text("a\n\x1b[31m\xff" + std::string(500, 'x')) +
                                         op::tensor("0", "FloatStorage", 1, 5, {1}, {1})),
                          {"1234"});
    const auto sentence = read(file);
    EXPECT_EQ(sentence.find('\n'), std::string::npos);
    EXPECT_EQ(sentence.find('\x1b'), std::string::npos);
    EXPECT_LT(sentence.size(), 700u);
}

TEST_F(Container, EmaFieldsAreChecked) {
    const auto read_ema = [&](const std::string& entry) {
        test::write_torch_zip(file, op::kStart + "}(" + op::integer(0) + entry + "u.", {"1234"});
        return test::sentence_of<CheckpointError>([&] { (void)read_ema_state(file); });
    };
    const auto tensor = op::tensor("0", torch::kFloat32, {1});
    const auto entry = [&](const std::string& decay, const std::string& updates,
                           const std::string& shadow) {
        return "}(" + op::text("decay") + decay + op::text("num_updates") + updates +
               op::text("shadow_params") + shadow + op::text("collected_params") + "Nu";
    };
    EXPECT_EQ(read_ema(entry(op::real(0.995), "N", "](" + tensor + "e")), "(nothing was thrown)");
    EXPECT_SAYS(read_ema(entry(op::real(1.5), "N", "](" + tensor + "e")), "\"decay\"");
    EXPECT_SAYS(read_ema(entry(op::real(0.9), op::text("x"), "](" + tensor + "e")),
                "\"num_updates\"");
    EXPECT_SAYS(read_ema(entry(op::real(0.9), "N", "](NNe")), "0.shadow_params[0] is None");
    EXPECT_SAYS(read_ema(entry(op::real(0.9), "N", tensor)), "\"shadow_params\"");
    EXPECT_SAYS(read_ema("}"), "has no \"decay\"");
}

}  // namespace
}  // namespace dfd
