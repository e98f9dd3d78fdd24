#include "core/panel/population_words.h"

#include "core/base/formatted.h"
#include "core/base/language.h"
#include "core/base/text.h"

namespace dfd {
namespace {

std::string counted(const std::vector<PopulationCount>& counts) {
    return joined(counts, "; ", [](const PopulationCount& each) {
        const auto name = each.name.empty() ? say("others") : each.name;
        if (each.fake == 0)
            return say("%1: %2 real", {name, std::to_string(each.real)});
        if (each.real == 0)
            return say("%1: %2 fake", {name, std::to_string(each.fake)});
        return say("%1: %2 real, %3 fake",
                   {name, std::to_string(each.real), std::to_string(each.fake)});
    });
}

std::string sizes_words(const std::vector<double>& sizes) {
    const auto megapixels = [&](std::size_t quantile) {
        return formatted("%.3g", sizes.at(quantile));
    };
    return say("%1 to %2 megapixels; nine of ten have %3 to %4, half have at most %5",
               {megapixels(0), megapixels(4), megapixels(1), megapixels(3), megapixels(2)});
}

}  // namespace

std::vector<std::pair<std::string, std::string>> population_facts(
    const CalibrationPopulation& population) {
    std::vector<std::pair<std::string, std::string>> facts;
    if (!population.description.empty())
        facts.emplace_back(say("Described as"), population.description);
    if (!population.sources.empty())
        facts.emplace_back(say("Sources"), counted(population.sources));
    if (!population.kinds.empty())
        facts.emplace_back(say("Kinds of fake"), counted(population.kinds));
    if (!population.sizes.empty())
        facts.emplace_back(say("Sizes"), sizes_words(population.sizes));
    if (!population.formats.empty())
        facts.emplace_back(say("Formats"), counted(population.formats));
    return facts;
}

}  // namespace dfd
