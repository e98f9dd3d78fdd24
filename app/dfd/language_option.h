// --language: in which language dfd speaks.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace dfd {

/// Adds --language to the program and to each of its commands; call it once all are there.
void add_language_option(CLI::App& app, std::string& code);

/// Uses this language, or without one that of the environment variable DFD_LANGUAGE, or English.
/// What programs read is English whatever was chosen: with --format json, jsonl or csv everything
/// that the command says. Call it after parsing and before anything is said. Throws
/// CLI::ValidationError for a language that the program does not have.
void use_chosen_language(const CLI::App& app, const std::string& code);

}  // namespace dfd
