#include "core/training/fakes/prepare_edit.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <thread>

#include "core/engine/scoring/evaluator.h"
#include "core/picture/pixels/faces.h"
#include "core/training/fakes/edits.h"
#include "core/training/manifest/folders.h"
#include "core/training/manifest/manifest.h"
#include "core/training/photos/bgr.h"
#include "core/training/photos/one_opencv_thread.h"
#include "core/training/photos/photo_library.h"
#include "core/training/photos/publication.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kEditStream = 0xED17;
constexpr std::uint64_t kStreamsPerPhoto = 1u << 20;  // keeps photographs' random streams disjoint
constexpr auto kManifestEvery = std::chrono::seconds(5);
constexpr int kDonorAttempts = 8;

std::vector<cv::Rect> faces_of(const cv::Mat& bgr) {
    const auto faces = find_faces(to_pixels(bgr));
    if (!faces)
        throw TrainingError(
            "Faces cannot be swapped because the face detector's data is missing; install "
            "opencv-data, or remove face-swap from --operations.");
    std::vector<cv::Rect> boxes;
    for (const auto& face : *faces)
        boxes.emplace_back(face.x, face.y, face.width, face.height);
    return boxes;
}

// A crop around a face, on multiples of 16, at most `side`, containing the face with some margin.
cv::Mat crop_around(const cv::Mat& photo, const cv::Rect& face, int side, Dice& dice,
                    cv::Rect& face_in_crop) {
    const auto start = [&](int from, int length, int whole, int window) {
        const int least = std::max(0, from + length + length / 4 - window);
        const int most = std::min(whole - window, from - length / 4);
        return dice.whole((std::max(0, least) + 15) / 16, std::max(0, most) / 16) * 16;
    };
    const int width = std::min(side, photo.cols) / 16 * 16;
    const int height = std::min(side, photo.rows) / 16 * 16;
    const int x =
        std::min(start(face.x, face.width, photo.cols, width), (photo.cols - width) / 16 * 16);
    const int y =
        std::min(start(face.y, face.height, photo.rows, height), (photo.rows - height) / 16 * 16);
    const cv::Rect window(x, y, width, height);
    face_in_crop = face & window;
    face_in_crop -= window.tl();
    return photo(window);
}

void write_picture(const fs::path& file, const std::vector<unsigned char>& bytes) {
    write_atomically(file, std::string(bytes.begin(), bytes.end()));
}

class EditRun {
  public:
    EditRun(const PrepareEditOptions& options, const Progress& progress, std::stop_token stop)
        : options_(options), progress_(progress), stop_(std::move(stop)) {}

    PrepareEditReport run() {
        open();
        // Face swaps choose donors among all faces. Finished folders need none.
        const bool faces = uses(EditKind::FaceSwap) && std::ranges::any_of(done_, &Rows::empty);
        if (faces)
            in_parallel(library_.photos.size(), "looking for faces", [&](std::size_t i) {
                faces_[i] = faces_of(load_pixels(library_.photos[i], library_options_));
            });
        for (std::size_t i = 0; i < faces_.size(); ++i)
            if (!faces_[i].empty())
                with_faces_.push_back(i);
        try {
            in_parallel(library_.photos.size(), "editing photographs",
                        [&](std::size_t i) { make_photo(i); });
        } catch (...) {
            save();
            throw;
        }
        save();
        return report();
    }

  private:
    using Rows = std::vector<ManifestRow>;

    void open() {
        check();
        library_options_.folder = options_.photos;
        library_options_.least = 2;
        library_ = open_library(
            library_options_, [&](double done) { report_progress(done, 1, "reading photographs"); },
            stop_);
        faces_.resize(library_.photos.size());
        done_.resize(library_.photos.size());
        for (const auto* folder : {"real", "fake", "mask"})
            make_folder(options_.out / folder);
        require_same_settings(options_.out, "edit.json", identity());
        resume();
    }

