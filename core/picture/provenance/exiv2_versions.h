// Compatibility with exiv2 before and since 0.28, which has unsigned lengths, returns the colour
// profile by reference and reads HEIC and AVIF by default.
#pragma once

#include <algorithm>
#include <exiv2/exiv2.hpp>

#include "core/picture/formats/byte_view.h"

namespace dfd::picture_detail {

#if EXIV2_TEST_VERSION(0, 28, 0)

inline Bytes bytes_of(const Exiv2::DataBuf& data) {
    return {data.c_data(), data.size()};
}

inline Bytes colour_profile(const Exiv2::Image& image) {
    return bytes_of(image.iccProfile());
}

inline void read_iso_media() {}

#else

inline Bytes bytes_of(const Exiv2::DataBuf& data) {
    return {data.pData_, static_cast<std::size_t>(std::max<long>(data.size_, 0))};
}

inline Bytes colour_profile(Exiv2::Image& image) {
    return bytes_of(*image.iccProfile());
}

inline void read_iso_media() {
#ifdef EXV_ENABLE_BMFF
    Exiv2::enableBMFF(true);
#endif
}

#endif

}  // namespace dfd::picture_detail
