// The benchmark's report as a table and as JSON.
#include <algorithm>
#include <sstream>

#include "app/bench/parts.h"
#include "app/bench/speed.h"
#include "core/base/text.h"

namespace dfd {
namespace {

double ratio_to(const SpeedReport& report, double seconds) {
    return seconds / report.variants.front().panel.median;
}

std::string or_dash(const char* format, double value) {
    return value > 0 ? formatted(format, value) : "-";
}

std::string text_in_quotes(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            (out += '\\') += c;
        else if (static_cast<unsigned char>(c) < 0x20)
            out += formatted("\\u%04x", static_cast<unsigned>(c));
        else
            out += c;
    }
    return out + '"';
}

/// A number, or null when it was not measured.
std::string number(double value, bool known = true) {
    return known ? formatted("%.9g", value) : "null";
}

std::string timing_json(const Timing& timing) {
    return "\"median_seconds\": " + number(timing.median) + ", \"quartile_seconds\": [" +
           number(timing.low) + ", " + number(timing.high) + "]";
}

std::string variant_json(const SpeedReport& report, const SpeedVariant& variant) {
    std::ostringstream out;
    out << "{\"name\": " << text_in_quotes(variant.name)
        << ", \"device\": " << text_in_quotes(variant.device)
        << ", \"precision\": " << text_in_quotes(variant.precision)
        << ", \"batch\": " << variant.batch << ", " << timing_json(variant.panel)
        << ", \"ratio_to_baseline\": " << number(ratio_to(report, variant.panel.median))
        << ", \"gflops\": " << number(variant.gflops, variant.gflops > 0)
        << ", \"max_score_deviation\": " << number(variant.max_score_deviation)
        << ", \"panel_score_deviation\": " << number(variant.panel_score_deviation)
        << ", \"peak_memory_bytes\": "
        << (variant.peak_memory_bytes > 0 ? std::to_string(variant.peak_memory_bytes) : "null")
        << ", \"weight_bytes\": " << variant.weight_bytes << ",\n    \"experts\": [";
    const auto& baseline = report.variants.front();
    for (std::size_t e = 0; e < variant.experts.size(); ++e)
        out << (e ? ",\n      " : "\n      ")
            << "{\"name\": " << text_in_quotes(report.experts[e].name)
            << ", \"architecture\": " << text_in_quotes(report.experts[e].architecture) << ", "
            << timing_json(variant.experts[e]) << ", \"ratio_to_baseline\": "
            << number(variant.experts[e].median / baseline.experts[e].median)
            << ", \"gflops\": " << number(variant.expert_gflops[e], variant.expert_gflops[e] > 0)
            << "}";
    out << "]}";
    return out.str();
}

void add_operations(std::ostringstream& out, const SpeedReport& report) {
    auto operations = report.operations;
    double total = 0;
    for (const auto& operation : operations)
        total += operation.seconds;
    std::stable_sort(operations.begin(), operations.end(),
                     [](const auto& a, const auto& b) { return a.seconds > b.seconds; });
    out << formatted("\nThe executor's operations, %.1f ms in all; those of a hundredth or more:\n",
                     1e3 * total);
    for (const auto& operation : operations)
        if (operation.seconds >= total / 100)
            out << formatted("%8.2f ms %7s GFLOP/s  %-22s %-28s %s\n", 1e3 * operation.seconds,
                             or_dash("%.0f", operation.gflops).c_str(), operation.expert.c_str(),
                             operation.name.c_str(), operation.kernel.c_str());
}

void add_foreign(std::ostringstream& out, const SpeedReport& report) {
    if (report.foreign.empty())
        return;
    out << (report.variants.empty() ? "" : "\n")
        << "Other people's experts, whole answers one after the other, without maps; s/picture and "
           "quartiles:\n";
    for (const auto& expert : report.foreign)
        if (expert.problem.empty())
            out << formatted("  %-24s %-8s %9.4f %8.4f-%8.4f\n", expert.name.c_str(),
                             expert.kind.c_str(), expert.timing.median, expert.timing.low,
                             expert.timing.high);
        else
            out << formatted("  %-24s %-8s not measured\n", expert.name.c_str(),
                             expert.kind.c_str());
}

void add_networks(std::ostringstream& out, const SpeedReport& report) {
    out << report.experts.size() << " experts" << (report.maps ? " with maps" : "") << ", "
        << report.side << " x " << report.side << " pixels, " << report.threads
        << " threads, executor: " << report.executor << ".\n"
        << formatted("Ceiling here: convolution %.0f, matrix product %.0f GFLOP/s (fp32).\n\n",
                     report.convolution_gflops, report.matrix_product_gflops);
    out << formatted("%-12s %-7s %-5s %5s %9s %17s %7s %8s %10s %10s %9s\n", "variant", "device",
                     "prec.", "batch", "s/picture", "quartiles", "ratio", "GFLOP/s", "score dev.",
                     "panel dev.", "peak MB");
    for (const auto& variant : report.variants)
        out << formatted(
            "%-12s %-7s %-5s %5d %9.3f %8.3f-%8.3f %7.3f %8s %10.1e %10.1e %9s\n",
            variant.name.c_str(), variant.device.c_str(), variant.precision.c_str(), variant.batch,
            variant.panel.median, variant.panel.low, variant.panel.high,
            ratio_to(report, variant.panel.median), or_dash("%.0f", variant.gflops).c_str(),
            variant.max_score_deviation, variant.panel_score_deviation,
            or_dash("%.0f", static_cast<double>(variant.peak_memory_bytes) / 1e6).c_str());
    const auto gain = speed_gain(report);
    if (gain.throughput > 0)
        out << formatted(
            "\n%.2f times the reference's pictures a second, each at its best batch "
            "(%d against %d).\n",
            gain.throughput, gain.batch, gain.reference_batch);
    if (gain.latency > 0)
        out << formatted("One picture alone takes %.3f of the reference's time.\n", gain.latency);
    if (gain.throughput_over_modules > 0 && gain.latency_over_modules > 0)
        out << formatted(
            "Against plain float32 modules, without the reference's copying of averages: %.2f "
            "times the pictures, and %.3f of the time for one.\n",
            gain.throughput_over_modules, gain.latency_over_modules);
    if (!report.left_out.empty())
        out << "Not enough memory for: " << joined(report.left_out, ", ") << ".\n";
    for (std::size_t e = 0; e < report.experts.size(); ++e) {
        out << '\n' << report.experts[e].name << '\n';
        for (const auto& variant : report.variants) {
            if (variant.experts.empty())
                continue;
            const auto& timing = variant.experts[e];
            out << formatted("  %-10s %-5s %3d %9.4f %8.4f-%8.4f %7.3f %8s\n", variant.name.c_str(),
                             variant.precision.c_str(), variant.batch, timing.median, timing.low,
                             timing.high, timing.median / report.variants.front().experts[e].median,
                             or_dash("%.0f", variant.expert_gflops[e]).c_str());
        }
    }
    if (!report.operations.empty())
        add_operations(out, report);
}

}  // namespace

