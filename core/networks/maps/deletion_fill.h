// Replacement pixels for the cells that a deletion test removes. Depends on torch.
#pragma once

#include <torch/types.h>

#include <span>
#include <vector>

namespace dfd {

/// [H,W,3] uint8 -> the same shape, strongly blurred so that only rough colours remain: reduced
/// with antialiasing to at most 4 pixels along the longer side, enlarged bilinearly and rounded to
/// 8 bits.
[[nodiscard]] torch::Tensor softened(const torch::Tensor& rgb);

/// Two tensors [1,3,H,W] -> [B,3,H,W]: copies of `picture` in which the cells `removed[b]` come
/// from `fill`. Cells are numbered row by row; edges are in the tensor's pixels, from 0 to the
/// size.
[[nodiscard]] torch::Tensor with_cells_removed(const torch::Tensor& picture,
                                               const torch::Tensor& fill,
                                               std::span<const std::vector<int>> removed,
                                               std::span<const int> row_edges,
                                               std::span<const int> column_edges);

}  // namespace dfd
