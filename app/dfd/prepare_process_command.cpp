#include <iostream>
#include <memory>

#include "app/dfd/commands.h"
#include "core/base/text.h"
#include "core/training/processing/prepare_process.h"

namespace dfd {
namespace {

int run(const PrepareProcessOptions& options, const std::stop_token& stop) {
    return resumable([&] {
        ProcessReport report;
        {
            ProgressLine line;
            report = prepare_process(options, progress_to(line), stop);
        }
        for (const auto& [file, why] : report.unread)
            std::cerr << "dfd: " << visible(file.native()) << " was skipped. " << why << '\n';
        std::cout << report.made << " pictures made, " << report.reused << " already present.\n"
                  << visible((options.out / "manifest.csv").native()) << '\n';
        return report.unread.empty() ? kAllDone : kSomeFailed;
    });
}

}  // namespace

void add_prepare_process(CLI::App& prepare, Chosen& chosen) {
    auto options = std::make_shared<PrepareProcessOptions>();
    auto* command = prepare.add_subcommand(
        "process",
        "Copy all pictures of a manifest with everyday processing (crops, sizes, tone, sharpening, "
        "recompression), reals and fakes alike");
    command->add_option("manifest", options->manifest, "CSV with path, label, mask ...")
        ->required();
    command->add_option("--out", options->out, "Folder for pictures/, mask/ and manifest.csv")
        ->required();
    command
        ->add_option("--processing", options->processing,
                     "everyday: random; half-jpeg75: half the size and JPEG of quality 75")
        ->capture_default_str()
        ->check(CLI::IsMember(processing_names()));
    command->add_option("--copies", options->copies, "Copies of each picture")
        ->capture_default_str();
    command->add_option("--seed", options->seed, "Seed of all random choices")
        ->capture_default_str();
    command->add_option("--threads", options->threads, "Threads; 0: one per processor")
        ->capture_default_str();
    set_action(*command, chosen, options, run);
}

}  // namespace dfd
