#include "core/training/charts/chart_axis.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/training/charts/svg.h"

namespace dfd {
namespace {

std::string superscript(int value) {
    static constexpr std::array kDigits{"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    std::string text = value < 0 ? "⁻" : "";
    for (const char c : std::to_string(std::abs(value)))
        text += kDigits[static_cast<std::size_t>(c - '0')];
    return text;
}

// The smallest of 1, 2, 2.5 or 5 times a power of ten that gives at most `most` steps.
double step_for(double span, int most) {
    const double rough = span / most;
    const double power = std::pow(10, std::floor(std::log10(rough)));
    for (const double factor : {1.0, 2.0, 2.5, 5.0})
        if (factor * power >= rough * (1 - 1e-9))
            return factor * power;
    return 10 * power;
}

std::string label_of(double value, double step, double largest) {
    if (std::abs(value) < step * 1e-6)
        return "0";
    if (value < 0)
        return "−" + label_of(-value, step, largest);
    if (largest >= 1e9 || step < 1e-4) {
        int power = static_cast<int>(std::floor(std::log10(value) + 1e-9));
        auto mantissa = svg::fixed(value / std::pow(10, power), 2);
        mantissa.erase(mantissa.find_last_not_of('0') + 1);
        if (mantissa.ends_with('.'))
            mantissa.pop_back();
        return mantissa + "·10" + superscript(power);
    }
    double unit = 1;
    const char* suffix = "";
    if (largest >= 1e6 && step >= 1e3) {
        unit = 1e6;
        suffix = "M";
    } else if (largest >= 1e4 && step >= 10) {
        unit = 1e3;
        suffix = "k";
    }
    int decimals = 0;
    for (double rest = step / unit; decimals < 8; rest *= 10, ++decimals)
        if (std::abs(rest - std::round(rest)) < 1e-6 * std::max(1.0, rest) && std::round(rest) > 0)
            break;
    return svg::fixed(value / unit, decimals) + suffix;
}

std::string power_label(int power) {
    if (power < -4 || power > 5)
        return "10" + superscript(power);
    return power < 0 ? svg::fixed(std::pow(10, power), -power) : svg::fixed(std::pow(10, power), 0);
}

}  // namespace

bool usable(const AxisRange& range) {
    return std::isfinite(range.first) && std::isfinite(range.second) &&
           range.first < range.second && std::isfinite(range.second - range.first);
}

AxisRange widened(double low, double high) {
    if (!(low <= high))
        return {0, 1};
    const double margin = high > low ? 0.04 * (high - low) : std::max(0.5, 0.1 * std::abs(high));
    const AxisRange wide{low - margin, high + margin};
    // Values so large that they overflow or that adding half a unit changes nothing.
    return usable(wide) ? wide
                        : AxisRange{-std::numeric_limits<double>::max() / 4,
                                    std::numeric_limits<double>::max() / 4};
}

std::vector<Tick> linear_ticks(const AxisRange& range, int most) {
    const double span = range.second - range.first;
    const double step = step_for(span, most);
    const double largest = std::max(std::abs(range.first), std::abs(range.second));
    std::vector<Tick> ticks;
    if (!(step > largest * 1e-12))
        return ticks;
    const double first = std::ceil(range.first / step - 1e-6);
    for (double i = first; i * step <= range.second + 1e-6 * step; ++i)
        ticks.push_back({i * step, label_of(i * step, step, largest)});
    return ticks;
}

std::vector<Tick> log_ticks(const AxisRange& range) {
    const double span = range.second - range.first;
    const int every = std::max(1, static_cast<int>(std::ceil(span / 7)));
    const int low = static_cast<int>(std::floor(range.first));
    const int high = static_cast<int>(std::ceil(range.second));
    std::vector<Tick> ticks;
    const auto inside = [&](double at) {
        return at >= range.first - 1e-9 && at <= range.second + 1e-9;
    };
    std::size_t labelled = 0;
    for (int power = low; power <= high; ++power) {
        if (inside(power)) {
            const bool named = power % every == 0;
            ticks.push_back({static_cast<double>(power), named ? power_label(power) : ""});
            labelled += named;
        }
        for (int factor = 2; factor < 10 && span <= 4; ++factor)
            if (const double at = power + std::log10(factor); inside(at))
                ticks.push_back({at, ""});
    }
    if (labelled >= 2)
        return ticks;
    // Less than two decades: round values instead of powers of ten.
    const AxisRange values{std::pow(10, range.first), std::pow(10, range.second)};
    ticks = linear_ticks(values, 5);
    std::erase_if(ticks, [](const Tick& each) { return !(each.at > 0); });
    for (auto& each : ticks)
        each.at = std::log10(each.at);
    return ticks;
}

}  // namespace dfd
