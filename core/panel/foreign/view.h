// What an expert that is no network of ours reads of a picture, made as its manifest says. Plain
// C++.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/panel/foreign/manifest.h"
#include "core/picture/pixels/pixels.h"

namespace dfd {

/// A part of a picture, in its pixels.
struct Area {
    double left = 0, top = 0, right = 0, bottom = 0;
};

/// Pixels as an expert reads them, before they are scaled: of the whole picture or of a crop of it.
/// Interleaved RGB, levels 0 .. 255, in one of two forms.
struct View {
    int width = 0;
    int height = 0;
    std::vector<float> rgb = {};           ///< as models read it: not always whole numbers
    Area area = {};                        ///< where in the picture it lies
    std::vector<std::uint8_t> bytes = {};  ///< as programs read it
};

/// The views of a picture: one, or one for each crop. Blocks for about as long as resizing takes.
/// Throws std::invalid_argument with a sentence for a picture that is smaller than a crop.
[[nodiscard]] std::vector<View> views_of(const Pixels& picture, const ForeignInput& input);

/// Share of the picture that the views cover, 0 .. 1. Views of a model do not overlap unless they
/// have to.
[[nodiscard]] double share_of(const Pixels& picture, std::span<const View> views);

/// The tensor [1,3,height,width] (or [1,height,width,3]) of a view.
[[nodiscard]] std::vector<float> tensor_of(const View& view, const ForeignInput& input);

/// The picture resized: interleaved RGB. `antialias` and `rounded`: as Pillow does it, value for
/// value (first across, then down, rounded to 0 .. 255 after each). `antialias` alone: as PyTorch's
/// `interpolate` does it for float tensors (align_corners off), up to rounding of float32. Without
/// `antialias` kernels have one width and cubic has a = -0.75 instead of -0.5, as in PyTorch and
/// OpenCV; "rounded" then rounds once, at the end.
[[nodiscard]] std::vector<float> resized(const Pixels& picture, int width, int height,
                                         Kernel kernel, bool antialias, bool rounded);

}  // namespace dfd
