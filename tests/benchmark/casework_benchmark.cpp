// How a case behaves with 100 000 pictures: see README, "Numbers".
//
//   dfd_casework_benchmark make FOLDER COUNT     small JPEG files, a thousand a folder
//   dfd_casework_benchmark bare FOLDER           through the engine alone, with a fake panel
//   dfd_casework_benchmark scan FOLDER CASE      the same into a case
//   dfd_casework_benchmark list CASE             opening, ordering, filtering, counting
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>

#include "core/casework/duplicates.h"
#include "core/casework/exhibits.h"
#include "core/casework/scan.h"
#include "core/casework/small_jpeg.h"
#include "core/casework/verify_case.h"
#include "tests/ui/fake_evaluator.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

double peak_megabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// Patches of colour around a tint, all drawn from the number.
Pixels small_picture(unsigned number) {
    constexpr int kWidth = 96, kHeight = 64, kPatch = 8;
    Pixels pixels{kWidth, kHeight, {}};
    pixels.rgb.reserve(kWidth * kHeight * 3);
    unsigned state = 2654435761u * (number + 1);
    const auto next = [&state] { return (state = state * 1664525u + 1013904223u) >> 25; };
    unsigned tint[3], patches[kHeight / kPatch * (kWidth / kPatch)][3];
    for (auto& channel : tint)
        channel = next();
    for (auto& patch : patches)
        for (auto& channel : patch)
            channel = next();
    for (int y = 0; y < kHeight; ++y)
        for (int x = 0; x < kWidth; ++x)
            for (int channel = 0; channel < 3; ++channel)
                pixels.rgb.push_back(static_cast<std::uint8_t>(
                    tint[channel] + patches[y / kPatch * (kWidth / kPatch) + x / kPatch][channel]));
    return pixels;
}

int make(const fs::path& folder, unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
        const auto into = folder / ("set" + std::to_string(i / 1000));
        if (i % 1000 == 0)
            fs::create_directories(into);
        const auto bytes = small_jpeg(small_picture(i), 96);
        std::ofstream(into / ("img" + std::to_string(i) + ".jpg"), std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
    }
    return 0;
}

std::shared_ptr<Evaluator> fake() {
    return std::make_shared<test::FakeEvaluator>(test::fake_panel("fake", 7, false));
}

void report(const char* what, double seconds, std::int64_t pictures) {
    std::printf("%s: %lld pictures in %.1f s, %.0f a second, peak %.0f MB\n", what,
                static_cast<long long>(pictures), seconds, static_cast<double>(pictures) / seconds,
                peak_megabytes());
}

int bare(const fs::path& folder) {
    const auto pictures = find_pictures(folder, true);
    const double start = now();
    {
        ExaminerOptions options;
        Examiner examiner(fake(), options, [](const ExaminationPtr&) {});
        for (const auto& picture : pictures) {
            examiner.submit({picture, nullptr, {}});
            examiner.wait_until_pending_at_most(8);
        }
        examiner.wait_until_pending_at_most(0);
    }
    report("engine alone", now() - start, static_cast<std::int64_t>(pictures.size()));
    return 0;
}

int scan_into(const fs::path& folder, const fs::path& path) {
    const double start = now();
    ScanProgress done;
    {
        CaseFile file(path, CaseAccess::Create);
        ScanOptions options;
        options.paths = {folder};
        options.recursive = true;
        done = scan(file, fake(), options);
    }
    report("into a case", now() - start, done.found);
    std::printf("  %lld scored, %lld known, %lld unchanged, %lld failed; %.0f MB\n",
                static_cast<long long>(done.scored), static_cast<long long>(done.known),
                static_cast<long long>(done.unchanged), static_cast<long long>(done.failed),
                static_cast<double>(fs::file_size(path)) / 1e6);
    return 0;
}

/// The middle one of five.
void timed(const char* what, const std::function<std::size_t()>& work) {
    std::vector<double> times;
    std::size_t result = 0;
    for (int i = 0; i < 5; ++i) {
        const double start = now();
        result = work();
        times.push_back(now() - start);
    }
    std::ranges::sort(times);
    std::printf("%-34s %8.1f ms  (%zu)\n", what, 1000 * times[2], result);
}

int list(const fs::path& path) {
    double start = now();
    const CaseFile file(path, CaseAccess::Read);
    const auto ids = find_exhibits(file);
    const auto screen =
        exhibit_rows(file, std::span(ids).first(std::min<std::size_t>(ids.size(), 50)));
    std::printf("%-34s %8.1f ms  (%zu)\n", "open, all by name, first 50 rows",
                1000 * (now() - start), ids.size());
    const auto find = [&](const ExhibitFilter& filter, ExhibitOrder order) {
        return [&file, filter, order] { return find_exhibits(file, filter, order, true).size(); };
    };
    timed("all by score", find({}, ExhibitOrder::Score));
    timed("all by spread", find({}, ExhibitOrder::Spread));
    timed("all by size", find({}, ExhibitOrder::Size));
    timed("all by time", find({}, ExhibitOrder::Modified));
    timed("text \"img77\", by name", find({.text = "img77"}, ExhibitOrder::Name));
    timed("score 0.8 to 1, by score",
          find({.score_from = 0.8, .score_to = 1.0}, ExhibitOrder::Score));
    timed("one folder, by score", [&] {
        return find_exhibits(file, {.folder = screen.at(0).path.parent_path()}, ExhibitOrder::Score)
            .size();
    });
    timed("with warnings, by score", find({.warned = true}, ExhibitOrder::Score));
    timed("counts by state, band and mark",
          [&] { return static_cast<std::size_t>(count_exhibits(file).exhibits); });
    timed("histogram of scores", [&] { return score_histogram(file, {}, 50).size(); });
    timed("50 rows from the middle", [&] {
        return exhibit_rows(file, std::span(ids)
                                      .subspan(ids.size() / 2)
                                      .first(std::min<std::size_t>(50, ids.size() / 2)))
            .size();
    });
    timed("50 thumbnails", [&] {
        std::size_t bytes = 0;
        for (std::size_t i = 0; i < std::min<std::size_t>(50, ids.size()); ++i)
            bytes += exhibit_thumbnail(file, ids[ids.size() / 2 + i / 2]).size();
        return bytes;
    });
    timed("look-alikes", [&] { return find_look_alikes(file).size(); });
    std::printf("peak %.0f MB\n", peak_megabytes());
    start = now();
    const auto check = verify_case(path, {false, ""});
    std::printf("verify without files: %.1f s, %lld rows, %zu problems, peak %.0f MB\n",
                now() - start, static_cast<long long>(check.rows), check.problems.size(),
                peak_megabytes());
    return 0;
}

}  // namespace
}  // namespace dfd

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "make" && argc == 4)
        return dfd::make(argv[2], static_cast<unsigned>(std::stoul(argv[3])));
    if (what == "bare" && argc == 3)
        return dfd::bare(argv[2]);
    if (what == "scan" && argc == 4)
        return dfd::scan_into(argv[2], argv[3]);
    if (what == "list" && argc == 3)
        return dfd::list(argv[2]);
    std::fputs(
        "dfd_casework_benchmark make FOLDER COUNT | bare FOLDER | scan FOLDER CASE | list CASE\n",
        stderr);
    return 2;
}
