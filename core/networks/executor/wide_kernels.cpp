#include "core/networks/executor/wide_kernels.h"

#include <algorithm>
#include <cstring>

#include "core/networks/executor/depthwise_sums.h"

// Other platforms compile the same code without AVX-512; wide_kernels_support() is false there.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define DFD_WIDE __attribute__((target("arch=x86-64-v4")))
#define DFD_HAS_WIDE 1
#else
#define DFD_WIDE
#define DFD_HAS_WIDE 0
#endif
#define DFD_WIDE_INLINE DFD_WIDE DFD_INLINE

namespace dfd::nhwc {
namespace {

using std::int64_t;
static_assert(kVectorLanes == kLanes);

/// x / (1 + e^-x), computed as x / (1 + 2^n * 2^f) with integer n; 2^f is a polynomial (minimax on
/// |f| <= 1/2, relative error 8e-8). Infinite input gives NaN, as in the networks' norms.
DFD_WIDE_INLINE void fast_silu(Vector& x) {
#if DFD_HAS_WIDE
    const Vector t = x * -1.44269504f;
    Vector n, e;
    asm("vrndscaleps $0, %1, %0" : "=v"(n) : "v"(t));
    const Vector f = t - n;
    Vector p = f * 1.327647245e-3f + 9.675541893e-3f;
    p = p * f + 5.550713092e-2f;
    p = p * f + 2.402212024e-1f;
    p = p * f + 6.931469440e-1f;
    p = p * f + 1.000000119f;
    asm("vscalefps %2, %1, %0" : "=v"(e) : "v"(p), "v"(n));
    x = x / (1.0f + e);
#else
    silu(x);
#endif
}

/// to += x * weight, for one float or a pair of adjacent bfloat16 values per lane.
DFD_WIDE_INLINE void multiply_add(Vector& to, const Vector& x, const Vector& weight, const float*) {
    to += x * weight;
}
DFD_WIDE_INLINE void multiply_add(Vector& to, const Vector& x, const Vector& weight,
                                  const BFloat16*) {
#if DFD_HAS_WIDE
    // Inline assembly, because the function's target lacks AVX512-BF16; callers check for it first.
    // Works on a copy, because the compiler would keep an operand that assembly modifies in memory.
    Vector sum = to;
    asm("vdpbf16ps %2, %1, %0" : "+v"(sum) : "v"(x), "v"(weight));
    to = sum;
#else
    to += reinterpret_cast<Vector>(reinterpret_cast<Integers>(x) << 16) *
          reinterpret_cast<Vector>(reinterpret_cast<Integers>(weight) << 16);
    to += reinterpret_cast<Vector>(reinterpret_cast<Integers>(x) & 0xFFFF0000u) *
          reinterpret_cast<Vector>(reinterpret_cast<Integers>(weight) & 0xFFFF0000u);
#endif
}

DFD_WIDE_INLINE void broadcast(Vector& to, const float* from) {
    to = Vector{} + *from;
}
DFD_WIDE_INLINE void broadcast(Vector& to, const BFloat16* from) {
    std::uint32_t pair;
    __builtin_memcpy(&pair, from, sizeof pair);
    to = reinterpret_cast<Vector>(Integers{} + pair);
}

DFD_WIDE_INLINE void store_result(float* to, const Vector& value) {
    store(to, value);
}
DFD_WIDE_INLINE void store_result(BFloat16* to, const Vector& value) {
#if DFD_HAS_WIDE
    Halves halves;
    asm("vcvtneps2bf16 %1, %0" : "=v"(halves) : "v"(value));
    __builtin_memcpy(to, &halves, sizeof halves);
#else
    store(to, value);
#endif
}

/// Selects lanes from two vectors; lanes of the second are numbered from 16.
DFD_WIDE_INLINE void shuffle(const Vector& a, const Vector& b, const Integers& lanes, Vector& to) {
#if DFD_HAS_WIDE
    to = __builtin_shuffle(a, b, lanes);
#else
    for (unsigned i = 0; i < kLanes; ++i)
        to[i] = lanes[i] < 16 ? a[lanes[i]] : b[lanes[i] - 16];
#endif
}

/// Stores the first `lanes` lanes.
template <typename T>
DFD_WIDE_INLINE void store_some(T* to, const Vector& value, int64_t lanes) {
    T whole[kLanes];
    store_result(whole, value);
    std::memcpy(to, whole, static_cast<std::size_t>(lanes) * sizeof(T));
}
template <typename T>
DFD_WIDE_INLINE void load_some(Vector& to, const T* from, int64_t lanes) {
    T whole[kLanes] = {};
    std::memcpy(whole, from, static_cast<std::size_t>(lanes) * sizeof(T));
    load(to, whole);
}

/// Computes kPlaces places of kVectors vectors, with all sums in registers.
template <int kPlaces, int kVectors, typename T, typename To>
DFD_WIDE_INLINE void product_tile(const T* x, int64_t in, const Panel& panel, After after, To* out,
                                  const PanelLayout& layout, Vector* squares) {
    constexpr int64_t kStep = sizeof(float) / sizeof(T);  // values per lane
    constexpr int64_t kLine = 64 / sizeof(T);             // values per cache line
    Vector sums[kPlaces][kVectors];
    for (int v = 0; v < kVectors; ++v) {
        Vector bias;
        load(bias, panel.bias + v * kLanes);
        for (int i = 0; i < kPlaces; ++i)
            sums[i][v] = bias;
    }
    for (int i = 0; i < kPlaces; ++i)
        for (int v = 0; v < kVectors; ++v)
            __builtin_prefetch(out + i * layout.place + v * layout.vector, 1);
    const auto* weights = static_cast<const float*>(panel.weights);
    for (int64_t k = 0; k < in; k += kStep, weights += kVectors * kLanes) {
        if (k % kLine == 0)
            for (int i = 0; i < kPlaces; ++i)
                __builtin_prefetch(x + (kPlaces + i) * in + k);
        Vector weight[kVectors];
        for (int v = 0; v < kVectors; ++v)
            load(weight[v], weights + v * kLanes);
        for (int i = 0; i < kPlaces; ++i) {
            Vector value;
            broadcast(value, x + i * in + k);
            for (int v = 0; v < kVectors; ++v)
                multiply_add(sums[i][v], value, weight[v], x);
        }
    }
    const auto last = layout.whole ? kLanes : panel.channels - (kVectors - 1) * kLanes;
    for (int v = 0; v < kVectors; ++v)
        for (int i = 0; i < kPlaces; ++i) {
            auto& sum = sums[i][v];
            auto* const to = out + i * layout.place + v * layout.vector;
            const bool some = v == kVectors - 1 && last < kLanes;
            if (after == After::Silu) {
                fast_silu(sum);
            } else if (after == After::Gelu) {
                gelu(sum);
            } else if (after == After::Relu6) {
                relu6(sum);
            } else if (after == After::Add) {
                Vector before;
                if (some)
                    load_some(before, to, last);
                else
                    load(before, to);
                sum += before;
            }
            if (squares != nullptr)
                squares[v] += sum * sum;
            if (some)
                store_some(to, sum, last);
            else
                store_result(to, sum);
        }
}

template <int kVectors, typename T, typename To>
DFD_WIDE void product(const T* x, int64_t places, int64_t in, const Panel& panel, After after,
                      To* out, const PanelLayout& layout, float* squares) {
    Vector sums[kVectors] = {};
    Vector* const summed = squares == nullptr ? nullptr : sums;
    for (; places >= 8; places -= 8, x += 8 * in, out += 8 * layout.place)
        product_tile<8, kVectors>(x, in, panel, after, out, layout, summed);
    for (; places >= 4; places -= 4, x += 4 * in, out += 4 * layout.place)
        product_tile<4, kVectors>(x, in, panel, after, out, layout, summed);
    for (; places > 0; --places, x += in, out += layout.place)
        product_tile<1, kVectors>(x, in, panel, after, out, layout, summed);
    for (int v = 0; squares != nullptr && v < kVectors; ++v)
        store_some(squares + v * kLanes, sums[v], std::min(kLanes, panel.channels - v * kLanes));
}

template <typename T, typename To>
void any_product(const T* x, int64_t places, int64_t in, const Panel& panel, After after, To* out,
                 const PanelLayout& layout, float* squares) {
    if (panel.vectors == 1)
        product<1>(x, places, in, panel, after, out, layout, squares);
    else if (panel.vectors == 2)
        product<2>(x, places, in, panel, after, out, layout, squares);
    else
        product<3>(x, places, in, panel, after, out, layout, squares);
}

/// Swaps off-diagonal blocks of size kSize. Applied with 8, 4, 2 and 1, it transposes the matrix.
template <unsigned kSize>
DFD_WIDE_INLINE void exchange(Vector (&rows)[kLanes]) {
    Integers upper, lower;
    for (unsigned lane = 0; lane < kLanes; ++lane) {
        const bool second = (lane & kSize) != 0;
        upper[lane] = second ? 16 + lane - kSize : lane;
        lower[lane] = second ? 16 + lane : lane + kSize;
    }
    for (unsigned i = 0; i < kLanes; ++i)
        if ((i & kSize) == 0) {
            const Vector a = rows[i], b = rows[i + kSize];
            shuffle(a, b, upper, rows[i]);
            shuffle(a, b, lower, rows[i + kSize]);
        }
}

/// Stores the weights of 16 channels for up to 16 inputs, [input][channel], in panel order.
DFD_WIDE_INLINE void put_weights(const Vector (&rows)[kLanes], int64_t lanes, int64_t inputs,
                                 float* to) {
    for (int64_t i = 0; i < inputs; ++i)
        store(to + i * lanes, rows[i]);
}
DFD_WIDE_INLINE void put_weights(const Vector (&rows)[kLanes], int64_t lanes, int64_t inputs,
                                 BFloat16* to) {
    for (int64_t i = 0; i < inputs; i += 2) {
        BFloat16 first[kLanes], second[kLanes];
        store(first, rows[i]);
        store(second, rows[i + 1]);
        for (int64_t c = 0; c < kLanes; ++c) {
            to[i * lanes + 2 * c] = first[c];
            to[i * lanes + 2 * c + 1] = second[c];
        }
    }
}

template <typename T>
DFD_WIDE void any_pack(const Panel& panel, int64_t in, const float* weight, const float* factor,
                       T* to) {
    constexpr int64_t kStep = sizeof(float) / sizeof(T);
    const auto lanes = panel.vectors * kLanes;
    for (int64_t i = 0; i < in; i += kLanes)
        for (int64_t v = 0; v < panel.vectors; ++v) {
            const auto inputs = std::min(kLanes, in - i);
            const auto channels = std::min(kLanes, panel.channels - v * kLanes);
            Vector rows[kLanes] = {};
            for (int64_t c = 0; c < channels; ++c) {
                const auto channel = panel.first + v * kLanes + c;
                const auto* const from = weight + channel * in + i;
                if (inputs == kLanes)
                    load(rows[c], from);
                else
                    load_some(rows[c], from, inputs);
                if (factor != nullptr)
                    rows[c] *= factor[channel];
            }
            exchange<8>(rows);
            exchange<4>(rows);
            exchange<2>(rows);
            exchange<1>(rows);
            put_weights(rows, lanes, inputs, to + i * lanes + v * kLanes * kStep);
        }
}

template <typename T>
DFD_WIDE void any_copy(const T* x, int64_t places, int64_t channels, const Panel& panel, float* out,
                       int64_t vector) {
    const auto whole = panel.channels / kLanes, rest = panel.channels % kLanes;
    x += panel.first;
    for (int64_t place = 0; place < places; ++place, x += channels, out += kLanes) {
        Vector value;
        for (int64_t v = 0; v < whole; ++v) {
            load(value, x + v * kLanes);
            store(out + v * vector, value);
        }
        if (rest > 0) {
            load_some(value, x + whole * kLanes, rest);
            store(out + whole * vector, value);
        }
    }
}

/// Computes kOutputs adjacent places of one vector of channels; overlapping inputs are loaded once.
template <int kKernel, int kStride, int kOutputs, typename T>
DFD_WIDE_INLINE void depthwise_places(const float* const* rows, int64_t first, const float* weight,
                                      const Vector& bias, After after, T* out, int64_t channels,
                                      int64_t lanes, Vector& sum) {
    Vector results[kOutputs];
    for (auto& result : results)
        result = bias;
    add_depthwise<kKernel, kStride>(rows, first, kLanes, weight, kLanes, results);
    for (int i = 0; i < kOutputs; ++i) {
        if (after == After::Silu)
            fast_silu(results[i]);
        else if (after == After::Relu6)
            relu6(results[i]);
        sum += results[i];
        if (lanes == kLanes)
            store_result(out + i * channels, results[i]);
        else
            store_some(out + i * channels, results[i], lanes);
    }
}

template <int kKernel, int kStride, typename T>
DFD_WIDE void depthwise_vector(const DepthwiseShape& shape, const float* const* rows,
                               const float* weight, const float* bias, After after, T* out,
                               int64_t lanes, float* sums) {
    constexpr int kOutputs = kStride == 1 ? 4 : 2;
    Vector added, sum{};
    load(added, bias);
    int64_t x = 0;
    for (; x + kOutputs <= shape.out_width; x += kOutputs)
        depthwise_places<kKernel, kStride, kOutputs>(rows, x * kStride, weight, added, after,
                                                     out + x * shape.channels, shape.channels,
                                                     lanes, sum);
    for (; x < shape.out_width; ++x)
        depthwise_places<kKernel, kStride, 1>(rows, x * kStride, weight, added, after,
                                              out + x * shape.channels, shape.channels, lanes, sum);
    store_some(sums, sum, lanes);
}

template <typename T>
void any_depthwise_row(const DepthwiseShape& shape, const Panel& panel, const float* const* rows,
                       int64_t vector, const float* weight, const float* bias, After after, T* out,
                       float* sums) {
    const auto taps = shape.kernel * shape.kernel;
    for (int64_t v = 0; v < panel.vectors; ++v) {
        const float* from[kLargestWideDepthwise] = {};
        for (int64_t y = 0; y < shape.kernel; ++y)
            from[y] = rows[y] == nullptr ? nullptr : rows[y] + v * vector;
        const auto first = panel.first + v * kLanes;
        const auto run = [&](auto kernel) {
            kernel(shape, from, weight + v * taps * kLanes, bias + v * kLanes, after, out + first,
                   std::min(kLanes, panel.channels - v * kLanes), sums + first);
        };
        if (shape.kernel == 7)
            run(depthwise_vector<7, 1, T>);
        else if (shape.kernel == 3)
            shape.stride == 1 ? run(depthwise_vector<3, 1, T>) : run(depthwise_vector<3, 2, T>);
        else
            shape.stride == 1 ? run(depthwise_vector<5, 1, T>) : run(depthwise_vector<5, 2, T>);
    }
}

}  // namespace

bool wide_kernels_support(bool bfloat16) {
#if DFD_HAS_WIDE
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") &&
           (!bfloat16 || __builtin_cpu_supports("avx512bf16"));
#else
    (void)bfloat16;
    return false;
#endif
}

void pack_panel(const Panel& panel, int64_t in, const float* weight, const float* factor,
                float* to) {
    any_pack(panel, in, weight, factor, to);
}
void pack_panel(const Panel& panel, int64_t in, const float* weight, const float* factor,
                BFloat16* to) {
    any_pack(panel, in, weight, factor, to);
}

void panel_product(const float* x, int64_t places, int64_t in, const Panel& panel, After after,
                   float* out, const PanelLayout& layout, float* squares) {
    any_product(x, places, in, panel, after, out, layout, squares);
}
void panel_product(const BFloat16* x, int64_t places, int64_t in, const Panel& panel, After after,
                   float* out, const PanelLayout& layout, float* squares) {
    any_product(x, places, in, panel, after, out, layout, squares);
}
void panel_product(const BFloat16* x, int64_t places, int64_t in, const Panel& panel, After after,
                   BFloat16* out, const PanelLayout& layout, float* squares) {
    any_product(x, places, in, panel, after, out, layout, squares);
}

void copy_panel(const float* x, int64_t places, int64_t channels, const Panel& panel, float* out,
                int64_t vector) {
    any_copy(x, places, channels, panel, out, vector);
}
void copy_panel(const BFloat16* x, int64_t places, int64_t channels, const Panel& panel, float* out,
                int64_t vector) {
    any_copy(x, places, channels, panel, out, vector);
}

DFD_WIDE void scale_panel(const Panel& panel, int64_t in, const float* scale, float* to) {
    const auto* from = static_cast<const float*>(panel.weights);
    const auto width = panel.vectors * kLanes;
    for (int64_t i = 0; i < in; ++i, from += width, to += width)
        for (int64_t c = 0; c < width; ++c)
            to[c] = from[c] * scale[i];
}
DFD_WIDE void scale_panel(const Panel& panel, int64_t in, const float* scale, BFloat16* to) {
    const auto* from = static_cast<const BFloat16*>(panel.weights);
    const auto width = panel.vectors * kLanes;
    for (int64_t i = 0; i < in; i += 2, from += 2 * width, to += 2 * width)
        for (int64_t c = 0; c < 2 * width; c += 2) {
            store(to[c], load(from[c]) * scale[i]);
            store(to[c + 1], load(from[c + 1]) * scale[i + 1]);
        }
}

void depthwise_row(const DepthwiseShape& shape, const Panel& panel, const float* const* rows,
                   int64_t vector, const float* weight, const float* bias, After after, float* out,
                   float* sums) {
    any_depthwise_row(shape, panel, rows, vector, weight, bias, after, out, sums);
}
void depthwise_row(const DepthwiseShape& shape, const Panel& panel, const float* const* rows,
                   int64_t vector, const float* weight, const float* bias, After after,
                   BFloat16* out, float* sums) {
    any_depthwise_row(shape, panel, rows, vector, weight, bias, after, out, sums);
}
bool wide_depthwise_supports(const DepthwiseShape& shape) {
    if (shape.kernel == 7)
        return shape.stride == 1;
    return (shape.kernel == 3 || shape.kernel == 5) && (shape.stride == 1 || shape.stride == 2);
}

}  // namespace dfd::nhwc
