#include "app/dfd/commands.h"

namespace dfd {

void add_prepare_commands(CLI::App& app, Chosen& chosen) {
    auto* prepare = app.add_subcommand("prepare",
                                       "Prepare training data; every step reads and writes a "
                                       "manifest (CSV: path, label, source, group, operation, "
                                       "parameters, mask, cluster, fold)");
    prepare->require_subcommand(1);
    add_prepare_edit(*prepare, chosen);
    add_prepare_neural(*prepare, chosen);
    add_prepare_diffuse(*prepare, chosen);
    add_prepare_process(*prepare, chosen);
    add_prepare_features(*prepare, chosen);
    add_prepare_leaks(*prepare, chosen);
}

}  // namespace dfd
