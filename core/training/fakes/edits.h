// Fourteen ways of falsifying a part of a photograph, at its own resolution.
#pragma once

#include <array>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>

#include "core/base/dice.h"
#include "core/training/fakes/edit_region.h"

namespace dfd {

enum class EditKind {
    Splice,       ///< a part of another photograph: scaled, rotated, blended
    CopyMove,     ///< a part of the same photograph, possibly scaled and rotated
    Inpaint,      ///< a part filled from its surroundings
    Blur,         ///< Gaussian, median, bilateral or motion blur
    Noise,        ///< grain added
    Sharpen,      ///< unsharp masking
    Resample,     ///< a part enlarged or turned in place
    Warp,         ///< a part pushed, pinched or swollen
    Resynthesis,  ///< a part scaled down and up again
    Colour,       ///< a part's brightness, contrast, hue or saturation changed
    SelfBlend,    ///< a part on itself, hardly moved, turned and recoloured
    FaceSwap,     ///< another photograph's face in its colours over the face that is there
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
    cv::Mat edited;  ///< 8-bit BGR, the size of the original; equal to it farther than a
                     ///< feathered edge (16 pixels) from the mask
    cv::Mat mask;    ///< 8-bit, 255 where edited (the middle of a feathered edge), else 0
    Blending blending = Blending::Hard;  ///< of the new pixels into the old
};

/// What an edit may take from elsewhere. Both pictures are 8-bit BGR and not written to.
struct EditMaterial {
    cv::Mat donor;        ///< another photograph of at least 96 x 96, for splices and face swaps
    cv::Rect face;        ///< a face of the original; empty: none is known
    cv::Rect donor_face;  ///< a face of the donor
};

/// How large an edited part may be: shares of the picture's shorter side.
struct EditSize {
    double smallest = 0.2;
    double largest = 0.55;
};

/// Edits a random part of `original` (8-bit BGR, at least 96 x 96, not written to). Nothing comes
/// back when a few attempts left the pixels almost as they were (blurring a clear sky), because
/// there would be nothing to find, or when the material lacks what the kind needs (a face swap
/// wants faces of at least 40 pixels on both sides). Thread-safe; the same dice give the same edit.
[[nodiscard]] std::optional<Edit> make_edit(const cv::Mat& original, const EditMaterial& material,
                                            EditKind kind, Dice& dice, const EditSize& size = {});

}  // namespace dfd
