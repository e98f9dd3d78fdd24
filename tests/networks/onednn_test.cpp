// The oneDNN of the processor's executor, which may not be the only one in the process.
#include <dnnl.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <array>
#include <vector>

namespace {

constexpr std::int64_t kSide = 64;

TEST(OneDnn, IsTheVersionOfItsHeaders) {
    const auto* const version = dnnl_version();
    EXPECT_EQ((std::array{version->major, version->minor, version->patch}),
              (std::array{DNNL_VERSION_MAJOR, DNNL_VERSION_MINOR, DNNL_VERSION_PATCH}));
}

// On every x86-64 processor this runs a kernel that oneDNN makes at its first call, under
// std::call_once. A LibTorch with a oneDNN inside it exports an instance of that function.
TEST(OneDnn, MultipliesBesideLibTorch) {
    const std::vector<float> ones(kSide * kSide, 1.0f);
    std::vector<float> product(kSide * kSide, 0.0f);
    ASSERT_EQ(dnnl_sgemm('N', 'N', kSide, kSide, kSide, 1.0f, ones.data(), kSide, ones.data(),
                         kSide, 0.0f, product.data(), kSide),
              dnnl_success);
    EXPECT_EQ(product, std::vector<float>(kSide * kSide, kSide));
}

TEST(OneDnn, LeavesLibTorchsOwnAsItIs) {
    if (!at::globalContext().hasMKLDNN())
        GTEST_SKIP() << "This LibTorch was built without oneDNN.";
    const torch::NoGradGuard no_grad;
    const auto ones = torch::ones({kSide, kSide});
    const auto product = torch::linear(ones.to_mkldnn(), ones).to_dense();
    EXPECT_TRUE(torch::equal(product, torch::full({kSide, kSide}, float{kSide})));
}

}  // namespace
