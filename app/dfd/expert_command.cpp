#include <iostream>
#include <memory>

#include "app/dfd/commands.h"
#include "core/base/text.h"
#include "core/panel/foreign_words.h"

namespace dfd {
namespace {

struct ExpertOptions {
    std::vector<std::filesystem::path> files;
    AddExpertRequest add;
};

/// MODEL MANIFEST, or for a program MANIFEST alone.
ForeignFiles files_in(const ExpertOptions& options) {
    if (options.files.size() == 1)
        return {{}, options.files[0]};
    return {options.files[0], options.files[1]};
}

int check(const ExpertOptions& options, const std::stop_token& stop) {
    ExpertCheck found;
    std::cout << reads_text(read_manifest_file(files_in(options).manifest)) << std::flush;
    {
        ProgressLine line;
        found = check_expert(files_in(options), progress_to(line), stop);
    }
    std::cout << identity_text(found.manifest) << canaries_text(found);
    if (found.problem.empty()) {
        std::cout << "The expert can be added.\n";
        return kAllDone;
    }
    std::cerr << "dfd: " << visible(found.problem) << '\n';
    return kSomeFailed;
}

int add(const ExpertOptions& options, const std::stop_token& stop) {
    auto request = options.add;
    request.files = files_in(options);
    PanelRecord record;
    const auto manifest = read_manifest_file(request.files.manifest);
    std::cout << reads_text(manifest) << std::flush;
    {
        ProgressLine line;
        record = add_expert(request, progress_to(line), stop);
    }
    std::cout << "Added " << record.experts.back().name << " to " << record.name << ", which has "
              << record.experts.size() << (record.experts.size() == 1 ? " expert" : " experts")
              << " now and combines by the mean of their log-odds\n";
    if (const auto misfit = misfit_text(manifest, record, record.experts.back().question);
        !misfit.empty())
        std::cerr << "dfd: " << visible(misfit) << '\n';
    return kAllDone;
}

}  // namespace

void add_expert_command(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<ExpertOptions>();
    auto* expert = app.add_subcommand(
        "expert", "Check and add experts of other people: ONNX models and programs");
    expert->require_subcommand(1);
    const auto add_files = [&](CLI::App* command) {
        command
            ->add_option("files", options->files,
                         "MODEL.onnx MANIFEST.json, or MANIFEST.json of a program")
            ->expected(1, 2)
            ->required();
    };

    auto* checking = expert->add_subcommand(
        "check", "Check a model and its manifest, and ask it about its canaries");
    add_files(checking);
    set_action(*checking, chosen, options, check);

    auto* adding = expert->add_subcommand("add", "The same, and add it to an installed panel");
    add_files(adding);
    adding->add_option("--to", options->add.panel, "The panel's name or path")->required();
    adding->add_option("--name", options->add.name,
                       "The expert's name there; default: its manifest's");
    adding->add_option("--question", options->add.question,
                       "Id of the question it answers, where the panel asks several");
    set_action(*adding, chosen, options, add);
}

}  // namespace dfd
