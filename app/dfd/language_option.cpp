#include "app/dfd/language_option.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "core/base/language.h"
#include "core/base/text.h"

namespace dfd {
namespace {

/// Whether a command that was given prints or writes what programs read.
bool writes_for_programs(const CLI::App& app) {
    if (const auto* const format = app.get_option_no_throw("--format");
        format != nullptr && format->count() > 0)
        for (const char* const name : {"json", "jsonl", "csv"})
            if (format->as<std::string>() == name)
                return true;
    for (const auto* const command : app.get_subcommands())
        if (writes_for_programs(*command))
            return true;
    return false;
}

}  // namespace

void add_language_option(CLI::App& app, std::string& code) {
    app.add_option("--language", code,
                   "Language of sentences and reports, such as en; default: DFD_LANGUAGE, or en")
        ->type_name("CODE");
    for (auto* const command : app.get_subcommands({}))
        add_language_option(*command, code);
}

void use_chosen_language(const CLI::App& app, const std::string& code) {
    const char* const variable = std::getenv("DFD_LANGUAGE");
    const std::string from_environment = variable == nullptr ? "" : variable;
    const std::string& wanted = code.empty() ? from_environment : code;
    if (wanted.empty())
        return;
    const auto here = languages();
    std::string known;
    for (const auto& each : here)
        known += (known.empty() ? "" : ", ") + each;
    const std::string place = code.empty() ? "DFD_LANGUAGE" : "--language";
    if (std::find(here.begin(), here.end(), wanted) == here.end())
        throw CLI::ValidationError(
            place, "There is no language \"" + visible(wanted) + "\"; there are: " + known);
    if (writes_for_programs(app))
        return;
    try {
        static_cast<void>(use_language(wanted));
    } catch (const std::runtime_error& problem) {
        throw CLI::ValidationError(place, problem.what());
    }
}

}  // namespace dfd
