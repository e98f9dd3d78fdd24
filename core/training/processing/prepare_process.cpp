#include "core/training/processing/prepare_process.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <optional>
#include <system_error>

#include "core/base/digest.h"
#include "core/picture/file_bytes.h"
#include "core/picture/picture.h"
#include "core/training/manifest/folders.h"
#include "core/training/manifest/manifest.h"
#include "core/training/photos/bgr.h"
#include "core/training/photos/in_parallel.h"
#include "core/training/photos/one_opencv_thread.h"
#include "core/training/processing/everyday.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::uint64_t kStream = 0xE7E4DA;
constexpr int kSmallestPicture = 32;
constexpr const char* kRecordFolder = "done";

struct Row {
    ManifestRow row;
    std::size_t number = 0;  ///< in the manifest
    std::size_t draws = 0;   ///< number of the row whose draws it uses: its twin's, or its own
};

cv::Mat read_mask(const fs::path& file, const cv::Size& size) {
    const auto mask = cv::imread(file.native(), cv::IMREAD_GRAYSCALE);
    if (mask.size() != size)
        throw TrainingError("The mask " + file.native() +
                            " is missing, damaged or not of its picture's size.");
    return mask;
}

class ProcessRun {
  public:
    ProcessRun(PrepareProcessOptions options, const Progress& progress, std::stop_token stop)
        : options_(std::move(options)), progress_(progress), stop_(std::move(stop)) {
        options_.out = fs::absolute(options_.out).lexically_normal();
    }

    ProcessReport run() {
        open();
        const OneOpenCvThread one;
        in_parallel(
            rows_.size(), options_.threads, stop_, [&](std::size_t i) { process_row(rows_[i]); },
            [&](std::size_t) { tell(); });
        write_rows();
        return std::move(report_);
    }

  private:
    void open() {
        const auto names = processing_names();
        const auto found = std::ranges::find(names, options_.processing);
        if (found == names.end())
            throw TrainingError("Unknown processing " + options_.processing + ".");
        processing_ = static_cast<Processing>(found - names.begin());
        if (options_.copies < 1 || options_.copies > 1000)
            throw TrainingError("--copies must be from 1 to 1000.");
        const auto manifest = read_manifest(options_.manifest);
        std::map<std::string, std::size_t> number_of;
        for (std::size_t i = 0; i < manifest.rows.size(); ++i)
            number_of.emplace(manifest.rows[i].path.native(), i);
        for (std::size_t i = 0; i < manifest.rows.size(); ++i) {
            Row row{manifest.rows[i], i, i};
            if (const auto twin = row.row.parameter("twin"); !twin.empty())
                if (const auto at = number_of.find(manifest.resolve(twin).native());
                    at != number_of.end())
                    row.draws = at->second;
            rows_.push_back(std::move(row));
        }
        made_.resize(rows_.size());
        for (const auto* folder : {"pictures", "mask", kRecordFolder})
            make_folder(options_.out / folder);
        require_same_settings(options_.out, "process.json",
                              {{"format", 1},
                               {"manifest", sha256_hex_of_file(options_.manifest)},
                               {"processing", options_.processing},
                               {"copies", options_.copies},
                               {"seed", options_.seed}});
    }

    void tell() {
        const std::lock_guard lock(mutex_);
        if (progress_)
            progress_(static_cast<double>(++finished_), static_cast<double>(rows_.size()),
                      "processing pictures");
    }

    [[nodiscard]] fs::path record_file(std::size_t number) const {
        return options_.out / kRecordFolder / (std::to_string(number) + ".json");
    }

    void process_row(const Row& row) {
        if (auto record = finished_record(row.number)) {
            const std::lock_guard lock(mutex_);
            report_.reused += options_.copies;
            made_[row.number] = std::move(*record);
            return;
        }
        cv::Mat bgr, mask;
        try {
            bgr = to_bgr(read_picture(row.row.path).pixels);
            if (!row.row.mask.empty())
                mask = read_mask(row.row.mask, bgr.size());
        } catch (const PictureError& error) {
            const std::lock_guard lock(mutex_);
            report_.unread.emplace_back(row.row.path, error.what());
            return;
        }
        if (std::min(bgr.rows, bgr.cols) < kSmallestPicture) {
            const std::lock_guard lock(mutex_);
            report_.unread.emplace_back(
                row.row.path,
                "It is smaller than " + std::to_string(kSmallestPicture) + " pixels.");
            return;
        }
        json copies = json::array();
        for (int copy = 0; copy < options_.copies; ++copy)
            copies.push_back(make_copy(row, copy, bgr, mask));
        write_atomically(record_file(row.number), copies.dump());
        const std::lock_guard lock(mutex_);
        report_.made += options_.copies;
        made_[row.number] = std::move(copies);
    }

