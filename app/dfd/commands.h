// The commands of `dfd`: each one registers its options and the function that runs it.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/casework/database/case_time.h"
#include "core/panel/panel_record.h"

namespace dfd {

/// Exit status; stable, for scripts.
enum ExitStatus {
    kAllDone = 0,
    kSomeFailed = 1,
    kUsage = 2,
    kNoPanelOrDevice = 3,
    kInterrupted = 130,  ///< 128 + SIGINT
};

/// Set by a command's callback and run after parsing, so that only parsing errors are usage errors.
using Chosen = std::function<int(std::stop_token)>;

void add_score_command(CLI::App& app, Chosen& chosen);
void add_replay_command(CLI::App& app, Chosen& chosen);
void add_disagree_command(CLI::App& app, Chosen& chosen);
void add_seen_command(CLI::App& app, Chosen& chosen);
void add_compare_command(CLI::App& app, Chosen& chosen);
void add_panel_command(CLI::App& app, Chosen& chosen);
void add_expert_command(CLI::App& app, Chosen& chosen);
void add_devices_command(CLI::App& app, Chosen& chosen);
void add_training_commands(CLI::App& app, Chosen& chosen);
void add_prepare_commands(CLI::App& app, Chosen& chosen);
void add_calibrate_command(CLI::App& app, Chosen& chosen);
void add_evaluate_command(CLI::App& app, Chosen& chosen);
void add_validate_command(CLI::App& app, Chosen& chosen);
void add_scan_command(CLI::App& app, Chosen& chosen);
void add_case_command(CLI::App& app, Chosen& chosen);
void add_export_command(CLI::App& app, Chosen& chosen);

/// `dfd case stability`.
void add_case_stability(CLI::App& parent, Chosen& chosen);

/// The subcommands of `dfd prepare`.
void add_prepare_edit(CLI::App& prepare, Chosen& chosen);
void add_prepare_neural(CLI::App& prepare, Chosen& chosen);
void add_prepare_diffuse(CLI::App& prepare, Chosen& chosen);
void add_prepare_features(CLI::App& prepare, Chosen& chosen);  ///< encode, cluster, split, folds
void add_prepare_leaks(CLI::App& prepare, Chosen& chosen);
void add_prepare_process(CLI::App& prepare, Chosen& chosen);

/// "2026-11-29", in UTC.
[[nodiscard]] inline std::string today() {
    return iso_time(case_time_now()).substr(0, 10);
}

/// Makes `action(arguments, stop)` what the command runs after parsing.
template <class Arguments, class Action>
void set_action(CLI::App& command, Chosen& chosen, const std::shared_ptr<Arguments>& arguments,
                Action action) {
    command.callback([arguments, &chosen, action] {
        chosen = [arguments, action](const std::stop_token& stop) {
            return action(*arguments, stop);
        };
    });
}

/// Adds --format, one of `formats`.
inline CLI::Option* add_format_option(CLI::App& command, std::string& format,
                                      std::vector<std::string> formats,
                                      const std::string& description = "") {
    return command.add_option("--format", format, description)
        ->check(CLI::IsMember(std::move(formats)))
        ->capture_default_str();
}

inline void add_device_option(CLI::App& command, std::string& device) {
    command.add_option("--device", device, "auto, cpu, cuda or cuda:N")->capture_default_str();
}

/// Range check for options that count something.
inline const CLI::Range kFromOne{1, 1'000'000};

/// Runs a resumable step. If it is stopped, tells the user on standard error that it can be
/// resumed.
int resumable(const std::function<int()>& step);

/// A progress line on standard error that is rewritten in place. If standard error is not a
/// terminal, prints a new line once a minute instead, for logs.
class ProgressLine {
  public:
    ProgressLine();
    ~ProgressLine() { clear(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;
    /// Shows `done` of `total`, at most ten times a second. The remaining time is estimated from
    /// the first call.
    void show(double done, double total, const std::string& what);
    /// The same with an estimate of the caller's own, if there is one.
    void show(double done, double total, const std::string& what,
              std::optional<double> seconds_left);
    /// Clears the line; call it before printing anything else.
    void clear();

  private:
    bool terminal_;
    bool shown_ = false;
    double started_ = 0, drawn_ = 0, shown_fraction_ = 0;
};

/// A progress callback that updates `line`, which must outlive the step.
[[nodiscard]] Progress progress_to(ProgressLine& line);

}  // namespace dfd
