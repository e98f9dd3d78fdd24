#include <functional>
#include <iostream>
#include <memory>

#include "app/dfd/commands.h"
#include "app/dfd/filter_options.h"
#include "core/base/language.h"
#include "core/base/text.h"
#include "core/casework/exhibits/exhibit_record.h"
#include "core/casework/exhibits/review.h"
#include "core/casework/report/case_text.h"
#include "core/casework/scan/merge_cases.h"
#include "core/casework/verify/verify_case.h"

namespace dfd {
namespace {

struct CaseArguments {
    std::filesystem::path file;
    std::string by, format = "text", head, tag, exhibit, note, mark = "none";
    std::vector<std::string> exhibits;
    std::vector<std::filesystem::path> sources;
    FilterOptions filter;
    std::string save;
    std::string profile = ThresholdProfile{}.name;
    BandThresholds thresholds;
    int distance = kDefaultHashDistance;
    bool maps = false, remove = false, no_files = false;
};

std::vector<ExhibitId> named_exhibits(const CaseFile& file, const CaseArguments& arguments) {
    std::vector<ExhibitId> ids;
    for (const auto& name : arguments.exhibits)
        ids.push_back(named_exhibit(file, name));
    return ids;
}

int info(const CaseArguments& arguments, const std::stop_token&) {
    const CaseFile file(arguments.file, CaseAccess::Read);
    if (arguments.format == "json")
        std::cout << case_info_json(file) << '\n';
    else
        std::cout << case_info_text(file);
    return kAllDone;
}

void print(const CaseArguments& arguments, const ExhibitRecord& record,
           const QuestionBands& bands) {
    const auto& examination = record.examination;
    if (arguments.format == "json")
        std::cout << listed_json(record, bands, arguments.maps) << '\n';
    else if (arguments.format == "csv")
        std::cout << to_csv(examination, record.by, bands) << '\n';
    else if (examination.opinion)
        std::cout << to_reference_line(examination) << '\n';
    else
        std::cerr << "dfd: " << visible(examination.source.path.native()) << ": "
                  << say_again(examination.failure.message) << '\n';
    if (arguments.format == "text")
        for (const auto& copy : record.copies())
            std::cout << "  also at [" << visible(copy.native()) << "]\n";
}

/// The exhibits that match the filter's options, in their order. Saves the filter if requested.
std::vector<ExhibitId> chosen_exhibits(CaseFile& file, const CaseArguments& arguments) {
    const auto filter = wanted_filter(file, arguments.filter);
    if (!arguments.save.empty())
        save_filter(file, arguments.save, filter);
    return find_exhibits(file, filter, arguments.filter.order, arguments.filter.descending);
}

int list(const CaseArguments& arguments, const std::stop_token& stop) {
    CaseFile file(arguments.file, arguments.save.empty() ? CaseAccess::Read : CaseAccess::Write,
                  arguments.by);
    const auto ids = chosen_exhibits(file, arguments);
    const auto bands = active_thresholds(file).bands;
    if (arguments.format == "csv")
        std::cout << csv_header(recorded_scorer(file, shown_scorer(file)).panel) << '\n';
    std::size_t unscored = 0;
    for (const auto id : ids) {
        if (stop.stop_requested())
            break;
        const auto record = read_exhibit(file, id, arguments.maps);
        if (record.examination.state == ExaminationState::Queued)
            ++unscored;
        else
            print(arguments, record, bands);
    }
    if (unscored > 0)
        std::cerr
            << "dfd: " << unscored
            << " more exhibits have no result of the panel that is shown; scan them with it.\n";
    return kAllDone;
}

int verify(const CaseArguments& arguments, const std::stop_token& stop) {
    CaseCheck check;
    {
        ProgressLine line;
        check = verify_case(arguments.file, {!arguments.no_files, arguments.head},
                            progress_to(line), stop);
    }
    for (const auto& problem : check.problems)
        std::cout << "fail  " << visible(problem) << '\n';
    for (const auto& note : check.notes)
        std::cout << "note  " << visible(note) << '\n';
    std::cout << (check.problems.empty() ? "pass  " : "      ") << visible(arguments.file.native())
              << ": " << check.entries << " log entries, " << check.rows << " rows";
    if (!arguments.no_files)
        std::cout << ", " << check.files << " files as recorded, " << check.unreachable
                  << " unreachable";
    std::cout << "\nhead  " << check.head << '\n';
    return check.problems.empty() ? kAllDone : kSomeFailed;
}

int merge(const CaseArguments& arguments, const std::stop_token& stop) {
    CaseFile file(arguments.file, CaseAccess::Create, arguments.by);
    for (const auto& source : arguments.sources) {
        MergeSummary done;
        {
            ProgressLine line;
            done = merge_case(file, source, progress_to(line), stop);
        }
        std::cout << visible(source.native()) << ": " << done.exhibits << " exhibits, "
                  << done.files << " files, " << done.results << " results, " << done.stabilities
                  << " stabilities, " << done.decisions << " decisions merged\n";
        if (done.differing > 0)
            std::cerr << "dfd: " << visible(source.native()) << ": " << done.differing
                      << " pictures have a different score there for the same panel, precision and "
                         "bytes; the existing score is kept.\n";
        if (done.replaced > 0)
            std::cerr << "dfd: " << visible(source.native()) << ": " << done.replaced
                      << " marks or tags there now count instead of those in this case; `dfd case "
                         "log` and the exhibits' marks show both.\n";
    }
    return kAllDone;
}

int mark(const CaseArguments& arguments, const std::stop_token&) {
    CaseFile file(arguments.file, CaseAccess::Write, arguments.by);
    mark_exhibits(file, named_exhibits(file, arguments), mark_words().at(arguments.mark));
    return kAllDone;
}

int tag(const CaseArguments& arguments, const std::stop_token&) {
    CaseFile file(arguments.file, CaseAccess::Write, arguments.by);
    tag_exhibits(file, named_exhibits(file, arguments), arguments.tag, !arguments.remove);
    return kAllDone;
}

int note(const CaseArguments& arguments, const std::stop_token&) {
    CaseFile file(arguments.file, CaseAccess::Write, arguments.by);
    add_note(file, named_exhibit(file, arguments.exhibit), arguments.note);
    return kAllDone;
}

int log(const CaseArguments& arguments, const std::stop_token&) {
    const CaseFile file(arguments.file, CaseAccess::Read);
    for (const auto& entry : read_log(file))
        std::cout << (arguments.format == "json" ? log_json(entry) : log_text(entry)) << '\n';
    return kAllDone;
}

int duplicates(const CaseArguments& arguments, const std::stop_token&) {
    const CaseFile file(arguments.file, CaseAccess::Read);
    for (const auto& group : find_look_alikes(file, arguments.distance)) {
        if (arguments.format == "json")
            std::cout << look_alikes_json(file, group) << '\n';
        else
            std::cout << look_alikes_text(file, group);
    }
    return kAllDone;
}

/// The subcommands of `dfd case` and their shared option and argument.
class Commands {
  public:
    using Action = int (*)(const CaseArguments&, const std::stop_token&);

