#include "core/training/calibrate_networks.h"

#include <array>

#include "core/networks/preprocess.h"
#include "core/networks/trace_network.h"
#include "core/training/test_pictures.h"
#include "core/training/trainer.h"

namespace dfd {

void calibrate(std::vector<TrainedExpert>& experts, const std::vector<const Photo*>& photos,
               std::uint64_t seed, const std::function<void(double)>& progress,
               std::stop_token stop, int side) {
    if (photos.size() < 2)
        throw TrainingError(
            "No photographs are left to calibrate on after they were divided; give more of them.");
    const torch::NoGradGuard guard;
    std::vector<std::vector<Evidence>> evidence(experts.size());
    TestOptions options;
    options.seed = seed;
    options.side = side;
    for_each_test_picture(
        photos, options,
        [&](const TestPicture& picture) {
            const auto pixels = to_pixels(picture.bgr);
            const auto input = normalise(wrap_rgb(pixels.rgb.data(), pixels.width, pixels.height),
                                         {0, 0, 0}, {1, 1, 1});
            for (std::size_t i = 0; i < experts.size(); ++i) {
                auto* trace = dynamic_cast<TraceNetwork*>(experts[i].network.get());
                if (!trace)
                    continue;
                const auto summary =
                    TraceNetwork::summary(trace->evidence(trace->feature_map(input)));
                evidence[i].push_back({summary[0][0].item<double>(), summary[0][1].item<double>(),
                                       picture.kind.has_value()});
            }
            if (progress)
                progress(static_cast<double>(picture.photo_index) /
                         static_cast<double>(photos.size()));
        },
        stop);
    for (std::size_t i = 0; i < experts.size(); ++i) {
        auto* trace = dynamic_cast<TraceNetwork*>(experts[i].network.get());
        if (!trace)
            continue;
        auto& calibration = experts[i].calibration;
        calibration = fit_calibration(evidence[i]);
        trace->set_calibration(calibration.strongest, calibration.overall, calibration.bias);
        std::array<std::vector<double>, 2> scores;
        for (const auto& each : evidence[i])
            scores[each.edited].push_back(calibration.strongest * each.strongest +
                                          calibration.overall * each.overall);
        experts[i].auc = roc_auc(scores[1], scores[0]);
    }
}

}  // namespace dfd
