// `dfd bench`: measures the speed of a panel on this machine.
#pragma once

#include "app/dfd/commands.h"

namespace dfd {

void add_bench_command(CLI::App& app, Chosen& chosen);

}  // namespace dfd
