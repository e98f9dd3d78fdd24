// Pixels that stand where a picture's own are taken away. Sees torch.
#pragma once

#include <torch/types.h>

#include <span>
#include <vector>

namespace dfd {

/// [H,W,3] uint8 -> the same, blurred until nothing but its rough colours is left: reduced with
/// antialiasing to at most 4 pixels along the longer side, enlarged bilinearly, rounded to 8 bits.
[[nodiscard]] torch::Tensor softened(const torch::Tensor& rgb);

/// [1,3,H,W] twice -> [B,3,H,W]: `picture` with `removed[b]`'s cells taken from `fill`. Cells are
/// numbered row by row; edges are in the tensor's pixels, 0 first and the size last.
[[nodiscard]] torch::Tensor with_cells_removed(const torch::Tensor& picture,
                                               const torch::Tensor& fill,
                                               std::span<const std::vector<int>> removed,
                                               std::span<const int> row_edges,
                                               std::span<const int> column_edges);

}  // namespace dfd