    json make_copy(const Row& row, int copy, const cv::Mat& bgr, const cv::Mat& mask) const {
        const auto stream = row.draws * static_cast<std::uint64_t>(options_.copies) +
                            static_cast<std::uint64_t>(copy);
        const auto processed =
            process(processing_, bgr, mask, Dice(options_.seed ^ kStream, stream));
        const auto stem = std::to_string(row.number) + "-" + std::to_string(copy);
        json made{{"picture", "pictures/" + stem + processed.extension},
                  {"operations", processed.operations}};
        write(made["picture"].get<std::string>(), processed.bytes);
        if (!processed.mask.empty() && cv::countNonZero(processed.mask >= 128) > 0) {
            std::vector<unsigned char> bytes;
            cv::imencode(".png", processed.mask, bytes);
            made["mask"] = "mask/" + stem + ".png";
            write(made["mask"].get<std::string>(), bytes);
        }
        return made;
    }

    void write(const std::string& name, const std::vector<unsigned char>& bytes) const {
        write_atomically(options_.out / name, std::string(bytes.begin(), bytes.end()));
    }

    /// The record of a row whose files all exist.
    [[nodiscard]] std::optional<json> finished_record(std::size_t number) const {
        std::error_code missing;
        if (!fs::is_regular_file(record_file(number), missing))
            return std::nullopt;
        auto record = json::parse(read_file_bytes(record_file(number), 1u << 20), nullptr, false);
        if (!record.is_array() || record.size() != static_cast<std::size_t>(options_.copies))
            return std::nullopt;
        for (const auto& copy : record)
            for (const auto* name : {"picture", "mask"})
                if (copy.contains(name) &&
                    !fs::is_regular_file(options_.out / copy[name].get<std::string>(), missing))
                    return std::nullopt;
        return record;
    }

    /// The manifest of all copies. A crop that left nothing of an edit makes no fake, so such
    /// copies are left out.
    void write_rows() const {
        std::vector<ManifestRow> rows;
        for (const auto& row : rows_)
            for (std::size_t copy = 0; copy < made_[row.number].size(); ++copy) {
                const auto& made = made_[row.number][copy];
                if (!row.row.mask.empty() && !made.contains("mask"))
                    continue;
                auto result = row.row;
                result.path = options_.out / made["picture"].get<std::string>();
                result.mask.clear();
                if (made.contains("mask"))
                    result.mask = options_.out / made["mask"].get<std::string>();
                auto parameters =
                    row.row.parameters.empty() ? json::object() : json::parse(row.row.parameters);
                parameters["processing"] = made["operations"];
                if (parameters.contains("twin")) {
                    if (row.draws != row.number && copy < made_[row.draws].size())
                        parameters["twin"] = made_[row.draws][copy]["picture"];
                    else
                        parameters.erase("twin");
                }
                result.parameters = parameters.dump();
                rows.push_back(std::move(result));
            }
        write_manifest(options_.out / "manifest.csv", rows);
    }

    PrepareProcessOptions options_;
    const Progress& progress_;
    std::stop_token stop_;
    Processing processing_ = Processing::Everyday;
    std::vector<Row> rows_;
    std::vector<json> made_;  ///< by row: a list of copies
    std::mutex mutex_;        ///< of what follows, and of made_
    std::size_t finished_ = 0;
    ProcessReport report_;
};

}  // namespace

std::vector<std::string> processing_names() {
    return {"everyday", "half-jpeg75"};
}

ProcessReport prepare_process(const PrepareProcessOptions& options, const Progress& progress,
                              std::stop_token stop) {
    return ProcessRun(options, progress, std::move(stop)).run();
}

}  // namespace dfd
