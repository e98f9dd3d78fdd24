#include "core/training/experts/training_identity.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "core/training/experts/starting_weights.h"

namespace dfd {
namespace {

constexpr const char* kPrecision = "the option precision ";
constexpr const char* kContent = " with the SHA-256 ";

}  // namespace

std::string training_identity(const TrainOptions& options, const LearningOptions& learning,
                              const std::string& manifest_digest) {
    std::string text = "the manifest of SHA-256 " + manifest_digest + '\n';
    for (const auto& expert : options.experts)
        text +=
            "the expert " + expert.name + ": " + expert.architecture + ", fold " +
            (expert.fold == kNoFold ? "none" : std::to_string(expert.fold)) + ", from " +
            (expert.init.empty() ? "scratch"
                                 : expert.init + kContent + starting_weights_digest(expert.init)) +
            '\n';
    const auto given = nlohmann::ordered_json::parse(options_json(learning));
    for (const auto& [name, value] : given.items())
        text += "the option " + name + " " + value.dump() + '\n';
    return text;
}

std::optional<IdentityDifference> identity_difference(const std::string& found,
                                                      const std::string& wanted) {
    std::istringstream first(found);
    std::istringstream second(wanted);
    while (first && second) {
        std::string of_first;
        std::string of_second;
        std::getline(first, of_first);
        std::getline(second, of_second);
        if (of_first != of_second)
            return IdentityDifference(of_first.empty() ? "nothing" : of_first,
                                      of_second.empty() ? "nothing" : of_second);
    }
    return std::nullopt;
}

std::string difference_advice(const IdentityDifference& difference) {
    const auto& [found, wanted] = difference;
    if (found.starts_with(kPrecision) && wanted.starts_with(kPrecision))
        return " With --precision auto, the processor decides. This one would change the "
               "arithmetic. Resume on the kind of processor that the training started on, or give "
               "--precision as it was.";
    const auto of_found = found.find(kContent);
    if (of_found != std::string::npos && wanted.starts_with(found.substr(0, of_found + 1)) &&
        wanted.find(kContent) == of_found)
        return " The file of the starting weights has changed since the training started.";
    return {};
}

}  // namespace dfd