std::string speed_table(const SpeedReport& report) {
    std::ostringstream out;
    if (!report.variants.empty())
        add_networks(out, report);
    add_foreign(out, report);
    return out.str();
}

std::string speed_json(const SpeedReport& report) {
    std::ostringstream out;
    const auto gain = speed_gain(report);
    out << "{\"ceiling_gflops\": "
        << number(std::max(report.convolution_gflops, report.matrix_product_gflops))
        << ",\n \"convolution_gflops\": " << number(report.convolution_gflops)
        << ", \"matrix_product_gflops\": " << number(report.matrix_product_gflops)
        << ",\n \"executor\": " << text_in_quotes(report.executor)
        << ", \"threads\": " << report.threads << ", \"side\": " << report.side
        << ", \"maps\": " << (report.maps ? "true" : "false") << ",\n \"baseline_seconds\": "
        << number(report.variants.empty() ? 0 : report.variants.front().panel.median,
                  !report.variants.empty())
        << ", \"throughput_gain\": " << number(gain.throughput, gain.throughput > 0)
        << ", \"latency_ratio\": " << number(gain.latency, gain.latency > 0)
        << ",\n \"throughput_gain_over_modules\": "
        << number(gain.throughput_over_modules, gain.throughput_over_modules > 0)
        << ", \"latency_ratio_to_modules\": "
        << number(gain.latency_over_modules, gain.latency_over_modules > 0) << ",\n \"left_out\": ["
        << joined(report.left_out, ", ", [](const auto& each) { return text_in_quotes(each); })
        << "]"
        << ",\n \"variants\": [";
    for (std::size_t v = 0; v < report.variants.size(); ++v)
        out << (v ? ",\n   " : "\n   ") << variant_json(report, report.variants[v]);
    out << "]";
    if (!report.operations.empty()) {
        out << ",\n \"operations\": [";
        for (std::size_t i = 0; i < report.operations.size(); ++i) {
            const auto& operation = report.operations[i];
            out << (i ? ",\n   " : "\n   ") << "{\"expert\": " << text_in_quotes(operation.expert)
                << ", \"name\": " << text_in_quotes(operation.name)
                << ", \"kernel\": " << text_in_quotes(operation.kernel)
                << ", \"seconds\": " << number(operation.seconds)
                << ", \"gflops\": " << number(operation.gflops, operation.gflops > 0) << "}";
        }
        out << "]";
    }
    if (!report.foreign.empty()) {
        out << ",\n \"foreign\": [";
        for (std::size_t i = 0; i < report.foreign.size(); ++i) {
            const auto& expert = report.foreign[i];
            out << (i ? ",\n   " : "\n   ") << "{\"name\": " << text_in_quotes(expert.name)
                << ", \"kind\": " << text_in_quotes(expert.kind) << ", "
                << (expert.problem.empty() ? timing_json(expert.timing)
                                           : "\"problem\": " + text_in_quotes(expert.problem))
                << "}";
        }
        out << "]";
    }
    out << "}\n";
    return out.str();
}

}  // namespace dfd
