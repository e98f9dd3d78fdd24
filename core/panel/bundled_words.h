// What the bundled panel's panel.json says of it, so that it can be translated. Plain C++.
#pragma once

#include "core/base/language.h"

namespace dfd {

/// Its title and its origin. The file has them in English; say() of them is shown.
inline constexpr const char* kBundledWords[] = {
    to_say("Starter panel: made by a generator? edited in places?"),
    to_say("Trained by this program from manifests of real and fake pictures.")};

}  // namespace dfd
