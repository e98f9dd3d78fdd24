// `dfd bench`.
#pragma once

#include "app/dfd/commands.h"

namespace dfd {

void add_bench_command(CLI::App& app, Chosen& chosen);

}  // namespace dfd
