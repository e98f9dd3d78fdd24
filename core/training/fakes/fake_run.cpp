#include "core/training/fakes/fake_run.h"

#include <algorithm>
#include <map>
#include <opencv2/imgcodecs.hpp>
#include <utility>

#include "core/base/cancelled.h"
#include "core/base/dice.h"
#include "core/training/manifest/folders.h"
#include "core/training/manifest/training_error.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr auto kManifestEvery = std::chrono::seconds(5);
constexpr std::size_t kDigits = 6;

std::string number(std::size_t i) {
    const auto digits = std::to_string(i);
    return std::string(kDigits - std::min(kDigits, digits.size()), '0') + digits;
}

void write_picture(const fs::path& file, const std::vector<unsigned char>& bytes) {
    write_atomically(file, std::string(bytes.begin(), bytes.end()));
}

/// Identifies the photographs by name and fingerprint.
std::uint64_t identity_of(const std::vector<Photo>& photos, const fs::path& folder) {
    auto hash = name_hash("");
    for (const auto& photo : photos) {
        const auto name = photo.file.lexically_relative(folder).native();
        hash = (name_hash(name, hash) ^ photo.fingerprint) * kHashPrime;
    }
    return hash;
}

}  // namespace

void check_fake_options(const FakeOptions& options) {
    refuse_nested(options.photos, options.out);
    if (options.per_photo < 1 || options.per_photo > 10'000)
        throw TrainingError("--per-photo must be from 1 to 10000.");
    if (options.side < 160 || options.side > 8192)
        throw TrainingError("--side must be from 160 to 8192 pixels.");
}

FakeRun::FakeRun(FakeOptions options, FakeBranch& branch, Progress progress, std::stop_token stop)
    : options_(std::move(options)),
      branch_(branch),
      progress_(std::move(progress)),
      stop_(std::move(stop)) {
    options_.out = fs::absolute(options_.out).lexically_normal();
}

FakeReport FakeRun::run() {
    open();
    if (std::ranges::any_of(done_, &Rows::empty))
        branch_.begin(*this);
    try {
        in_parallel(library_.photos.size(), branch_.activity(),
                    [&](std::size_t i) { make_photo(i); });
    } catch (...) {
        save();
        throw;
    }
    save();
    return report();
}

void FakeRun::open() {
    where_.folder = options_.photos;
    where_.least = 2;
    library_ = open_library(
        where_, [&](double done) { tell(done, 1, "reading photographs"); }, stop_);
    done_.resize(library_.photos.size());
    for (const auto* folder : {"real", "fake", "mask"})
        make_folder(options_.out / folder);
    auto settings = branch_.settings();
    settings.update({{"format", 1},
                     {"per_photo", options_.per_photo},
                     {"operations", branch_.operations()},
                     {"seed", options_.seed},
                     {"side", options_.side},
                     {"photographs", identity_of(library_.photos, options_.photos)}});
    require_same_settings(options_.out, branch_.settings_file(), settings);
    resume();
}

// Skips photographs whose files all exist.
void FakeRun::resume() {
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

void FakeRun::make_photo(std::size_t index) {
    {
        const std::lock_guard lock(mutex_);
        if (!done_[index].empty())
            return;
    }
    const auto bgr = pixels(index);
    Rows rows;
    for (int turn = 0; turn < options_.per_photo; ++turn) {
        check_stop(stop_);
        if (const auto pair = branch_.make(index, turn, bgr))
            keep(index, turn, *pair, rows);
    }
    const std::lock_guard lock(mutex_);
    made_ += static_cast<int>(rows.size() / 2);
    done_[index] = std::move(rows);
    if (std::chrono::steady_clock::now() - saved_ > kManifestEvery)
        save_locked();
}

void FakeRun::keep(std::size_t index, int turn, const FakePair& pair, Rows& rows) const {
    const auto& publication = pair.publication;
    const auto stem = number(index) + "-" + std::to_string(turn);
    const auto fake_stem = stem + "-" + pair.operation;
    const auto real = publish_file(pair.original, publication);
    const auto fake = publish_file(pair.fake, publication);
    ManifestRow twin;
    twin.path = options_.out / "real" / (stem + real.extension);
    twin.source = library_.photos[index].source;
    twin.group = library_.photos[index].series;
    json parameters{{"photograph", name_of(index)},
                    {"quality", publication.quality},
                    {"scale", publication.scale},
                    {"shift", {publication.shift_x, publication.shift_y}}};
    twin.parameters = parameters.dump();
    ManifestRow row = twin;
    row.path = options_.out / "fake" / (fake_stem + fake.extension);
    row.fake = true;
    row.operation = pair.operation;
    parameters["twin"] = "real/" + stem + real.extension;
    parameters.update(pair.parameters);
    row.parameters = parameters.dump();
    write_picture(twin.path, real.bytes);
    write_picture(row.path, fake.bytes);
    if (!pair.mask.empty()) {
        row.mask = options_.out / "mask" / (fake_stem + ".png");
        std::vector<unsigned char> mask;
        cv::imencode(".png", publish_mask(pair.mask, publication), mask);
        write_picture(row.mask, mask);
    }
    rows.push_back(std::move(twin));
    rows.push_back(std::move(row));
}

std::string FakeRun::name_of(std::size_t photo) const {
    const auto name = library_.photos[photo].file.lexically_relative(options_.photos).native();
    return json::parse('"' + name + '"', nullptr, false).is_string() ? name : "#" + number(photo);
}

void FakeRun::tell(double done, double total, const std::string& what) {
    const std::lock_guard lock(progress_mutex_);
    if (progress_)
        progress_(done, total, what);
}

void FakeRun::save() {
    const std::lock_guard lock(mutex_);
    save_locked();
}

void FakeRun::save_locked() {
    Rows all;
    for (const auto& rows : done_)
        all.insert(all.end(), rows.begin(), rows.end());
    write_manifest(options_.out / "manifest.csv", all);
    saved_ = std::chrono::steady_clock::now();
}

FakeReport FakeRun::report() const {
    FakeReport result{
        static_cast<int>(library_.photos.size()), made_, reused_, library_.skipped, {}};
    for (const auto& operation : branch_.operations()) {
        int count = 0;
        for (const auto& rows : done_)
            count += static_cast<int>(std::ranges::count(rows, operation, &ManifestRow::operation));
        result.by_operation.emplace_back(operation, count);
    }
    return result;
}

}  // namespace dfd
