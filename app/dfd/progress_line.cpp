#include <unistd.h>

#include <chrono>
#include <cstdio>

#include "app/dfd/commands.h"
#include "core/base/text.h"
#include "core/engine/scoring/evaluator.h"

namespace dfd {
namespace {

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

std::string left_text(double seconds) {
    char text[32];
    const auto whole = static_cast<long>(seconds + 0.5);
    if (whole >= 3600)
        std::snprintf(text, sizeof text, "%ld:%02ld:%02ld left", whole / 3600, whole / 60 % 60,
                      whole % 60);
    else
        std::snprintf(text, sizeof text, "%ld:%02ld left", whole / 60, whole % 60);
    return text;
}

}  // namespace

void ProgressLine::show(double done, double total, const std::string& what) {
    show(done, total, what, std::nullopt);
}

ProgressLine::ProgressLine() : terminal_(isatty(STDERR_FILENO) == 1) {}

void ProgressLine::show(double done, double total, const std::string& raw,
                        std::optional<double> seconds_left) {
    if (total <= 0)
        return;
    const double time = now();
    const double fraction = done / total;
    if (fraction < shown_fraction_)  // the next phase of the work
        started_ = time;
    shown_fraction_ = fraction;
    if (started_ == 0) {
        started_ = time;
        if (!terminal_)  // no log line for short work
            drawn_ = time;
    }
    if (time - drawn_ < (terminal_ ? 0.1 : 60.0) && (done < total || !terminal_))
        return;
    drawn_ = time;
    const auto what = visible(raw);
    const std::string left = seconds_left ? left_text(*seconds_left)
                             : fraction > 0.02
                                 ? left_text((time - started_) / fraction * (1 - fraction))
                                 : "";
    if (!terminal_) {
        std::fprintf(stderr, "%3d %%  %s  %s\n", static_cast<int>(fraction * 100), left.c_str(),
                     what.c_str());
        return;
    }
    shown_ = true;
    constexpr int kWidth = 24;
    const int filled = static_cast<int>(fraction * kWidth);
    std::string bar(static_cast<size_t>(filled), '#');
    bar.resize(kWidth, '.');
    std::fprintf(stderr, "\r\033[K[%s] %3d %%  %s  %s", bar.c_str(),
                 static_cast<int>(fraction * 100), left.c_str(), what.c_str());
    std::fflush(stderr);
}

Progress progress_to(ProgressLine& line) {
    return [&line](double done, double total, const std::string& what) {
        line.show(done, total, what);
    };
}

int resumable(const std::function<int()>& step) {
    try {
        return step();
    } catch (const Cancelled&) {
        std::fputs("dfd: Stopped. Finished work is kept; run the same command again to resume.\n",
                   stderr);
        throw;
    }
}

void ProgressLine::clear() {
    if (!shown_)
        return;
    std::fputs("\r\033[K", stderr);
    std::fflush(stderr);
    shown_ = false;
}

}  // namespace dfd
