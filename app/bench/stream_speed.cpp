#include "app/bench/stream_speed.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "app/bench/parts.h"
#include "core/base/cancelled.h"
#include "core/engine/examine/score_stream.h"
#include "core/engine/results/result_export.h"

namespace dfd {
namespace {

double bare_seconds(Evaluator& evaluator, const std::vector<Pixels>& pictures, int batch, bool maps,
                    const std::stop_token& stop) {
    EvaluateOptions how;
    how.maps = maps;
    const double start = seconds_now();
    std::vector<const Pixels*> together;
    for (const auto& picture : pictures) {
        together.push_back(&picture);
        if (together.size() == static_cast<std::size_t>(batch) || &picture == &pictures.back()) {
            (void)evaluator.evaluate(together, how, stop);
            together.clear();
        }
    }
    return seconds_now() - start;
}

double stream_seconds(const std::shared_ptr<Evaluator>& evaluator,
                      const std::vector<std::filesystem::path>& files, int batch, bool maps,
                      const std::stop_token& stop) {
    ExaminerOptions how;
    how.maps = maps;
    how.batch = batch;
    how.thumbnail = 0;
    const ScoredBy by{evaluator->panel(), evaluator->device().id, evaluator->precision()};
    const double start = seconds_now();
    std::size_t written = 0;
    const auto counts = score_stream(
        evaluator, how, files,
        [&](const Examination& examination, std::size_t) {
            written += to_json(examination, by, maps).size();
        },
        stop);
    if (!counts.complete)
        throw Cancelled();
    if (counts.failed > 0 || written == 0)
        throw DeviceError("Pictures that were read before failed when they were scored.");
    return seconds_now() - start;
}

}  // namespace

double StreamSpeed::share() const {
    std::vector<double> shares;
    for (std::size_t i = 0; i < std::min(bare.size(), stream.size()); ++i)
        shares.push_back(stream[i] / bare[i]);
    return timing_of(std::move(shares)).median;
}

StreamSpeed measure_stream(const std::shared_ptr<Evaluator>& evaluator,
                           const std::vector<std::filesystem::path>& pictures, int batch, bool maps,
                           int rounds, const Progress& progress, std::stop_token stop) {
    StreamSpeed speed;
    std::vector<Pixels> decoded;
    std::vector<std::filesystem::path> files;
    for (const auto& file : pictures) {
        check_stop(stop);
        try {
            decoded.push_back(read_picture(file).pixels);
            files.push_back(file);
        } catch (const PictureError&) {
            ++speed.failed;
        }
    }
    if (files.empty())
        throw std::invalid_argument("There is no picture among those given that can be read.");
    speed.pictures = files.size();
    for (int round = -1; round < rounds; ++round) {
        if (progress)
            progress(round + 1, rounds + 1, round < 0 ? "Warming up" : "Scoring");
        const double bare = bare_seconds(*evaluator, decoded, batch, maps, stop);
        const double stream = stream_seconds(evaluator, files, batch, maps, stop);
        if (round < 0)
            continue;
        const auto count = static_cast<double>(files.size());
        speed.bare.push_back(count / bare);
        speed.stream.push_back(count / stream);
    }
    return speed;
}

std::string stream_table(const StreamSpeed& speed) {
    auto text = std::to_string(speed.pictures) + " pictures";
    if (speed.failed > 0)
        text += ", and " + std::to_string(speed.failed) + " that could not be read";
    text += ", " + std::to_string(speed.bare.size()) + " rounds; pictures a second:\n";
    const auto line = [&](const char* what, double value) {
        text += formatted("%-34s %7.3f\n", what, value);
    };
    line("engine alone, on decoded pictures", timing_of(speed.bare).median);
    line("from files to lines of JSON", timing_of(speed.stream).median);
    line("share of the engine's", speed.share());
    return text;
}

std::string stream_json(const StreamSpeed& speed) {
    return nlohmann::ordered_json{{"pictures", speed.pictures},
                                  {"failed", speed.failed},
                                  {"rounds", speed.bare.size()},
                                  {"bare_per_second", timing_of(speed.bare).median},
                                  {"stream_per_second", timing_of(speed.stream).median},
                                  {"share", speed.share()}}
               .dump() +
           "\n";
}

}  // namespace dfd
