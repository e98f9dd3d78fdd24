#include "core/training/measuring/evaluation_subsets.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

namespace dfd {
namespace {

constexpr std::array kMegapixels{0.25, 1.0, 4.0};
constexpr const char* kUnprocessed = "not processed here";
// Operations without a number that splits them further, by the first word of their note.
constexpr std::array kOperations{"crop",   "tone",    "local contrast", "grey",   "sharpen", "blur",
                                 "median", "denoise", "noise",          "border", "caption", "png"};

std::string jpeg_name(double quality) {
    return quality < 60 ? "jpeg below 60" : quality < 85 ? "jpeg 60 to 84" : "jpeg 85 or more";
}

std::string scale_name(double factor) {
    return factor < 0.25 ? "scaled below 0.25" : factor < 1 ? "scaled 0.25 to 1" : "enlarged";
}

std::size_t index_of(const std::string& name) {
    const auto& names = subset_names();
    return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
}

/// The number after the first word; 0 without one.
double number_in(const std::string& note) {
    const auto space = note.find(' ');
    return space == std::string::npos ? 0 : std::strtod(note.c_str() + space, nullptr);
}

}  // namespace

const std::vector<std::string>& subset_names() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all{
            "up to 0.25 megapixels", "0.25 to 1 megapixels", "1 to 4 megapixels",
            "over 4 megapixels",     kUnprocessed,           "jpeg below 60",
            "jpeg 60 to 84",         "jpeg 85 or more",      "webp",
            "scaled below 0.25",     "scaled 0.25 to 1",     "enlarged"};
        all.insert(all.end(), kOperations.begin(), kOperations.end());
        return all;
    }();
    return names;
}

std::vector<std::size_t> subsets_of(const ManifestRow& row, double megapixels) {
    std::set<std::size_t> found;
    found.insert(static_cast<std::size_t>(std::ranges::lower_bound(kMegapixels, megapixels) -
                                          kMegapixels.begin()));
    const auto parameters = nlohmann::json::parse(row.parameters, nullptr, false);
    if (!parameters.is_object() || !parameters.contains("processing") ||
        !parameters["processing"].is_array()) {
        found.insert(index_of(kUnprocessed));
        return {found.begin(), found.end()};
    }
    // All sizes together and the strongest JPEG say most about what is left of a picture.
    double scale = 1, quality = 101;
    for (const auto& each : parameters["processing"]) {
        if (!each.is_string())
            continue;
        const auto note = each.get<std::string>();
        if (note.starts_with("jpeg "))
            quality = std::min(quality, number_in(note));
        else if (note.starts_with("scale "))
            scale *= number_in(note);
        else if (note.starts_with("webp "))
            found.insert(index_of("webp"));
        else
            for (const auto* operation : kOperations)
                if (note.starts_with(operation))
                    found.insert(index_of(operation));
    }
    if (quality <= 100)
        found.insert(index_of(jpeg_name(quality)));
    if (scale != 1)
        found.insert(index_of(scale_name(scale)));
    return {found.begin(), found.end()};
}

}  // namespace dfd
