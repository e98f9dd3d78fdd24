#include "core/training/fakes/prepare_edit.h"

#include <algorithm>
#include <opencv2/core.hpp>

#include "core/picture/pixels/faces.h"
#include "core/training/fakes/edits.h"
#include "core/training/fakes/fake_run.h"
#include "core/training/photos/bgr.h"
#include "core/training/photos/one_opencv_thread.h"

namespace dfd {
namespace {

constexpr std::uint64_t kEditStream = 0xED17;
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

class EditBranch final : public FakeBranch {
  public:
    explicit EditBranch(const PrepareEditOptions& options) : options_(options) {
        for (const auto& name : options_.operations) {
            const auto kind = find_edit(name);
            if (!kind)
                throw TrainingError("Unknown operation \"" + name + "\"; see --help.");
            operations_.push_back(*kind);
        }
        if (operations_.empty())
            operations_.assign(kEditKinds.begin(), kEditKinds.end());
    }

    [[nodiscard]] std::string settings_file() const override { return "edit.json"; }
    [[nodiscard]] std::string activity() const override { return "editing photographs"; }
    [[nodiscard]] std::vector<std::string> operations() const override {
        std::vector<std::string> names;
        for (const auto kind : operations_)
            names.emplace_back(edit_name(kind));
        return names;
    }

    void begin(FakeRun& run) override {
        run_ = &run;
        faces_.resize(run.photos().size());
        // Face swaps choose donors among all faces.
        if (uses(EditKind::FaceSwap))
            run.in_parallel(faces_.size(), "looking for faces",
                            [&](std::size_t i) { faces_[i] = faces_of(run.pixels(i)); });
        for (std::size_t i = 0; i < faces_.size(); ++i)
            if (!faces_[i].empty())
                with_faces_.push_back(i);
    }

    std::optional<FakePair> make(std::size_t photo, int turn, const cv::Mat& bgr) override {
        if (turn == 0 && uses(EditKind::Background) && !uses(EditKind::FaceSwap))
            faces_[photo] = faces_of(bgr);
        // Rotates through the operations over all photographs, so that each is used equally often.
        const auto start =
            photo * static_cast<std::size_t>(options_.per_photo) + static_cast<std::size_t>(turn);
        // An operation that fails is replaced by a random other one, not always by the same
        // neighbour.
        Dice substitutes(options_.seed ^ kEditStream ^ 0x1, start);
        const auto first = static_cast<std::size_t>(substitutes.bits() >> 1);
        for (std::size_t attempt = 0; attempt < operations_.size(); ++attempt) {
            const auto shift =
                attempt == 0 ? 0 : 1 + (first + attempt - 1) % (operations_.size() - 1);
            const auto kind = operations_[(start + shift) % operations_.size()];
            Dice dice(options_.seed ^ kEditStream,
                      photo * kStreamsPerPhoto + 1 +
                          static_cast<std::uint64_t>(turn) * operations_.size() + attempt);
            if (auto pair = make_kind(photo, kind, bgr, dice))
                return pair;
        }
        return std::nullopt;
    }

  private:
    [[nodiscard]] bool uses(EditKind kind) const {
        return std::ranges::find(operations_, kind) != operations_.end();
    }

    std::optional<FakePair> make_kind(std::size_t photo, EditKind kind, const cv::Mat& bgr,
                                      Dice& dice) {
        EditMaterial material;
        FakePair pair;
        const bool wants_face =
            kind == EditKind::FaceSwap || (kind == EditKind::Background && dice.chance(0.7));
        if (wants_face && !faces_[photo].empty()) {
            pair.original =
                crop_around(bgr, dice.pick(faces_[photo]), options_.side, dice, material.face);
        } else if (kind == EditKind::FaceSwap) {
            return std::nullopt;
        } else {
            pair.original = random_crop(bgr, options_.side, dice);
        }
        if (kind == EditKind::Splice || kind == EditKind::FaceSwap) {
            const auto donor = choose_donor(photo, kind, dice);
            if (donor == photo)
                return std::nullopt;
            const auto whole = run_->pixels(donor);
            pair.parameters["donor"] = run_->name_of(donor);
            material.donor = kind == EditKind::FaceSwap
                                 ? crop_around(whole, dice.pick(faces_[donor]), options_.side, dice,
                                               material.donor_face)
                                 : random_crop(whole, options_.side, dice);
        }
        pair.publication = random_publication(dice);
        auto edit = make_edit(pair.original, material, kind, dice);
        if (!edit)
            return std::nullopt;
        pair.fake = std::move(edit->edited);
        pair.mask = std::move(edit->mask);
        pair.operation = edit_name(kind);
        pair.parameters["blending"] = blending_name(edit->blending);
        return pair;
    }

    // A photograph of another series, or `photo` if none was found.
    [[nodiscard]] std::size_t choose_donor(std::size_t photo, EditKind kind, Dice& dice) const {
        const auto& photos = run_->photos();
        for (int attempt = 0; attempt < kDonorAttempts; ++attempt) {
            std::size_t donor = 0;
            if (kind == EditKind::FaceSwap)
                donor = with_faces_.empty() ? photo : dice.pick(with_faces_);
            else
                donor = static_cast<std::size_t>(dice.bits() % photos.size());
            if (photos[donor].series != photos[photo].series)
                return donor;
        }
        return photo;
    }

    const PrepareEditOptions& options_;
    std::vector<EditKind> operations_;
    FakeRun* run_ = nullptr;
    std::vector<std::vector<cv::Rect>> faces_;
    std::vector<std::size_t> with_faces_;
};

}  // namespace

std::vector<std::string> edit_operations() {
    std::vector<std::string> names;
    for (const auto kind : kEditKinds)
        names.emplace_back(edit_name(kind));
    return names;
}

FakeReport prepare_edit(const PrepareEditOptions& options, const Progress& progress,
                        std::stop_token stop) {
    const OneOpenCvThread one_thread;
    check_fake_options(options);
    EditBranch branch(options);
    return FakeRun(options, branch, progress, std::move(stop)).run();
}

}  // namespace dfd
