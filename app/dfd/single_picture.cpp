#include "app/dfd/single_picture.h"

#include <iostream>
#include <stdexcept>

#include "core/base/language.h"
#include "core/base/text.h"
#include "core/engine/studies/stability.h"

namespace dfd {

void add_single_picture_options(CLI::App& command, SinglePictureOptions& options) {
    command.add_option("picture", options.path, "The picture")->required();
    add_scorer_options(command, options);
    add_batch_option(command, options.batch, "Versions scored together");
}

CLI::Option* add_operations_option(CLI::App& command, std::vector<std::string>& operations) {
    return command
        .add_option_function<std::vector<std::string>>(
            "--operations",
            [&operations](const std::vector<std::string>& given) {
                try {
                    (void)find_operations(given);
                } catch (const std::invalid_argument& error) {
                    throw CLI::ValidationError("--operations", error.what());
                }
                operations = given;
            },
            "Use only these, separated by commas: " +
                joined(stability_operations(), ", ", [](const auto& each) { return each.name; }))
        ->delimiter(',')
        ->allow_extra_args(false);  // a path after it is not an operation
}

std::optional<Picture> read_single_picture(const std::string& path) {
    try {
        return read_picture(path);
    } catch (const PictureError& error) {
        std::cerr << "dfd: " << visible(path) << ": " << say_again(error.failure().message) << '\n';
        return std::nullopt;
    }
}

}  // namespace dfd
