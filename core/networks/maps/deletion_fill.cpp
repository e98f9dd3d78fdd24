#include "core/networks/maps/deletion_fill.h"

#include <ATen/ops/_upsample_bilinear2d_aa.h>
#include <ATen/ops/upsample_bilinear2d.h>

#include <algorithm>
#include <cmath>

#include "core/networks/experts/preprocess.h"

namespace dfd {
namespace {

constexpr std::int64_t kSoftSide = 4;

/// Number of pixels of each cell.
torch::Tensor widths(std::span<const int> edges) {
    std::vector<std::int64_t> sizes;
    for (std::size_t i = 1; i < edges.size(); ++i)
        sizes.push_back(edges[i] - edges[i - 1]);
    return torch::tensor(sizes, torch::kInt64);
}

}  // namespace

torch::Tensor softened(const torch::Tensor& rgb) {
    const auto height = rgb.size(0), width = rgb.size(1);
    const double ratio = std::min(
        1.0, static_cast<double>(kSoftSide) / static_cast<double>(std::max(height, width)));
    const auto reduced = [&](std::int64_t side) {
        return std::max<std::int64_t>(1, std::llround(static_cast<double>(side) * ratio));
    };
    const auto planes = rgb.permute({2, 0, 1}).unsqueeze(0).to(torch::kFloat32);
    const auto rough = at::_upsample_bilinear2d_aa(planes, {reduced(height), reduced(width)}, false,
                                                   c10::nullopt, c10::nullopt);
    return rounded_rgb(
        at::upsample_bilinear2d(rough, {height, width}, false, c10::nullopt, c10::nullopt));
}

torch::Tensor with_cells_removed(const torch::Tensor& picture, const torch::Tensor& fill,
                                 std::span<const std::vector<int>> removed,
                                 std::span<const int> row_edges,
                                 std::span<const int> column_edges) {
    const auto columns = static_cast<std::int64_t>(column_edges.size()) - 1;
    const auto rows = static_cast<std::int64_t>(row_edges.size()) - 1;
    auto cells =
        torch::zeros({static_cast<std::int64_t>(removed.size()), rows * columns}, torch::kBool);
    auto* flag = cells.data_ptr<bool>();
    for (const auto& one : removed) {
        for (const int cell : one)
            flag[cell] = true;
        flag += rows * columns;
    }
    const auto mask = cells.view({-1, 1, rows, columns})
                          .repeat_interleave(widths(row_edges), 2)
                          .repeat_interleave(widths(column_edges), 3)
                          .to(picture.device());
    return torch::where(mask, fill, picture);
}

}  // namespace dfd
