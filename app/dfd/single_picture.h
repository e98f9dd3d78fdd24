// Shared options of the commands that analyse a single picture.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/dfd/commands.h"
#include "app/dfd/scorer_options.h"

namespace dfd {

void add_stability_command(CLI::App& app, Chosen& chosen);
void add_atlas_command(CLI::App& app, Chosen& chosen);

struct SinglePictureOptions : ScorerOptions {
    std::string path;
    int batch = 4;
};

/// Adds the picture, --panel, --device, --precision and --batch. `options` must outlive the
/// command.
void add_single_picture_options(CLI::App& command, SinglePictureOptions& options);

/// Adds --operations, validated while parsing; empty means all.
CLI::Option* add_operations_option(CLI::App& command, std::vector<std::string>& operations);

/// Empty when it cannot be decoded; the reason is printed on standard error.
[[nodiscard]] std::optional<Picture> read_single_picture(const std::string& path);

}  // namespace dfd
