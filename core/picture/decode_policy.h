// Alternative ways of decoding a file, to see how much a score depends on decoding. Plain C++.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/picture/picture.h"

namespace dfd {

enum class DecodePolicy {
    Reference,       ///< the pixels that experts are given and all scores refer to
    AsStored,        ///< EXIF orientation not applied
    Turned,          ///< EXIF orientation applied that the reference does not apply
    ProfileApplied,  ///< embedded colour profile converted to sRGB (perceptual intent)
    AlphaOnWhite,    ///< transparency composited on white instead of dropped
    OtherFrame,      ///< the middle frame or page instead of the first
    CentreSquare,    ///< the largest centred square, so that no input is stretched
    Grey,            ///< luma only (ITU-R BT.601)
};
/// Stable names for exports and file names: "reference", "as_stored", "turned",
/// "profile_applied", "alpha_on_white", "other_frame", "centre_square", "grey".
[[nodiscard]] const char* policy_name(DecodePolicy policy);

struct OtherDecoding {
    DecodePolicy policy = DecodePolicy::Reference;
    std::string sentence;  ///< what is done differently; English, for say_again()
};

/// Applies an EXIF orientation (1 .. 8) to stored pixels, as a viewer does; other numbers have no
/// effect. 6 and 8 are inverses of each other; all others are their own inverse.
[[nodiscard]] Pixels apply_orientation(const Pixels& stored, int orientation);
/// The pixels of `picture` with its orientation undone, as the file stores them.
[[nodiscard]] Pixels as_stored(const Picture& picture);

/// The alternative decodings that make a difference for this file; for example, AlphaOnWhite only
/// for files with transparency. Never includes Reference. Grey applies to every picture and is
/// included only with `grey`. `bytes` must be the bytes that `reference` was decoded from. Nothing
/// is decoded. Throws only when memory runs out.
[[nodiscard]] std::vector<OtherDecoding> other_decodings(std::span<const std::uint8_t> bytes,
                                                         const Picture& reference,
                                                         bool grey = false);
/// The pixels of one of them. Blocks. Throws PictureError with a sentence, in English for
/// say_again(), where it fails, and std::bad_alloc.
[[nodiscard]] Pixels decoded_by(DecodePolicy policy, std::span<const std::uint8_t> bytes,
                                const Picture& reference);
/// The same of a picture that nobody needs any more: in its own memory, or after that is given
/// back, where its pixels stay in their places.
[[nodiscard]] Pixels decoded_by(DecodePolicy policy, std::span<const std::uint8_t> bytes,
                                Picture&& reference);

}  // namespace dfd
