#include "core/panel/weights.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <sstream>
#include <stdexcept>

#include "core/base/text.h"

namespace dfd {
namespace {

double number_of(const std::string& text, const std::string& entry) {
    double value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size() || !std::isfinite(value) ||
        value < 0)
        throw std::invalid_argument("The weight \"" + entry +
                                    "\" is not a number of 0 or more; write NAME=0.5.");
    return value;
}

}  // namespace

std::vector<double> parse_weights(const std::string& text, const PanelRecord& panel) {
    std::vector<double> weights(panel.experts.size(), 1.0);
    std::set<std::string> seen;
    std::istringstream entries(text);
    for (std::string entry; std::getline(entries, entry, ',');) {
        const auto equals = entry.rfind('=');
        if (equals == std::string::npos)
            throw std::invalid_argument("\"" + entry +
                                        "\" is not of the form NAME=WEIGHT, for example NAME=0.5.");
        const auto name = entry.substr(0, equals);
        const auto found =
            std::find_if(panel.experts.begin(), panel.experts.end(),
                         [&](const ExpertRecord& expert) { return expert.name == name; });
        if (found == panel.experts.end()) {
            throw std::invalid_argument("The panel \"" + panel.name + "\" has no expert \"" + name +
                                        "\"; it has " +
                                        joined(panel.experts, ", ", &ExpertRecord::name) + ".");
        }
        if (!seen.insert(name).second)
            throw std::invalid_argument("The expert \"" + name +
                                        "\" has two weights; give only one.");
        weights[static_cast<std::size_t>(found - panel.experts.begin())] =
            number_of(entry.substr(equals + 1), entry);
    }
    if (!weights.empty() &&
        std::all_of(weights.begin(), weights.end(), [](double weight) { return weight == 0; }))
        throw std::invalid_argument("Every expert is muted; give at least one a weight above 0.");
    return weights;
}

}  // namespace dfd
