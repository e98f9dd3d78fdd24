#include "core/panel/foreign/canaries.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>
#include <optional>
#include <system_error>

#include "core/base/digest.h"
#include "core/base/text.h"
#include "core/base/wording.h"
#include "core/panel/json/panel_error.h"
#include "core/picture/picture.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

double share_of_log_odds(double log_odds) {
    return 1 / (1 + std::exp(-log_odds));
}

std::string figure(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4f", value);
    return text;
}

/// Throws PanelError unless the file has the digest.
void require_digest(const fs::path& file, const std::string& sha256) try {
    if (const auto found = sha256_hex_of_file(file); found != sha256)
        throw PanelError(quoted(file) +
                         " is not the file that the manifest names: its SHA-256 is " + found +
                         ", expected " + sha256 + ".");
} catch (const std::system_error&) {
    throw PanelError(quoted(file) +
                     ", which the manifest names, does not exist or cannot be read.");
}

Pixels picture_of(const Canary& canary, const fs::path& folder) {
    const auto file = folder / canary.file;
    require_digest(file, canary.sha256);
    try {
        return read_picture(file).pixels;
    } catch (const PictureError& error) {
        throw PanelError("The canary " + quoted(file) + " cannot be used: " + error.what());
    }
}

std::string value_problem(const Canary& canary, const std::vector<double>& values,
                          double tolerance) {
    if (canary.values.empty())
        return {};
    if (values.size() != canary.values.size())
        return "gave " + std::to_string(values.size()) + " values instead of " +
               std::to_string(canary.values.size());
    double largest = 0;
    for (std::size_t i = 0; i < values.size(); ++i)
        largest = std::max(largest, std::abs(values[i] - canary.values[i]));
    return largest <= tolerance ? std::string()
                                : "gave values that differ by up to " + figure(largest) +
                                      " (tolerance " + figure(tolerance) + ")";
}

/// Where the map of a view has its highest value, or its lowest: across and down, in shares of the
/// picture. Nowhere when it has none.
std::optional<std::array<double, 2>> peak_of(const ContributionMap& map, float side,
                                             const View& view, const Pixels& picture) {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < map.values.size(); ++i)
        if (looked_at(map.values[i]) && (!best || side * map.values[i] > side * map.values[*best]))
            best = i;
    if (!best)
        return std::nullopt;
    const auto columns = static_cast<std::size_t>(map.columns);
    const double x = (static_cast<double>(*best % columns) + 0.5) / map.columns;
    const double y = (static_cast<double>(*best / columns) + 0.5) / map.rows;
    const auto& area = view.area;
    return std::array{(area.left + x * (area.right - area.left)) / picture.width,
                      (area.top + y * (area.bottom - area.top)) / picture.height};
}

std::string place_problem(const Canary& canary, const ForeignAnswer& answer, const View& view,
                          const Pixels& picture) {
    if (!canary.strongest)
        return {};
    const auto lies_there = [&](const std::optional<std::array<double, 2>>& at) {
        const auto& [left, top, right, bottom] = *canary.strongest;
        return at && left <= (*at)[0] && (*at)[0] <= right && top <= (*at)[1] && (*at)[1] <= bottom;
    };
    const auto highest = peak_of(*answer.map, 1, view, picture);
    if (lies_there(highest))
        return {};
    if (!highest)
        return "gave a map without any value";
    return "has the highest value of its map at " + figure((*highest)[0]) + " across and " +
           figure((*highest)[1]) + " down, and not where the manifest says" +
           (lies_there(peak_of(*answer.map, -1, view, picture))
                ? ", where its lowest value is: \"fake\" in \"map\" names the wrong side"
                : "");
}

using MakeViews = std::function<std::vector<View>(const Pixels&)>;

CanaryResult run(ForeignExpert& expert, const Canary& canary, const Pixels& picture,
                 const MakeViews& views, const std::stop_token& stop) {
    const auto& manifest = expert.manifest();
    CanaryResult result{canary.file, canary.probability, 0, {}};
    try {
        std::vector<ForeignAnswer> answers;
        const auto asked = views(picture);
        for (const auto& view : asked)
            answers.push_back(expert.answer(view, stop));
        result.found = share_of_log_odds(pooled(answers, manifest.output.pool));
        if (std::abs(result.found - canary.probability) > manifest.tolerance)
            result.problem = "gave the probability " + figure(result.found) + " instead of " +
                             figure(canary.probability);
        else if (answers.size() == 1)
            result.problem =
                value_problem(canary, answers.front().values, manifest.value_tolerance);
        if (result.problem.empty())
            result.problem = place_problem(canary, answers.front(), asked.front(), picture);
    } catch (const NoOpinion& error) {
        result.found = std::numeric_limits<double>::quiet_NaN();
        result.problem = std::string("has no opinion: ") + error.what();
    }
    return result;
}

