// The commands of `dfd`: each registers its options and, when chosen, leaves the exit status.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <stop_token>
#include <string>

#include "core/panel/panel_record.h"

namespace dfd {

/// What a script may rely on.
enum ExitStatus {
    kAllDone = 0,
    kSomeFailed = 1,
    kUsage = 2,
    kNoPanelOrDevice = 3,
    kInterrupted = 130,  ///< 128 + SIGINT
};

/// Set by a command's callback, run after parsing: parsing errors stay usage errors.
using Chosen = std::function<int(std::stop_token)>;

void add_score_command(CLI::App& app, Chosen& chosen);
void add_replay_command(CLI::App& app, Chosen& chosen);
void add_disagree_command(CLI::App& app, Chosen& chosen);
void add_seen_command(CLI::App& app, Chosen& chosen);
void add_panel_command(CLI::App& app, Chosen& chosen);
void add_devices_command(CLI::App& app, Chosen& chosen);
void add_training_commands(CLI::App& app, Chosen& chosen);
void add_prepare_commands(CLI::App& app, Chosen& chosen);
void add_evaluate_command(CLI::App& app, Chosen& chosen);
void add_scan_command(CLI::App& app, Chosen& chosen);
void add_case_command(CLI::App& app, Chosen& chosen);
void add_export_command(CLI::App& app, Chosen& chosen);

/// `dfd case stability`.
void add_case_stability(CLI::App& parent, Chosen& chosen);

/// The steps below `dfd prepare`.
void add_prepare_edit(CLI::App& prepare, Chosen& chosen);
void add_prepare_diffuse(CLI::App& prepare, Chosen& chosen);
void add_prepare_features(CLI::App& prepare, Chosen& chosen);  ///< encode, cluster, split, folds
void add_prepare_leaks(CLI::App& prepare, Chosen& chosen);

/// Checks an option that counts something.
inline const CLI::Range kFromOne{1, 1'000'000};

/// Runs a step that goes on where it was when it is started again; when it is stopped, standard
/// error says so.
int resumable(const std::function<int()>& step);

/// One line on standard error that is rewritten in place; where that is not a terminal, a new line
/// a minute, so that a log tells how far it is.
class ProgressLine {
  public:
    ProgressLine();
    ~ProgressLine() { clear(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;
    /// At most ten times a second. `done` of `total`; the time left is estimated from the first
    /// call.
    void show(double done, double total, const std::string& what);
    /// Before anything else is printed.
    void clear();

  private:
    bool terminal_;
    bool shown_ = false;
    double started_ = 0, drawn_ = 0, shown_fraction_ = 0;
};

/// What a step reports goes to the line, which must outlive the step.
[[nodiscard]] Progress progress_to(ProgressLine& line);

}  // namespace dfd
