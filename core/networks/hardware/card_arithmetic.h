// How exactly a graphics card multiplies. For the whole process; nothing here touches the
// processor.
#pragma once

namespace dfd {

enum class CardArithmetic {
    /// float32 products are float32 products (no TF32), half-precision ones are summed in float32,
    /// and convolutions use algorithms that give the same result every time.
    Exact,
    /// What LibTorch does unless told otherwise: TF32 in convolutions, any algorithm.
    LibTorchs,
};

/// Not while anything computes on a card.
void use_card_arithmetic(CardArithmetic arithmetic);

}  // namespace dfd
