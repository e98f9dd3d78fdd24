#include "core/training/training_identity.h"

#include <nlohmann/json.hpp>
#include <sstream>

namespace dfd {

std::string training_identity(const TrainOptions& options, const LearningOptions& learning,
                              const std::string& manifest_digest) {
    std::string text = "the manifest of SHA-256 " + manifest_digest + '\n';
    for (const auto& expert : options.experts)
        text += "the expert " + expert.name + ": " + expert.architecture + ", fold " +
                (expert.fold == kNoFold ? "none" : std::to_string(expert.fold)) + ", from " +
                (expert.init.empty() ? "scratch" : expert.init) + '\n';
    const auto given = nlohmann::ordered_json::parse(options_json(learning));
    for (const auto& [name, value] : given.items())
        text += "the option " + name + " " + value.dump() + '\n';
    return text;
}

std::optional<std::pair<std::string, std::string>> identity_difference(const std::string& found,
                                                                       const std::string& wanted) {
    std::istringstream first(found);
    std::istringstream second(wanted);
    while (first && second) {
        std::string of_first;
        std::string of_second;
        std::getline(first, of_first);
        std::getline(second, of_second);
        if (of_first != of_second)
            return std::pair(of_first.empty() ? "nothing" : of_first,
                             of_second.empty() ? "nothing" : of_second);
    }
    return std::nullopt;
}

}  // namespace dfd
