#include <iostream>
#include <memory>

#include "app/dfd/commands.h"
#include "core/training/fakes/prepare_edit.h"

namespace dfd {
namespace {

int run(const PrepareEditOptions& options, const std::stop_token& stop) {
    PrepareEditReport report;
    {
        ProgressLine line;
        report = prepare_edit(options, progress_to(line), stop);
    }
    for (const auto& file : report.skipped)
        std::cerr << "dfd: " << file << " was skipped: it cannot be read or is too small.\n";
    std::cout << report.photographs << " photographs, " << report.made << " fakes made, "
              << report.reused << " already present; each has an untouched twin.\n";
    for (const auto& [name, count] : report.by_operation)
        std::cout << "  " << count << '\t' << name << '\n';
    std::cout << (options.out / "manifest.csv").native() << '\n';
    return report.skipped.empty() ? kAllDone : kSomeFailed;
}

}  // namespace

void add_prepare_edit(CLI::App& prepare, Chosen& chosen) {
    auto options = std::make_shared<PrepareEditOptions>();
    auto* command = prepare.add_subcommand(
        "edit",
        "Make fakes by editing photographs; writes fakes, masks, untouched twins and manifest.csv");
    command->add_option("--photos", options->photos, "Folder of untouched photographs")->required();
    command->add_option("--out", options->out, "Folder for real/, fake/, mask/ and manifest.csv")
        ->required();
    command->add_option("--per-photo", options->per_photo, "Fakes per photograph")
        ->capture_default_str();
    command->add_option("--operations", options->operations, "Use only these operations")
        ->delimiter(',')
        ->check(CLI::IsMember(edit_operations()));
    command->add_option("--seed", options->seed, "Seed of all random choices")
        ->capture_default_str();
    command->add_option("--side", options->side, "Largest side of a crop, in pixels")
        ->capture_default_str();
    command->add_option("--threads", options->threads, "Threads; 0: one per processor")
        ->capture_default_str();
    command->callback([options, &chosen] {
        chosen = [options](const std::stop_token& stop) {
            return resumable([&] { return run(*options, stop); });
        };
    });
}

}  // namespace dfd