std::vector<CanaryResult> run_all(ForeignExpert& expert, const std::vector<Pixels>& pictures,
                                  const MakeViews& views, const std::stop_token& stop) {
    std::vector<CanaryResult> results;
    for (std::size_t i = 0; i < pictures.size(); ++i)
        results.push_back(run(expert, expert.manifest().canaries[i], pictures[i], views, stop));
    return results;
}

std::vector<Pixels> pictures_of(const ForeignManifest& manifest, const fs::path& folder) {
    std::vector<Pixels> pictures;
    for (const auto& canary : manifest.canaries)
        pictures.push_back(picture_of(canary, folder));
    return pictures;
}

bool all_pass(const std::vector<CanaryResult>& results) {
    return std::ranges::all_of(results, &std::string::empty, &CanaryResult::problem);
}

std::vector<View> with_colours_swapped(std::vector<View> views) {
    for (auto& view : views)
        for (std::size_t i = 0; i + 2 < view.rgb.size(); i += 3)
            std::swap(view.rgb[i], view.rgb[i + 2]);
    return views;
}

const char* kernel_name(Kernel kernel) {
    switch (kernel) {
        case Kernel::Nearest:
            return "nearest";
        case Kernel::Box:
            return "box";
        case Kernel::Bilinear:
            return "bilinear";
        case Kernel::Bicubic:
            return "bicubic";
        case Kernel::Lanczos:
            break;
    }
    return "lanczos";
}

/// What would make all canaries pass, as the end of a sentence; empty when nothing tried does.
std::string what_would_pass(ForeignExpert& expert, const std::vector<CanaryResult>& results,
                            const std::vector<Pixels>& pictures, const std::stop_token& stop) {
    const auto& manifest = expert.manifest();
    if (std::ranges::all_of(results,
                            [](const CanaryResult& each) { return std::isnan(each.found); }))
        return {};  // no preprocessing gives an expert opinions that has none
    if (std::ranges::all_of(results, [&](const CanaryResult& each) {
            return std::abs(1 - each.found - each.expected) <= manifest.tolerance;
        }))
        return "all pass with the classes swapped, so \"fake\" in \"output\" names the wrong side";
    if (manifest.program)
        return {};
    const auto passes = [&](const MakeViews& views) {
        return all_pass(run_all(expert, pictures, views, stop));
    };
    if (passes([&](const Pixels& picture) { return with_colours_swapped(expert.views(picture)); }))
        return "all pass with the colours in the other order, so \"colour\" in \"input\" is wrong";
    const auto fit = manifest.input.fit;
    if (fit != Fit::Stretch && fit != Fit::ShorterSide)
        return {};
    auto input = manifest.input;
    for (const bool rounded : {true, false})
        for (const bool antialias : {true, false})
            for (const auto kernel : {Kernel::Bilinear, Kernel::Bicubic, Kernel::Lanczos,
                                      Kernel::Box, Kernel::Nearest}) {
                input.kernel = kernel;
                input.antialias = antialias;
                input.rounded = rounded;
                if (passes([&](const Pixels& picture) { return views_of(picture, input); }))
                    return std::string("all pass with \"kernel\": \"") + kernel_name(kernel) +
                           "\", \"antialias\": " + (antialias ? "true" : "false") +
                           ", \"rounded\": " + (rounded ? "true" : "false");
            }
    return {};
}

}  // namespace

std::vector<CanaryResult> run_canaries(ForeignExpert& expert, const fs::path& folder,
                                       const std::stop_token& stop) {
    return run_all(
        expert, pictures_of(expert.manifest(), folder),
        [&](const Pixels& picture) { return expert.views(picture); }, stop);
}

std::string canaries_problem(ForeignExpert& expert, const std::vector<CanaryResult>& results,
                             const fs::path& folder, const std::stop_token& stop) {
    if (all_pass(results))
        return {};
    const auto failed =
        std::ranges::count_if(results, [](const auto& each) { return !each.problem.empty(); });
    const auto first =
        std::ranges::find_if(results, [](const auto& each) { return !each.problem.empty(); });
    auto problem = "The expert is not what its manifest says: " + std::to_string(failed) + " of " +
                   std::to_string(results.size()) + " canaries failed; on " +
                   quoted_name(first->file) + " it " + first->problem;
    if (problem.ends_with('.'))
        problem.pop_back();
    if (const auto hint =
            what_would_pass(expert, results, pictures_of(expert.manifest(), folder), stop);
        !hint.empty())
        problem += "; " + hint;
    return problem + ".";
}

std::string expert_problem(const ForeignManifest& manifest, const fs::path& folder,
                           const std::stop_token& stop) try {
    for (const auto& [file, sha256] : manifest.files())
        require_digest(folder / file, sha256);
    const auto expert = open_foreign_expert(manifest, folder);
    return canaries_problem(*expert, run_canaries(*expert, folder, stop), folder, stop);
} catch (const PanelError& error) {
    return error.what();
}

}  // namespace dfd
