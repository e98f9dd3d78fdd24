#include <algorithm>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <memory>
#include <optional>
#include <regex>

#include "app/dfd/commands.h"
#include "core/base/formatted.h"
#include "core/base/text.h"
#include "core/engine/scoring/evaluator.h"
#include "core/opinion/story.h"
#include "core/panel/calibration_words.h"
#include "core/panel/combination_words.h"
#include "core/panel/encoders.h"
#include "core/panel/foreign_experts.h"
#include "core/panel/panel_add.h"
#include "core/panel/panel_join.h"
#include "core/panel/weights_description.h"
#include "core/picture/picture.h"
#include "core/training/experts/encoder_file.h"

namespace dfd {
namespace {

struct PanelOptions {
    InstallRequest install;
    AddRequest add;
    EncoderRequest encoder;
    std::filesystem::path join;  ///< the plan
    std::vector<std::filesystem::path> joining;
    std::filesystem::path joined;  ///< the new panel's folder
    std::string name;
    std::string title;
    std::vector<std::string> pictures;
    std::string device = "auto";
};

int install(const PanelOptions& options, const std::stop_token& stop) {
    PanelRecord record;
    {
        ProgressLine line;
        record = install_panel(options.install, progress_to(line), stop);
    }
    std::cout << "Installed " << record.name << " with " << record.experts.size() << " experts in "
              << visible(record.folder.native()) << '\n';
    return kAllDone;
}

int add(const PanelOptions& options, const std::stop_token& stop) {
    PanelRecord record;
    {
        ProgressLine line;
        record = add_panel(options.add, progress_to(line), stop);
    }
    std::cout << "Added " << record.name << " with " << record.experts.size()
              << (record.experts.size() == 1 ? " expert" : " experts") << " in "
              << visible(record.folder.native()) << '\n';
    return kAllDone;
}

int join(const PanelOptions& options) {
    const auto record = join_panels(options.join, options.joining, options.joined);
    std::cout << "Made " << record.name << " with " << record.questions.size() << " questions and "
              << record.experts.size() << " experts in " << visible(record.folder.native()) << '\n';
    return kAllDone;
}

int make_new(const PanelOptions& options) {
    const auto record = new_panel(options.name, options.title);
    std::cout << "Made " << record.name << ", without experts yet, in "
              << visible(record.folder.native()) << '\n';
    return kAllDone;
}

int list() {
    std::cout << "name\texperts\tkind\tfolder\n";
    for (const auto& [record, problem] : list_panels()) {
        std::cout << record.name << '\t' << record.experts.size() << '\t'
                  << (!problem.empty() ? "unusable"
                      : record.starter ? "starter"
                                       : "panel")
                  << '\t' << visible(record.folder.native()) << '\n';
        if (!problem.empty())
            std::cerr << "dfd: " << problem << '\n';
        if (const auto missing = experts_without_encoder(record); !missing.empty())
            std::cerr << "dfd: " << record.name << ": " << left_out_sentence(missing) << '\n';
        for (const auto kind : {ExpertKind::Onnx, ExpertKind::Program})
            if (std::ranges::find(record.experts, kind, &ExpertRecord::kind) !=
                record.experts.end())
                if (const auto component = missing_for(kind); !component.empty())
                    std::cerr << "dfd: " << record.name << ": " << component << '\n';
    }
    return kAllDone;
}

int describe_file(const std::filesystem::path& file) {
    const auto description = describe_weights(file);
    std::cout << "file      " << visible(file.native()) << "\ncontainer " << description.container
              << "\ntensors   " << description.tensors.size() << "\nvalues    "
              << description.values << '\n';
    bool finite = true;
    for (const auto& tensor : description.tensors) {
        std::cout << "  " << tensor.name << "  " << tensor.type << " [";
        for (size_t i = 0; i < tensor.shape.size(); ++i)
            std::cout << (i > 0 ? ", " : "") << tensor.shape[i];
        std::cout << (tensor.finite ? "]\n" : "]  contains NaN or infinity\n");
        finite &= tensor.finite;
    }
    return finite ? kAllDone : kSomeFailed;
}

void describe_foreign(const PanelRecord& record, const ExpertRecord& expert) {
    const auto manifest = manifest_of(record, expert);
    std::cout << "\nexpert    " << expert.name << "\n  kind          " << kind_name(expert.kind)
              << "\n  manifest      " << expert.file << "\n  sha256        " << expert.sha256
              << "\n  title         " << visible(manifest.title) << "\n  origin        "
              << visible(manifest.origin) << "\n  licence       " << visible(manifest.licence)
              << "\n  made for      " << joined(manifest.made_for, ", ") << "\n  canaries      "
              << manifest.canaries.size() << "\n  replay        "
              << (manifest.reproducible() ? "every file is bound by its digest"
                                          : "not reproducible: it runs files that no digest binds")
              << '\n';
    if (!record.questions.empty())
        std::cout << "  question      " << record.questions[expert.question].id << '\n';
    for (const auto& path : manifest.run.reads)
        std::cout << "  reads         " << visible(path) << " of this machine\n";
    for (const auto& limit : manifest.limits)
        std::cout << "  limit         " << visible(limit) << '\n';
    if (manifest.output.map)
        std::cout << "  map           " << kOwnMap << '\n';
}

/// The fusion with the figures of the mean beside its own.
std::string fusion_line(const MeasuredAnswer& measured) {
    const auto& fusion = measured.answer.fusion;
    if (fusion.experts.empty())
        return {};
    return "  fusion        " + fusion_words(fusion) +
           formatted("; the mean has Cllr %.3f, AUC %.3f on the same groups\n",
                     measured.cllr_of_mean, measured.auc_of_mean);
}

/// What it was made on, its errors and its limits, a line each.
std::string calibration_lines(const MeasuredAnswer& measured) {
    std::string lines;
    for (const auto& [name, value] : calibration_facts(measured))
        lines += "  " + name + ": " + visible(value) + '\n';
    return lines;
}

int describe(const PanelOptions& options) {
    if (std::filesystem::is_regular_file(options.name) &&
        std::filesystem::path(options.name).extension() != ".json")
        return describe_file(options.name);
    const auto record = find_panel(options.name);
    std::cout << "name      " << record.name << "\ntitle     " << record.title << "\nfolder    "
              << visible(record.folder.native()) << "\ndigest    " << record.digest
              << "\nstarter   " << (record.starter ? "yes: a small demonstration panel" : "no")
              << "\nlicence   " << record.licence << "\norigin    " << record.origin
              << "\nclasses   0 " << record.classes[0] << ", 1 " << record.classes[1]
              << "\ncombine   " << record.combine << ": " << combination_words(record)
              << "\nweights   " << (record.ema ? "exponential moving averages" : "raw parameters")
              << "\nsubject   " << (record.subject.empty() ? "any picture" : record.subject)
              << '\n';
    for (const auto& calibration : record.calibrations)
        for (const auto& measured : calibration.answers)
            std::cout << "\ncalibrated " << measured.answer.question
                      << (calibration.name.empty() ? "" : "\n  name          ") << calibration.name
                      << "\n  experts       " << joined(calibration.experts, ", ")
                      << "\n  precision     " << calibration.precision << '\n'
                      << calibration_lines(measured) << fusion_line(measured);
    if (!record.calibration_problem.empty())
        std::cout << (record.calibrations.empty() ? "\ncalibrated no: " : "\nleft out   ")
                  << record.calibration_problem << '\n';
    for (const auto& question : record.questions)
        std::cout << "\nquestion  " << question.id << "\n  text          " << question.text
                  << "\n  high score    " << question.fake << "\n  low score     " << question.real
                  << '\n';
    for (const auto& expert : record.experts) {
        if (expert.kind != ExpertKind::Network) {
            describe_foreign(record, expert);
            continue;
        }
        const auto& input = expert.input;
        std::cout << "\nexpert    " << expert.name << "\n  architecture  " << expert.architecture
                  << "\n  file          " << expert.file << "\n  sha256        " << expert.sha256;
        if (!expert.encoder.empty())
            std::cout << "\n  encoder       " << expert.encoder
                      << (find_encoder(expert) ? "" : " (not installed)");
        if (!record.questions.empty())
            std::cout << "\n  question      " << record.questions[expert.question].id;
        std::cout << "\n  input         ";
        if (input.windows)
            std::cout << "RGB at its own resolution; of large pictures windows of "
                      << input.windows->size << " x " << input.windows->size << ", at most "
                      << input.windows->most;
        else if (input.resize == Resize::Native)
            std::cout << "RGB at its own resolution";
        else
            std::cout << "RGB, normalised, then stretched to " << input.size << " x " << input.size
                      << " (antialiased bilinear)";
        std::cout << "\n  mean, std     " << input.mean[0] << ' ' << input.mean[1] << ' '
                  << input.mean[2] << ", " << input.std[0] << ' ' << input.std[1] << ' '
                  << input.std[2] << "\n  Grad-CAM      " << expert.gradcam_layer << '\n';
    }
    return kAllDone;
}

/// The expected score in a file name such as "…should_be_0.0016829653177410.jpg", as the published
/// demonstration pictures have it.
std::optional<double> expected_score(const std::string& file_name) {
    static const std::regex pattern(R"(should_be_([0-9]*\.?[0-9]+(?:[eE]-?[0-9]+)?))");
    std::smatch match;
    if (!std::regex_search(file_name, match, pattern))
        return std::nullopt;
    return std::strtod(match[1].str().c_str(), nullptr);
}

/// Scores pictures whose file names contain the expected score, and compares.
bool verify_pictures(const PanelOptions& options, const PanelRecord& record,
                     const std::stop_token& stop) {
    constexpr double kTolerance = 1e-4;
    const auto evaluator = open_evaluator(record, options.device, Precision::Float32, {}, stop);
    bool all = true;
    for (const auto& path : options.pictures) {
        const auto expected = expected_score(std::filesystem::path(path).filename().native());
        try {
            const auto picture = read_picture(path);
            const Pixels* pixels = &picture.pixels;
            const auto opinion = evaluator->evaluate({&pixels, 1}, {}, stop).at(0);
            std::cout << std::fixed << std::setprecision(9);
            if (!expected) {
                std::cout << "none  " << path << ": scored " << opinion.score
                          << "; not compared, because its name contains no expected score "
                             "(…should_be_0.123….jpg).\n";
                continue;
            }
            const double difference = opinion.score - *expected;
            const bool pass = std::abs(difference) <= kTolerance;
            all &= pass;
            std::cout << (pass ? "pass  " : "fail  ") << path << ": " << opinion.score
                      << ", expected " << *expected << ", difference " << std::showpos << difference
                      << std::noshowpos << " (tolerance " << kTolerance << ")\n";
        } catch (const PictureError& error) {
            all = false;
            std::cout << "fail  " << path << ": " << error.what() << '\n';
        }
    }
    return all;
}

int verify(const PanelOptions& options, const std::stop_token& stop) {
    const auto record = find_panel(options.name);
    std::vector<FileCheck> checks;
    {
        ProgressLine line;
        checks = verify_panel(record, progress_to(line), stop);
    }
    bool all = true;
    for (const auto& check : checks) {
        all &= check.ok || check.absent;
        std::cout << (check.ok       ? "pass  "
                      : check.absent ? "none  "
                                     : "fail  ")
                  << check.file << (check.ok ? "" : ": " + check.problem) << '\n';
    }
    if (!all)
        return kSomeFailed;
    if (!options.pictures.empty())
        all = verify_pictures(options, record, stop);
    return all ? kAllDone : kSomeFailed;
}

int make_encoder_file(const PanelOptions& options) {
    const auto made = make_encoder(options.encoder);
    std::cout << "file      " << visible(made.file.native()) << "\nsha256    " << made.sha256
              << '\n';
    if (made.compared)
        std::cout << "compared  with stored embeddings of three pictures; largest difference "
                  << made.difference << " (tolerance " << kEmbeddingTolerance << ")\n";
    else
        std::cout << "compared  with nothing: no embeddings of this source are stored\n";
    return kAllDone;
}

int remove(const PanelOptions& options) {
    const auto record = find_panel(options.name);
    remove_panel(record);
    std::cout << "Removed " << record.name << " from " << visible(record.folder.native()) << '\n';
    return kAllDone;
}

}  // namespace

void add_panel_command(CLI::App& app, Chosen& chosen) {
    auto options = std::make_shared<PanelOptions>();
    auto* panel = app.add_subcommand(
        "panel",
        "Make, install, add, join, list, describe, verify and remove panels; make encoders");
    panel->require_subcommand(1);
    const auto choose = [options, &chosen](CLI::App* command, auto action) {
        set_action(*command, chosen, options, action);
    };

    auto* installing =
        panel->add_subcommand("install", "Install a panel from the two published files");
    installing->add_option("--weights", options->install.weights, "weight.pth")->required();
    installing->add_option("--ema", options->install.ema, "ema.state")->required();
    installing->add_option("--name", options->install.name, "The panel's name");
    installing->add_flag("--replace", options->install.replace, "Replace a panel of that name");
    choose(installing, install);

    auto* adding = panel->add_subcommand(
        "add", "Install a copy of a panel's folder, such as one made by `dfd train`");
    adding->add_option("folder", options->add.folder, "Folder with panel.json and the weights")
        ->required();
    adding->add_option("--name", options->add.name, "The panel's name here; default: its own");
    adding->add_flag("--replace", options->add.replace, "Replace a panel of that name");
    choose(adding, add);

    auto* making =
        panel->add_subcommand("new", "Make a panel without experts, for `dfd expert add`");
    making->add_option("name", options->name, "The panel's name")->required();
    making->add_option("--title", options->title, "Its title; default: its name");
    choose(making, [](const PanelOptions& o, const std::stop_token&) { return make_new(o); });

    auto* joining = panel->add_subcommand(
        "join", "Make one panel of several, each of which answers a question of its own");
    joining
        ->add_option("plan", options->join,
                     "JSON file: name, title, licence, origin, starter, questions [{id, text, "
                     "fake, real}]")
        ->required();
    joining->add_option("panels", options->joining, "Folder of each question's panel, in order")
        ->required();
    joining->add_option("--out", options->joined, "Folder of the new panel")->required();
    choose(joining, [](const PanelOptions& o, const std::stop_token&) { return join(o); });

    auto* encoding = panel->add_subcommand(
        "encoder",
        "Make the encoder file that several experts share, such as that of CLIP experts");
    encoding
        ->add_option("--from", options->encoder.from,
                     "clip_encoder.int8.onnx, another weights file, or PANEL:EXPERT")
        ->required();
    encoding->add_option("--architecture", options->encoder.architecture, "The experts' network")
        ->capture_default_str();
    encoding->add_option("--out", options->encoder.out,
                         "The file to write; default: named by its digest, in the first folder "
                         "where encoders are searched");
    choose(encoding,
           [](const PanelOptions& o, const std::stop_token&) { return make_encoder_file(o); });

    choose(panel->add_subcommand("list", "List installed and bundled panels"),
           [](const PanelOptions&, const std::stop_token&) { return list(); });

    auto* describing = panel->add_subcommand(
        "describe", "Describe a panel's experts, or the tensors of a weights file");
    describing->add_option("panel", options->name, "A panel's name or path, or a weights file")
        ->required();
    choose(describing, [](const PanelOptions& o, const std::stop_token&) { return describe(o); });

    auto* verifying = panel->add_subcommand("verify",
                                            "Check the digests of a panel's files, and optionally "
                                            "the scores of pictures with known scores");
    verifying->add_option("panel", options->name, "A panel's name or path")->required();
    verifying->add_option(
        "pictures", options->pictures,
        "Pictures named …should_be_SCORE.jpg; others are scored but not compared");
    verifying->add_option("--device", options->device, "auto, cpu, cuda or cuda:N");
    choose(verifying, verify);

    auto* removing = panel->add_subcommand("remove", "Delete an installed panel");
    removing->add_option("panel", options->name, "A panel's name or path")->required();
    choose(removing, [](const PanelOptions& o, const std::stop_token&) { return remove(o); });
}

}  // namespace dfd
