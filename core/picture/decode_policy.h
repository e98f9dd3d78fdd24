// Other ways of turning a file into pixels than the reference's, to see what hangs on the way.
// Plain C++.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/picture/picture.h"

namespace dfd {

enum class DecodePolicy {
    Reference,       ///< what experts are given and every score is of
    AsStored,        ///< the EXIF orientation not applied
    ProfileApplied,  ///< the embedded colour profile converted to sRGB (perceptual intent)
    AlphaOnWhite,    ///< transparency shown on white instead of dropped
    OtherFrame,      ///< the frame or page in the middle of the file instead of the first
    CentreSquare,    ///< the largest square around the centre, so that no input is stretched
    Grey,            ///< brightness alone (ITU-R BT.601)
};
/// Stable, for exports and file names: "reference", "as_stored", "profile_applied",
/// "alpha_on_white", "other_frame", "centre_square", "grey".
[[nodiscard]] const char* policy_name(DecodePolicy policy);

struct PolicyPixels {
    DecodePolicy policy = DecodePolicy::Reference;
    std::string sentence;  ///< what was done otherwise, for people
    Pixels pixels;         ///< empty where `problem` says why
    std::string problem;   ///< a sentence, empty when there are pixels
};

/// The pixels of an EXIF orientation (1 .. 8) from those stored, as a viewer turns them; any other
/// number changes nothing. Orientation 6 is undone by 8 and the other way round, each other one by
/// itself.
[[nodiscard]] Pixels turned(const Pixels& stored, int orientation);
/// As the file stores them: `picture`'s pixels with its orientation undone.
[[nodiscard]] Pixels as_stored(const Picture& picture);

/// Every policy that makes a difference for this file, the reference never among them: a file
/// without transparency has no AlphaOnWhite. `grey` asks for Grey, which every picture has.
/// `bytes` are those that `reference` was decoded from. One that applies but cannot be done comes
/// with its problem. Blocks; throws only when memory runs out.
[[nodiscard]] std::vector<PolicyPixels> other_decodings(std::span<const std::uint8_t> bytes,
                                                        const Picture& reference,
                                                        bool grey = false);

}  // namespace dfd
