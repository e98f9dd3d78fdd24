#include "app/bench/foreign_speed.h"

#include <utility>

#include "app/bench/parts.h"
#include "core/base/cancelled.h"
#include "core/panel/foreign_experts.h"

namespace dfd {
namespace {

/// Gradients with grain, the same in every run.
Pixels generated_picture(int side) {
    Pixels pixels{side, side, {}};
    pixels.rgb.reserve(3 * static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
    std::uint32_t seed = 1;
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x)
            for (const int level : {x, y, x + y}) {
                seed = seed * 1664525u + 1013904223u;
                pixels.rgb.push_back(static_cast<std::uint8_t>(
                    static_cast<std::uint32_t>(level / 2) % 224 + (seed >> 27)));
            }
    return pixels;
}

std::vector<Pixels> pictures_of(const SpeedOptions& options) {
    std::vector<Pixels> pictures;
    for (const auto& picture : options.pictures)
        pictures.push_back({picture.width, picture.height, picture.rgb});
    if (pictures.empty())
        pictures.push_back(generated_picture(options.side));
    return pictures;
}

}  // namespace

std::vector<ForeignSpeed> measure_foreign(const PanelRecord& panel,
                                          const std::vector<ExpertRecord>& experts,
                                          const SpeedOptions& options,
                                          const SpeedProgress& progress,
                                          const std::stop_token& stop) {
    const auto pictures = pictures_of(options);
    std::vector<ForeignSpeed> speeds;
    for (const auto& record : experts) {
        check_stop(stop);
        auto& speed = speeds.emplace_back();
        speed.name = record.name;
        speed.kind = kind_name(record.kind);
        if (progress)
            progress(static_cast<double>(speeds.size() - 1), static_cast<double>(experts.size()),
                     "Asking " + record.name);
        try {
            const auto expert = open_expert(panel, record);
            const auto ask = [&](const Pixels& picture) {
                return expert->answers(expert->views(picture), stop);
            };
            (void)ask(pictures.front());
            std::vector<double> seconds;
            for (int round = 0; round < options.rounds; ++round) {
                const double start = seconds_now();
                for (const auto& picture : pictures)
                    (void)ask(picture);
                seconds.push_back((seconds_now() - start) / static_cast<double>(pictures.size()));
            }
            speed.timing = timing_of(std::move(seconds));
        } catch (const PanelError& error) {
            speed.problem = error.what();
        } catch (const NoOpinion& error) {
            speed.problem = error.what();
        }
    }
    return speeds;
}

}  // namespace dfd
