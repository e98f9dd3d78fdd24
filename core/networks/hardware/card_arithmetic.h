// Numerical precision of GPU computation. Process-wide; does not affect the CPU.
#pragma once

namespace dfd {

enum class CardArithmetic {
    /// Full float32 products (no TF32), float32 sums of half-precision products, and deterministic
    /// convolution algorithms.
    Exact,
    /// LibTorch's defaults: TF32 in convolutions, reduced-precision sums, any algorithm.
    LibTorchs,
};

/// Must not be called while a GPU computation is running.
void use_card_arithmetic(CardArithmetic arithmetic);

/// LibTorch's defaults while it exists, for training steps; exact arithmetic afterwards.
class LibTorchsCardArithmetic {
  public:
    LibTorchsCardArithmetic() { use_card_arithmetic(CardArithmetic::LibTorchs); }
    ~LibTorchsCardArithmetic() { use_card_arithmetic(CardArithmetic::Exact); }
    LibTorchsCardArithmetic(const LibTorchsCardArithmetic&) = delete;
    LibTorchsCardArithmetic& operator=(const LibTorchsCardArithmetic&) = delete;
};

}  // namespace dfd
