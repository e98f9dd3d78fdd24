// Fuzzing with reproducible damaged copies of small files: never a crash, and never wrong numbers
// from containers with checksums.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <random>

#include "core/checkpoint/torch_checkpoint.h"
#include "tests/checkpoint/temporary_folder.h"

namespace dfd {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr int kRounds = 1500;
#else
constexpr int kRounds = 6000;
#endif

std::string original(const std::string& name) {
    return test::file_bytes(std::filesystem::path(DFD_TEST_DATA) / "checkpoints" / name);
}

/// One to four changes: flipped bits, other bytes, zeroed runs, cuts, repeats, extreme numbers.
std::string mutated(std::string bytes, std::mt19937& random) {
    const auto below = [&](std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
    };
    const auto changes = 1 + below(4);
    for (std::size_t i = 0; i < changes && bytes.size() > 8; ++i) {
        const auto at = below(bytes.size());
        const auto length = std::min<std::size_t>(1 + below(8), bytes.size() - at);
        switch (below(7)) {
            case 0:
            case 1:
                bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
                break;
            case 2:
                bytes[at] = static_cast<char>(below(256));
                break;
            case 3:
                bytes.replace(at, length, length, '\0');
                break;
            case 4:
                bytes.replace(at, length, length, '\xff');
                break;
            case 5:
                bytes.resize(at);
                break;
            default:
                bytes.insert(at, bytes.substr(below(bytes.size()), length));
        }
    }
    return bytes;
}

bool same(const StateDict& a, const StateDict& b) {
    if (a.size() != b.size())
        return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i].first != b[i].first || a[i].second.scalar_type() != b[i].second.scalar_type() ||
            !a[i].second.equal(b[i].second))
            return false;
    return true;
}

/// Reads every element, so that a sanitizer detects a view outside its memory.
double touch(const torch::Tensor& tensor) {
    return tensor.to(torch::kFloat64).sum().item<double>();
}

class Mutation : public testing::TestWithParam<const char*> {
  protected:
    test::TemporaryFolder folder;
    std::filesystem::path file = folder / "mutated.pth";
    std::mt19937 random{20240721};
};

class ChecksummedMutation : public Mutation {};

TEST_P(ChecksummedMutation, IsRefusedOrChangesNothing) {
    const auto bytes = original(GetParam());
    test::write_bytes(file, bytes);
    const auto truth = read_state_dict(file);
    int refused = 0;
    for (int round = 0; round < kRounds; ++round) {
        const auto changed = mutated(bytes, random);
        test::write_bytes(file, changed);
        try {
            ASSERT_TRUE(same(read_state_dict(file), truth)) << "other numbers in round " << round;
        } catch (const CheckpointError& error) {
            ++refused;
            ASSERT_GT(std::string(error.what()).size(), 20u);
        }
    }
    EXPECT_GT(refused, kRounds / 2);
}

INSTANTIATE_TEST_SUITE_P(Zip, ChecksummedMutation, testing::Values("weight_cuda.pth", "views.pth"),
                         [](const auto& info) {
                             const std::string name = info.param;
                             return name.substr(0, name.find('.'));
                         });

class AnyMutation : public Mutation {};

TEST_P(AnyMutation, IsReadOrRefused) {
    const auto bytes = original(GetParam());
    int refused = 0;
    for (int round = 0; round < kRounds; ++round) {
        test::write_bytes(file, mutated(bytes, random));
        try {
            for (const auto& [name, tensor] : read_state_dict(file))
                touch(tensor);
        } catch (const CheckpointError&) {
            ++refused;
        }
        try {
            for (const auto& [index, state] : read_ema_state(file))
                for (const auto& tensor : state.shadow)
                    touch(tensor);
        } catch (const CheckpointError&) {
            ++refused;
        }
    }
    EXPECT_GT(refused, kRounds);  // each file is valid as one of the two kinds at most
}

INSTANTIATE_TEST_SUITE_P(Files, AnyMutation,
                         testing::Values("weight_legacy.pth", "ema_cuda.state", "hostile.pth"),
                         [](const auto& info) {
                             const std::string name = info.param;
                             return name.substr(0, name.find('.'));
                         });

class PickleMutation : public testing::Test {
  protected:
    test::TemporaryFolder folder;
    std::filesystem::path file = folder / "mutated.pth";
    std::mt19937 random{20240722};
};

TEST_F(PickleMutation, IsReadOrRefusedWithoutAChecksum) {
    // The container's checksum would reject most of these before the pickle is parsed. The legacy
    // container has none, so the parser sees the damage.
    const auto bytes = original("weight_legacy.pth");
    const auto objects = bytes.find("ccollections");
    ASSERT_NE(objects, std::string::npos);
    int refused = 0;
    for (int round = 0; round < kRounds; ++round) {
        auto changed = bytes;
        for (int i = 0; i < 2; ++i) {
            const auto at = objects + std::uniform_int_distribution<std::size_t>(0, 1700)(random);
            changed[at] = static_cast<char>(std::uniform_int_distribution<int>(0, 255)(random));
        }
        test::write_bytes(file, changed);
        try {
            for (const auto& [name, tensor] : read_state_dict(file))
                touch(tensor);
        } catch (const CheckpointError&) {
            ++refused;
        }
    }
    EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace dfd
