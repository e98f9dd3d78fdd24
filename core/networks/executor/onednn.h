// Compatibility with oneDNN 2 and 3: version 3 has no operation descriptors.
#pragma once

#include <dnnl.hpp>

namespace dfd {

/// The implementation that the library selects for an operation. `parts` are the descriptor's
/// arguments, in the order that both versions share.
template <class Primitive, class... Parts>
[[nodiscard]] typename Primitive::primitive_desc chosen(const dnnl::engine& engine,
                                                        const dnnl::primitive_attr& attributes,
                                                        const Parts&... parts) {
#if DNNL_VERSION_MAJOR >= 3
    return {engine, parts..., attributes};
#else
    return {typename Primitive::desc(parts...), attributes, engine};
#endif
}

inline void append_function(dnnl::post_ops& after, dnnl::algorithm function, float alpha,
                            float beta = 0.0f) {
#if DNNL_VERSION_MAJOR >= 3
    after.append_eltwise(function, alpha, beta);
#else
    after.append_eltwise(1.0f, function, alpha, beta);
#endif
}

[[nodiscard]] inline dnnl::memory::dims dims_of(const dnnl::memory::desc& layout) {
#if DNNL_VERSION_MAJOR >= 3
    return layout.get_dims();
#else
    return layout.dims();
#endif
}

}  // namespace dfd