    void check() {
        const auto refuse = [](const std::string& what) { throw TrainingError(what); };
        refuse_nested(options_.photos, options_.out);
        if (options_.per_photo < 1 || options_.per_photo > 10'000)
            refuse("--per-photo must be from 1 to 10000.");
        if (options_.side < 160 || options_.side > 8192)
            refuse("--side must be from 160 to 8192 pixels.");
        for (const auto& name : options_.operations) {
            const auto kind = find_edit(name);
            if (!kind)
                refuse("Unknown operation \"" + name + "\"; see --help.");
            operations_.push_back(*kind);
        }
        if (operations_.empty())
            operations_.assign(kEditKinds.begin(), kEditKinds.end());
    }

    [[nodiscard]] bool uses(EditKind kind) const {
        return std::ranges::find(operations_, kind) != operations_.end();
    }

    // Everything that a folder's content depends on. Photographs are identified by name and
    // fingerprint.
    [[nodiscard]] json identity() const {
        json operations = json::array();
        for (const auto kind : operations_)
            operations.push_back(edit_name(kind));
        std::uint64_t photographs = name_hash("");
        for (const auto& photo : library_.photos) {
            const auto name = photo.file.lexically_relative(options_.photos).native();
            photographs = (name_hash(name, photographs) ^ photo.fingerprint) * kHashPrime;
        }
        return {{"format", 1},
                {"per_photo", options_.per_photo},
                {"operations", operations},
                {"seed", options_.seed},
                {"side", options_.side},
                {"photographs", photographs}};
    }

    // Skips photographs whose files all exist.
    void resume() {
        const auto file = options_.out / "manifest.csv";
        if (!fs::exists(file))
            return;
        std::map<std::string, std::size_t> index;
        for (std::size_t i = 0; i < library_.photos.size(); ++i)
            index[number(i)] = i;
        std::map<std::size_t, Rows> found;
        for (auto& row : read_manifest(file).rows) {
            const auto at = index.find(row.path.filename().native().substr(0, kDigits));
            if (at != index.end())
                found[at->second].push_back(std::move(row));
        }
        for (auto& [i, rows] : found) {
            const bool whole = std::ranges::all_of(rows, [](const ManifestRow& row) {
                return fs::exists(row.path) && (row.mask.empty() || fs::exists(row.mask));
            });
            if (whole) {
                reused_ += static_cast<int>(rows.size() / 2);
                done_[i] = std::move(rows);
            }
        }
    }

    static constexpr std::size_t kDigits = 6;
    static std::string number(std::size_t i) {
        const auto digits = std::to_string(i);
        return std::string(kDigits - std::min(kDigits, digits.size()), '0') + digits;
    }

    void make_photo(std::size_t index) {
        {
            const std::lock_guard lock(mutex_);
            if (!done_[index].empty())
                return;
        }
        const auto bgr = load_pixels(library_.photos[index], library_options_);
        if (uses(EditKind::Background) && !uses(EditKind::FaceSwap))
            faces_[index] = faces_of(bgr);
        Rows rows;
        for (int round = 0; round < options_.per_photo; ++round) {
            if (stop_.stop_requested())
                throw Cancelled();
            make_round(index, round, bgr, rows);
        }
        const std::lock_guard lock(mutex_);
        made_ += static_cast<int>(rows.size() / 2);
        done_[index] = std::move(rows);
        if (Clock::now() - saved_ > kManifestEvery)
            save_locked();
    }

    void make_round(std::size_t index, int round, const cv::Mat& bgr, Rows& rows) {
        // Rotates through the operations over all photographs, so that each is used equally often.
        const auto start =
            index * static_cast<std::size_t>(options_.per_photo) + static_cast<std::size_t>(round);
        // An operation that fails is replaced by a random other one, not always by the same
        // neighbour.
        Dice replacement_dice(options_.seed ^ kEditStream ^ 0x1, start);
        const auto replacement = static_cast<std::size_t>(replacement_dice.bits() >> 1);
        for (std::size_t attempt = 0; attempt < operations_.size(); ++attempt) {
            const auto shift =
                attempt == 0 ? 0 : 1 + (replacement + attempt - 1) % (operations_.size() - 1);
            const auto kind = operations_[(start + shift) % operations_.size()];
            Dice dice(options_.seed ^ kEditStream,
                      index * kStreamsPerPhoto + 1 +
                          static_cast<std::uint64_t>(round) * operations_.size() + attempt);
            if (make(index, round, kind, bgr, dice, rows))
                return;
        }
    }

    bool make(std::size_t index, int round, EditKind kind, const cv::Mat& bgr, Dice& dice,
              Rows& rows) {
        const auto& photo = library_.photos[index];
        EditMaterial material;
        cv::Mat original;
        const bool needs_face =
            kind == EditKind::FaceSwap || (kind == EditKind::Background && dice.chance(0.7));
        if (needs_face && !faces_[index].empty()) {
            original =
                crop_around(bgr, dice.pick(faces_[index]), options_.side, dice, material.face);
        } else if (kind == EditKind::FaceSwap) {
            return false;
        } else {
            original = random_crop(bgr, options_.side, dice);
        }
        std::string donor_name;
        if (kind == EditKind::Splice || kind == EditKind::FaceSwap) {
            const auto donor = choose_donor(index, kind, dice);
            if (donor == index)
                return false;
            const auto whole = load_pixels(library_.photos[donor], library_options_);
            donor_name = photo_name(donor);
            material.donor = kind == EditKind::FaceSwap
                                 ? crop_around(whole, dice.pick(faces_[donor]), options_.side, dice,
                                               material.donor_face)
                                 : random_crop(whole, options_.side, dice);
        }
        auto publication = random_publication(dice);
        const auto edit = make_edit(original, material, kind, dice);
        if (!edit)
            return false;

        const auto stem = number(index) + "-" + std::to_string(round);
        const auto edited_stem = stem + "-" + edit_name(kind);
        const auto real = publish_file(original, publication);
        const auto fake = publish_file(edit->edited, publication);
        std::vector<unsigned char> mask;
        cv::imencode(".png", publish_mask(edit->mask, publication), mask);
        ManifestRow twin;
        twin.path = options_.out / "real" / (stem + real.extension);
        twin.source = photo.source;
        twin.group = photo.series;
        json parameters{{"photograph", photo_name(index)},
                        {"quality", publication.quality},
                        {"scale", publication.scale},
                        {"shift", {publication.shift_x, publication.shift_y}}};
        twin.parameters = parameters.dump();
        ManifestRow row = twin;
        row.path = options_.out / "fake" / (edited_stem + fake.extension);
        row.fake = true;
        row.operation = edit_name(kind);
        row.mask = options_.out / "mask" / (edited_stem + ".png");
        parameters["twin"] = "real/" + stem + real.extension;
        parameters["blending"] = blending_name(edit->blending);
        if (!donor_name.empty())
            parameters["donor"] = donor_name;
        row.parameters = parameters.dump();
        write_picture(twin.path, real.bytes);
        write_picture(row.path, fake.bytes);
        write_picture(row.mask, mask);
        rows.push_back(std::move(twin));
        rows.push_back(std::move(row));
        return true;
    }

    // A photograph of another series, or `index` if none was found.
    [[nodiscard]] std::size_t choose_donor(std::size_t index, EditKind kind, Dice& dice) const {
        for (int attempt = 0; attempt < kDonorAttempts; ++attempt) {
            std::size_t donor = 0;
            if (kind == EditKind::FaceSwap)
                donor = with_faces_.empty() ? index : dice.pick(with_faces_);
            else
                donor = static_cast<std::size_t>(dice.bits() % library_.photos.size());
            if (library_.photos[donor].series != library_.photos[index].series)
                return donor;
        }
        return index;
    }

    // JSON requires UTF-8; file names may be any bytes.
    [[nodiscard]] std::string photo_name(std::size_t index) const {
        const auto name = library_.photos[index].file.lexically_relative(options_.photos).native();
        return json::parse('"' + name + '"', nullptr, false).is_string() ? name
                                                                         : "#" + number(index);
    }

    // Calls `work` once for each index, on several threads. The first failure stops the others and
    // is rethrown.
    template <class Work>
    void in_parallel(std::size_t count, const char* what, const Work& work) {
        std::atomic<std::size_t> next{0};
        std::atomic<std::size_t> finished{0};
        std::atomic<bool> failed{false};
        std::exception_ptr failure;
        const auto run_worker = [&] {
            try {
                for (std::size_t i = next++; i < count && !failed; i = next++) {
                    if (stop_.stop_requested())
                        throw Cancelled();
                    work(i);
                    report_progress(static_cast<double>(++finished), static_cast<double>(count),
                                    what);
                }
            } catch (...) {
                const std::lock_guard lock(mutex_);
                if (!failed.exchange(true))
                    failure = std::current_exception();
            }
        };
        const auto processors = std::max(1u, std::thread::hardware_concurrency());
        const auto threads =
            options_.threads > 0 ? static_cast<unsigned>(options_.threads) : processors;
        {
            std::vector<std::jthread> workers;
            for (unsigned i = 1; i < threads; ++i)
                workers.emplace_back(run_worker);
            run_worker();
        }
        if (failure)
            std::rethrow_exception(failure);
    }

    void report_progress(double done, double total, const std::string& what) {
        const std::lock_guard lock(progress_mutex_);
        if (progress_)
            progress_(done, total, what);
    }

    void save() {
        const std::lock_guard lock(mutex_);
        save_locked();
    }
    void save_locked() {
        Rows all;
        for (const auto& rows : done_)
            all.insert(all.end(), rows.begin(), rows.end());
        write_manifest(options_.out / "manifest.csv", all);
        saved_ = Clock::now();
    }

    [[nodiscard]] PrepareEditReport report() const {
        PrepareEditReport result;
        result.photographs = static_cast<int>(library_.photos.size());
        result.made = made_;
        result.reused = reused_;
        result.skipped = library_.skipped;
        for (const auto kind : operations_) {
            int count = 0;
            for (const auto& rows : done_)
                count += static_cast<int>(std::ranges::count(rows, std::string(edit_name(kind)),
                                                             &ManifestRow::operation));
            result.by_operation.emplace_back(edit_name(kind), count);
        }
        return result;
    }

    const PrepareEditOptions& options_;
    const Progress& progress_;
    std::stop_token stop_;
    std::vector<EditKind> operations_;
    LibraryOptions library_options_;
    PhotoLibrary library_;
    std::vector<std::vector<cv::Rect>> faces_;
    std::vector<std::size_t> with_faces_;
    std::mutex mutex_;  ///< of done_, made_, saved_ and the manifest
    std::mutex progress_mutex_;
    std::vector<Rows> done_;
    int made_ = 0;
    int reused_ = 0;
    Clock::time_point saved_ = Clock::now();
};

}  // namespace

std::vector<std::string> edit_operations() {
    std::vector<std::string> names;
    for (const auto kind : kEditKinds)
        names.emplace_back(edit_name(kind));
    return names;
}

PrepareEditReport prepare_edit(const PrepareEditOptions& options, const Progress& progress,
                               std::stop_token stop) {
    const OneOpenCvThread one_thread;
    auto absolute = options;
    absolute.out = fs::absolute(options.out).lexically_normal();
    return EditRun(absolute, progress, std::move(stop)).run();
}

}  // namespace dfd
