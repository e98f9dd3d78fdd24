// Generates cases of any size without scoring; each exhibit's content follows from its number.
#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "core/casework/scan/scan_store.h"
#include "tests/ui/fake_evaluator.h"

namespace dfd::test {

/// The data of exhibit `number`, for brute-force checks.
struct GeneratedRow {
    std::string path;
    std::int64_t bytes = 0;
    std::int64_t modified = 0;  ///< milliseconds
    bool failed = false;
    bool warned = false;
    double score = 0, spread = 0;
};

inline GeneratedRow generated_row(int number) {
    // A cheap hash of the number; the same on every machine.
    const auto drawn = [number](unsigned salt) {
        unsigned state = static_cast<unsigned>(number) * 2654435761u + salt * 40503u;
        state ^= state >> 15;
        state *= 2246822519u;
        state ^= state >> 13;
        return static_cast<double>(state >> 8) / static_cast<double>(1u << 24);
    };
    GeneratedRow row;
    row.path = "/generated/folder-" + std::to_string(number % 7) + "/picture-" +
               std::to_string(number) + (number % 3 == 0 ? ".png" : ".jpg");
    row.bytes = 20'000 + static_cast<std::int64_t>(drawn(1) * 5'000'000);
    row.modified = 1'700'000'000'000 + static_cast<std::int64_t>(drawn(2) * 60'000'000) * 1000;
    row.failed = number % 23 == 5;
    row.warned = !row.failed && number % 11 == 3;
    return row;
}

/// Three experts; with `questions` two of them answer another question, with other thresholds.
inline PanelRecord generated_panel(bool questions = false) {
    return questions ? fake_panel_of_questions("generated", true)
                     : fake_panel("generated", 3, true);
}

/// Three experts around a common value: most pictures look real, some fake, some divide the
/// experts.
inline PanelOpinion generated_opinion(int number, bool with_maps, const PanelRecord& panel) {
    const double angle = 0.73 * number;
    const double lean = -2.2 + 1.4 * std::sin(angle) + (number % 6 == 0 ? 4.5 : 0);
    const double quarrel = 0.3 + 1.6 * std::abs(std::sin(1.9 * angle)) + (number % 13 == 0 ? 2 : 0);
    PanelOpinion opinion = open_opinion(panel);
    opinion.calibration = calibration_for(panel, "fp32");
    for (int i = 0; i < 3; ++i) {
        ExpertOpinion expert;
        expert.index = i;
        expert.question = panel.experts[static_cast<std::size_t>(i)].question;
        expert.name = panel.experts[static_cast<std::size_t>(i)].name;
        expert.architecture = panel.experts[static_cast<std::size_t>(i)].architecture;
        expert.logits = {0.0, lean + quarrel * std::sin(angle + 2.1 * i)};
        if (with_maps) {
            HeatMap map{16, 16, {}};
            for (int place = 0; place < 256; ++place)
                map.values.push_back(
                    static_cast<float>(std::max(0.0, std::sin(0.05 * place + i + angle))));
            expert.map = std::move(map);
        }
        opinion.experts.push_back(std::move(expert));
    }
    combine(opinion);
    return opinion;
}

/// Small pictures for thumbnails; they repeat in a cycle of numbers.
inline Pixels generated_thumbnail(int number) {
    constexpr int kWidth = 120;
    constexpr int kHeight = 90;
    Pixels pixels{kWidth, kHeight, {}};
    const double turn = 0.7 * number;
    for (int y = 0; y < kHeight; ++y)
        for (int x = 0; x < kWidth; ++x)
            for (int channel = 0; channel < 3; ++channel) {
                const double wave =
                    std::sin(0.06 * x * std::cos(turn) + 0.08 * y + turn + channel) +
                    0.5 * std::sin(0.21 * y * std::sin(turn) - 0.03 * x + turn);
                pixels.rgb.push_back(static_cast<std::uint8_t>(128 + 70 * wave));
            }
    return pixels;
}

/// Creates the file with exhibits 0 .. count-1 (ids 1 .. count, in this order). Every tenth exhibit
/// looks like the one before it.
inline std::vector<GeneratedRow> generate_case(const std::filesystem::path& path, int count,
                                               bool with_maps = true,
                                               const PanelRecord& panel = generated_panel()) {
    CaseFile file(path, CaseAccess::Create, "a test");
    const FakeEvaluator evaluator(panel);
    ScanStore store(file, evaluator, {});
    constexpr int kKinds = 48;
    constexpr int kBatch = 2000;
    std::vector<FinishedPicture> kinds;
    for (int kind = 0; kind < kKinds; ++kind) {
        Examination examination;
        examination.source.bytes = std::make_shared<const std::vector<std::uint8_t>>(1);
        examination.state = ExaminationState::Explained;
        examination.width = 1200;
        examination.height = 900;
        examination.facts.format = "JPEG";
        examination.thumbnail = generated_thumbnail(kind);
        examination.opinion = generated_opinion(kind, with_maps, panel);
        kinds.push_back(finished_picture(examination, Blob(32), 16));
    }
    std::vector<GeneratedRow> rows;
    ScanBatch batch;
    const CaseTime began = case_time_now();
    for (int number = 0; number < count; ++number) {
        GeneratedRow row = generated_row(number);
        FinishedPicture picture = kinds[static_cast<std::size_t>(number % kKinds)];
        picture.content.sha256 = Blob(32);
        for (std::size_t i = 0; i < 4; ++i)
            picture.content.sha256[i] =
                static_cast<std::uint8_t>(static_cast<unsigned>(number) >> (8 * i));
        picture.content.bytes = row.bytes;
        picture.content.added = began + number;
        // Well-mixed hashes are far apart, except for the pairs.
        const std::uint64_t mixed =
            (static_cast<std::uint64_t>(number - (number % 10 == 9 ? 1 : 0)) + 1) *
            0x9E3779B97F4A7C15ULL;
        picture.content.decoded->phash = mixed ^ (mixed >> 29);
        if (row.failed) {
            picture.result.state = kFailedState;
            picture.result.failure_code = "damaged";
            picture.result.failure =
                "The file " + row.path + " is damaged: it ends early. Get it again.";
            picture.result.opinions.clear();
            picture.result.maps.clear();
            picture.content.decoded.reset();
        } else {
            const PanelOpinion opinion = generated_opinion(number, false, panel);
            picture.result.score = row.score = opinion.score;
            picture.result.spread = row.spread = opinion.spread;
            picture.result.opinions.clear();
            for (const ExpertOpinion& expert : opinion.experts)
                picture.result.opinions.push_back({expert.index, expert.logits[0], expert.logits[1],
                                                   expert.score, expert.without});
            picture.result.warned = row.warned;
            if (row.warned)
                picture.result.warnings = "[\"The picture is small.\"]";
        }
        picture.files.push_back({row.path, row.bytes, row.modified * 1'000'000, case_time_now()});
        batch.pictures.push_back(std::move(picture));
        rows.push_back(std::move(row));
        if (batch.size() == kBatch || number + 1 == count) {
            ScanProgress so_far;
            so_far.found = so_far.looked_at = static_cast<std::int64_t>(rows.size());
            static_cast<void>(store.write(batch, so_far));
            batch = {};
        }
    }
    return rows;
}

}  // namespace dfd::test
