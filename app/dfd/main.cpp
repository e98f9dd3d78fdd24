// `dfd`: the command line program, for everything the window does, without a display.
#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <cstdio>
#include <exception>
#include <iostream>
#include <new>
#include <string>
#include <thread>

#include "app/dfd/after_dashes.h"
#include "app/dfd/bench_command.h"
#include "app/dfd/commands.h"
#include "app/dfd/language_option.h"
#include "app/dfd/safe_output.h"
#include "app/dfd/single_picture.h"
#include "core/base/version.h"
#include "core/engine/examine/examiner.h"
#include "core/engine/scoring/evaluator.h"
#include "core/panel/panel_record.h"

namespace {

std::string versions() {
    std::string text = "DeepFakeDefenders " + dfd::program_version_with_commit();
    for (const auto& [library, version] : dfd::library_versions())
        text += "\n" + library + " " + version;
    return text + "\nQt " DFD_QT_VERSION;
}

/// Turns SIGINT and SIGTERM into a stop request. They are blocked in all threads and received by
/// one.
class SignalWatch {
  public:
    /// After a request the program ends within a second, whatever is running: what was finished is
    /// on the disk, and files are complete or absent. Not with `patient`: training finishes its
    /// step and writes where it can continue.
    explicit SignalWatch(bool patient) {
        sigemptyset(&signals_);
        sigaddset(&signals_, SIGINT);
        sigaddset(&signals_, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
        thread_ = std::thread([this, patient] { watch(patient); });
    }
    ~SignalWatch() {
        finished_ = true;
        pthread_kill(thread_.native_handle(), SIGTERM);
        thread_.join();
    }
    SignalWatch(const SignalWatch&) = delete;
    SignalWatch& operator=(const SignalWatch&) = delete;

    [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

  private:
    void watch(bool patient) {
        int signal = 0;
        while (sigwait(&signals_, &signal) == 0 && !finished_) {
            if (stop_.stop_requested())  // the second signal ends at once
                std::_Exit(dfd::kInterrupted);
            stop_.request_stop();
            if (patient)
                continue;
            constexpr timespec kPatience{0, 400'000'000};
            sigtimedwait(&signals_, nullptr, &kPatience);  // or another signal
            if (!finished_)
                std::_Exit(dfd::kInterrupted);
            return;
        }
    }

    sigset_t signals_{};
    std::atomic<bool> finished_ = false;
    std::stop_source stop_;
    std::thread thread_;
};

int run(const dfd::Chosen& chosen, const std::stop_token& stop) {
    int status = dfd::kSomeFailed;
    std::string problem;
    try {
        status = chosen(stop);
    } catch (const dfd::Cancelled&) {
        status = dfd::kInterrupted;
    } catch (const dfd::PanelError& error) {
        problem = error.what();
        status = dfd::kNoPanelOrDevice;
    } catch (const dfd::DeviceError& error) {
        problem = error.what();
        status = dfd::kNoPanelOrDevice;
    } catch (const std::bad_alloc&) {
        problem = "There is not enough memory.";
    } catch (const std::exception& error) {
        problem = error.what();
    }
    if (stop.stop_requested())
        status = dfd::kInterrupted;
    else if (!problem.empty())
        std::cerr << "dfd: " << problem << '\n';
    if (std::fflush(stdout) != 0 || !std::cout.flush()) {
        std::cerr << "dfd: The results could not be written to standard output.\n";
        return dfd::kSomeFailed;
    }
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    const dfd::SafeOutput safe_output;
    CLI::App app("Judge pictures with a panel of deepfake experts.", "dfd");
    app.set_version_flag("--version", versions);
    app.require_subcommand(1);
    app.footer(
        "Exit status: 0 success, 1 some pictures failed or none was found, 2 usage error, 3 no "
        "usable panel or device, 130 interrupted.");
    dfd::Chosen chosen;
    dfd::add_score_command(app, chosen);
    dfd::add_replay_command(app, chosen);
    dfd::add_disagree_command(app, chosen);
    dfd::add_seen_command(app, chosen);
    dfd::add_stability_command(app, chosen);
    dfd::add_atlas_command(app, chosen);
    dfd::add_compare_command(app, chosen);
    dfd::add_scan_command(app, chosen);
    dfd::add_case_command(app, chosen);
    dfd::add_export_command(app, chosen);
    dfd::add_panel_command(app, chosen);
    dfd::add_expert_command(app, chosen);
    dfd::add_prepare_commands(app, chosen);
    dfd::add_training_commands(app, chosen);
    dfd::add_evaluate_command(app, chosen);
    dfd::add_calibrate_command(app, chosen);
    dfd::add_validate_command(app, chosen);
    dfd::add_devices_command(app, chosen);
    dfd::add_bench_command(app, chosen);
    std::string language;
    dfd::add_language_option(app, language);
    try {
        dfd::parse_command_line(app, argc, argv);
        dfd::use_chosen_language(app, language);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? dfd::kAllDone : dfd::kUsage;
    }
    int status = 0;
    {
        const bool patient = app.got_subcommand("train") || app.got_subcommand("prepare");
        const SignalWatch signals(patient);
        status = run(chosen, signals.token());
    }
    // An expert that was stopped may still be computing in libraries that are unloaded when main()
    // ends, and unloading them would only delay a stop.
    if (status == dfd::kInterrupted || dfd::abandoned_examinations() > 0)
        std::_Exit(status);
    return status;
}