    Commands(CLI::App& parent, Chosen& chosen) : parent_(parent), chosen_(chosen) {}

    CLI::App& add(const char* name, const char* what, Action action) {
        auto* command = parent_.add_subcommand(name, what);
        command->add_option("case", arguments_->file, "The case")->required();
        set_action(*command, chosen_, arguments_, action);
        return *command;
    }
    void add_format(CLI::App& command, std::vector<std::string> formats) {
        add_format_option(command, arguments_->format, std::move(formats));
    }
    void add_by(CLI::App& command) {
        command.add_option("--by", arguments_->by,
                           "Name in the audit log; default: the login name");
    }
    void add_exhibits(CLI::App& command) {
        command
            .add_option("exhibits", arguments_->exhibits,
                        "Paths, or SHA-256 digests (8 or more digits)")
            ->required();
    }
    CaseArguments& arguments() { return *arguments_; }

  private:
    CLI::App& parent_;
    Chosen& chosen_;
    std::shared_ptr<CaseArguments> arguments_ = std::make_shared<CaseArguments>();
};

int thresholds(const CaseArguments& arguments, const std::stop_token&) {
    CaseFile file(arguments.file, CaseAccess::Write, arguments.by);
    set_thresholds(file, {arguments.profile, arguments.thresholds});
    return kAllDone;
}

}  // namespace

void add_case_command(CLI::App& app, Chosen& chosen) {
    auto* parent = app.add_subcommand("case", "Inspect, review, verify and merge cases");
    parent->require_subcommand(1);
    Commands commands(*parent, chosen);
    auto& arguments = commands.arguments();

    commands.add_format(
        commands.add("info", "Show counts by state, the current writer and the log's head", info),
        {"text", "json"});

    auto& listing = commands.add("list", "List exhibits in the formats of `dfd score`", list);
    commands.add_format(listing, {"text", "json", "csv"});
    listing.add_flag("--maps", arguments.maps, "Add each expert's stored Grad-CAM array (json)");
    add_filter_options(listing, arguments.filter);
    listing.add_option("--save-filter", arguments.save, "Save the filter under this name");
    commands.add_by(listing);

    auto& verifying = commands.add(
        "verify", "Verify the log's chain, the database and the digests of reachable files",
        verify);
    verifying.add_option("--head", arguments.head,
                         "A log digest noted earlier; it must still be in the log");
    verifying.add_flag("--no-files", arguments.no_files, "Do not read the pictures");

    auto& merging =
        commands.add("merge", "Merge other cases into this one; merging twice adds nothing", merge);
    merging.add_option("sources", arguments.sources, "Cases to merge; they are not changed")
        ->required();
    commands.add_by(merging);

    auto& marking = commands.add("mark", "Mark exhibits", mark);
    marking.add_option("mark", arguments.mark, "suspicious, cleared, to-check or none")
        ->check(CLI::IsMember(mark_words()))
        ->required();
    commands.add_exhibits(marking);
    commands.add_by(marking);

    auto& tagging = commands.add("tag", "Add a tag to exhibits, or remove it", tag);
    tagging.add_option("tag", arguments.tag, "Any word")->required();
    commands.add_exhibits(tagging);
    tagging.add_flag("--remove", arguments.remove, "Remove the tag");
    commands.add_by(tagging);

    auto& noting = commands.add("note", "Add a note to an exhibit", note);
    noting.add_option("exhibit", arguments.exhibit, "A path, or a SHA-256 digest")->required();
    noting.add_option("text", arguments.note, "The note's text")->required();
    commands.add_by(noting);

    auto& banding = commands.add(
        "thresholds", "Set the thresholds of the bands; nothing is scored again", thresholds);
    banding
        .add_option("--real-below", arguments.thresholds.real_below,
                    "Scores below this look real, whatever the question")
        ->capture_default_str();
    banding
        .add_option("--fake-from", arguments.thresholds.fake_from,
                    "Scores of at least this look fake")
        ->capture_default_str();
    banding.add_option("--profile", arguments.profile, "Name of the threshold profile")
        ->capture_default_str();
    commands.add_by(banding);

    commands.add_format(commands.add("log", "Show what was done, by whom and when", log),
                        {"text", "json"});

    add_case_stability(*parent, chosen);

    auto& alike = commands.add("duplicates",
                               "List pictures that look alike, those with different scores first",
                               duplicates);
    alike
        .add_option("--distance", arguments.distance,
                    "Bits (of 64) by which perceptual hashes may differ")
        ->check(CLI::Range(0, kLargestHashDistance))
        ->capture_default_str();
    commands.add_format(alike, {"text", "json"});
}

}  // namespace dfd
