#include "app/dfd/single_picture.h"

#include <iostream>

#include "app/dfd/scorer_options.h"

namespace dfd {

void add_single_picture_options(CLI::App& command, SinglePictureOptions& options) {
    command.add_option("picture", options.path, "The picture")->required();
    add_scorer_options(command, options.panel, options.device, options.precision);
    command.add_option("--batch", options.batch, "Versions of it scored together")
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
}

std::optional<Picture> read_single_picture(const std::string& path) {
    try {
        return read_picture(path);
    } catch (const PictureError& error) {
        std::cerr << "dfd: " << path << ": " << error.failure().message << '\n';
        return std::nullopt;
    }
}

}  // namespace dfd
