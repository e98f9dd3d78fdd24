// Fourteen kinds of local image manipulation, at native resolution.
#pragma once

#include <array>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>

#include "core/base/dice.h"
#include "core/training/fakes/edit_region.h"

namespace dfd {

enum class EditKind {
    Splice,       ///< a part of another photograph, scaled, rotated and blended in
    CopyMove,     ///< a part of the same photograph, possibly scaled and rotated
    Inpaint,      ///< a part inpainted from its surroundings
    Blur,         ///< Gaussian, median, bilateral or motion blur
    Noise,        ///< added grain
    Sharpen,      ///< unsharp masking
    Resample,     ///< a part enlarged or rotated in place
    Warp,         ///< a part pushed, pinched or bulged
    Resynthesis,  ///< a part scaled down and up again
    Colour,       ///< a part's brightness, contrast, hue or saturation changed
    SelfBlend,    ///< a part blended into itself, slightly shifted, rotated and recoloured
    FaceSwap,     ///< another photograph's face, colour-matched, over the existing face
    Background,   ///< everything around the foreground in one colour
    MaskedOut,    ///< a part in one colour
};
inline constexpr std::array kEditKinds{
    EditKind::Splice,      EditKind::CopyMove, EditKind::Inpaint,   EditKind::Blur,
    EditKind::Noise,       EditKind::Sharpen,  EditKind::Resample,  EditKind::Warp,
    EditKind::Resynthesis, EditKind::Colour,   EditKind::SelfBlend, EditKind::FaceSwap,
    EditKind::Background,  EditKind::MaskedOut};
[[nodiscard]] const char* edit_name(EditKind kind);  ///< "splice", "copy-move", ...
[[nodiscard]] std::optional<EditKind> find_edit(const std::string& name);

struct Edit {
    cv::Mat edited;  ///< 8-bit BGR, the original's size; identical to the original beyond the width
                     ///< of a feathered edge (16 pixels) from the mask
    cv::Mat mask;    ///< 8-bit, 255 where edited (the middle of a feathered edge), else 0
    Blending blending = Blending::Hard;  ///< of the new pixels into the old
};

/// Inputs of an edit besides the picture. Both pictures are 8-bit BGR and are not modified.
struct EditMaterial {
    cv::Mat donor;        ///< another photograph of at least 96 x 96, for splices and face swaps
    cv::Rect face;        ///< a face in the original; empty: none known
    cv::Rect donor_face;  ///< a face in the donor
};

/// Size of an edited part, as shares of the picture's shorter side.
struct EditSize {
    double smallest = 0.2;
    double largest = 0.55;
};

/// Edits a random part of `original` (8-bit BGR, at least 96 x 96, not modified). Returns nothing
/// when a few attempts barely changed the pixels (blurring a clear sky), or when the material lacks
/// what the kind needs (a face swap needs faces of at least 40 pixels in both pictures).
/// Thread-safe; deterministic for equal dice.
[[nodiscard]] std::optional<Edit> make_edit(const cv::Mat& original, const EditMaterial& material,
                                            EditKind kind, Dice& dice, const EditSize& size = {});

}  // namespace dfd
