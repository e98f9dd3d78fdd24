// Compatibility with exiv2 before and since 0.28, which has unsigned lengths.
#pragma once

#include <algorithm>
#include <exiv2/exiv2.hpp>

#include "core/picture/formats/byte_view.h"

namespace dfd::picture_detail {

#if EXIV2_TEST_VERSION(0, 28, 0)

inline Bytes bytes_of(const Exiv2::DataBuf& data) {
    return {data.c_data(), data.size()};
}

#else

inline Bytes bytes_of(const Exiv2::DataBuf& data) {
    return {data.pData_, static_cast<std::size_t>(std::max<long>(data.size_, 0))};
}

#endif

}  // namespace dfd::picture_detail
