#include <iostream>
#include <memory>

#include "app/dfd/commands.h"
#include "core/base/text.h"
#include "core/training/fakes/prepare_edit.h"
#include "core/training/fakes/prepare_neural.h"

namespace dfd {
namespace {

int print(const FakeReport& report, const std::filesystem::path& out) {
    for (const auto& file : report.skipped)
        std::cerr << "dfd: " << file << " was skipped: it cannot be read or is too small.\n";
    std::cout << report.photographs << " photographs, " << report.made << " fakes made, "
              << report.reused << " already present; each has an untouched twin.\n";
    for (const auto& [name, count] : report.by_operation)
        std::cout << "  " << count << '\t' << name << '\n';
    std::cout << visible((out / "manifest.csv").native()) << '\n';
    return report.skipped.empty() ? kAllDone : kSomeFailed;
}

/// A branch that makes fakes on this computer: `make` is prepare_edit or prepare_neural.
template <class Options>
CLI::App* add_branch(CLI::App& prepare, Chosen& chosen, const std::string& name,
                     const std::string& description, const std::vector<std::string>& operations,
                     FakeReport (*make)(const Options&, const Progress&, std::stop_token),
                     const std::shared_ptr<Options>& options) {
    auto* command = prepare.add_subcommand(name, description);
    command->add_option("--photos", options->photos, "Folder of untouched photographs")->required();
    command->add_option("--out", options->out, "Folder for real/, fake/, mask/ and manifest.csv")
        ->required();
    command->add_option("--per-photo", options->per_photo, "Fakes per photograph")
        ->capture_default_str();
    command->add_option("--operations", options->operations, "Use only these operations")
        ->delimiter(',')
        ->check(CLI::IsMember(operations));
    command->add_option("--seed", options->seed, "Seed of all random choices")
        ->capture_default_str();
    command->add_option("--side", options->side, "Largest side of a crop, in pixels")
        ->capture_default_str();
    command->add_option("--threads", options->threads, "Threads; 0: one per processor")
        ->capture_default_str();
    command->callback([options, make, &chosen] {
        chosen = [options, make](const std::stop_token& stop) {
            return resumable([&] {
                FakeReport report;
                {
                    ProgressLine line;
                    report = make(*options, progress_to(line), stop);
                }
                return print(report, options->out);
            });
        };
    });
    return command;
}

}  // namespace

void add_prepare_edit(CLI::App& prepare, Chosen& chosen) {
    add_branch(prepare, chosen, "edit",
               "Make fakes by editing photographs; writes fakes, masks, untouched twins and "
               "manifest.csv",
               edit_operations(), prepare_edit, std::make_shared<PrepareEditOptions>());
}

void add_prepare_neural(CLI::App& prepare, Chosen& chosen) {
    auto options = std::make_shared<PrepareNeuralOptions>();
    auto* command = add_branch(
        prepare, chosen, "neural",
        "Make fakes by passing photographs through networks; writes fakes, masks, untouched twins "
        "and manifest.csv",
        neural_operations(), prepare_neural, options);
    command
        ->add_option("--networks", options->networks,
                     "Folder with networks: X_encoder.pth and X_decoder.pth (TAESD), .param and "
                     ".bin (Real-ESRGAN compact), FSRCNN_xN.pb, ESPCN_xN.pb")
        ->required();
}

}  // namespace dfd
