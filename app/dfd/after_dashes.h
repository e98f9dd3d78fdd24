// "--" on a command line: everything behind it is a name, also where names stand before it.
#pragma once

#include <CLI/CLI.hpp>

namespace dfd {

/// Parses the command line. CLI11 itself ends a command at "--" once it has its names, so that
/// `dfd score a.jpg -- -b.jpg` would be refused. Throws CLI::ParseError.
void parse_command_line(CLI::App& app, int argc, char** argv);

}  // namespace dfd
