#include "core/casework/store/stored_map.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "core/casework/store/case_file.h"

namespace dfd {

std::uint16_t to_half(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000);
    const float size = std::abs(value);
    if (std::isnan(value))
        return static_cast<std::uint16_t>(sign | 0x7e00);
    if (size >= 65520.0f)  // halfway between the largest half and the next value
        return static_cast<std::uint16_t>(sign | 0x7c00);
    if (size < 6.103515625e-05f)  // below the smallest normal half: multiples of 2^-24
        return static_cast<std::uint16_t>(
            sign | static_cast<std::uint16_t>(std::nearbyint(size * 16777216.0f)));
    // 13 bits of the fraction are dropped. Adding just under half of the last kept bit rounds to
    // nearest, and that bit itself decides ties. A carry into the exponent is correct.
    const std::uint32_t kept = std::bit_cast<std::uint32_t>(size);
    const std::uint32_t rounded = kept + 0x0fff + (kept >> 13 & 1);
    return static_cast<std::uint16_t>(sign | ((rounded >> 13) - (112u << 10)));
}

float from_half(std::uint16_t half) {
    const std::uint32_t exponent = half >> 10 & 0x1f;
    const std::uint32_t fraction = half & 0x3ff;
    float size = 0;
    if (exponent == 0)
        size = static_cast<float>(fraction) / 16777216.0f;
    else if (exponent == 31)
        size = std::bit_cast<float>(0x7f800000u | fraction << 13);
    else
        size = std::bit_cast<float>((exponent + 112) << 23 | fraction << 13);
    return (half & 0x8000) != 0 ? -size : size;
}

namespace {

/// The reduced map of one that has places that were not looked at.
template <class Reduce>
std::vector<float> small_of_parts(const HeatMap& map, const Reduce& reduce) {
    auto values = map.values;
    std::vector<float> seen(values.size(), 1);
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!looked_at(values[i]))
            values[i] = seen[i] = 0;
    auto means = reduce(std::move(values));
    const auto shares = reduce(std::move(seen));
    constexpr float kNone = 1e-6f;  // rounding
    for (std::size_t i = 0; i < means.size(); ++i)
        means[i] = shares[i] > kNone ? means[i] / shares[i] : kNotLookedAt;
    return means;
}

}  // namespace

StoredMap store_map(const HeatMap& map, int side) {
    StoredMap stored;
    stored.native_rows = map.rows;
    stored.native_columns = map.columns;
    stored.rows = map.rows;
    stored.columns = map.columns;
    std::vector<float> values = map.values;
    if (const int longest = std::max(map.rows, map.columns); side > 0 && longest > side) {
        const double ratio = static_cast<double>(side) / longest;
        const auto shorter = [ratio](int length) {
            return std::max(1, static_cast<int>(std::lround(length * ratio)));
        };
        stored.rows = shorter(map.rows);
        stored.columns = shorter(map.columns);
        const auto small = [&](std::vector<float> of) {
            const cv::Mat whole(map.rows, map.columns, CV_32F, of.data());
            cv::Mat means;
            cv::resize(whole, means, {stored.columns, stored.rows}, 0, 0, cv::INTER_AREA);
            return std::vector<float>(means.ptr<float>(), means.ptr<float>() + means.total());
        };
        if (std::ranges::all_of(map.values, looked_at))
            values = small(std::move(values));
        else
            values = small_of_parts(map, small);
    }
    for (const float value : values)
        stored.scale = std::max(stored.scale, static_cast<double>(value));
    stored.halves.reserve(2 * values.size());
    for (const float value : values) {
        const auto half =
            to_half(stored.scale > 0 || !looked_at(value) ? static_cast<float>(value / stored.scale)
                                                          : 0.0f);
        stored.halves.push_back(static_cast<std::uint8_t>(half & 0xff));
        stored.halves.push_back(static_cast<std::uint8_t>(half >> 8));
    }
    return stored;
}

HeatMap load_map(const StoredMap& stored) {
    HeatMap map{stored.rows, stored.columns, {}};
    const auto count = static_cast<std::size_t>(std::max(stored.rows, 0)) *
                       static_cast<std::size_t>(std::max(stored.columns, 0));
    if (stored.halves.size() != 2 * count)
        throw CaseError(
            "The case is damaged: the size of a stored heatmap does not match its data. `dfd case "
            "verify` gives details.");
    map.values.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        map.values.push_back(
            static_cast<float>(static_cast<double>(from_half(static_cast<std::uint16_t>(
                                   stored.halves[2 * i] | stored.halves[2 * i + 1] << 8))) *
                               stored.scale));
    return map;
}

}  // namespace dfd
