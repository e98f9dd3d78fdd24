#include "core/training/batches/training_set.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <system_error>
#include <unordered_map>

#include "core/base/dice.h"
#include "core/base/text.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kOrders = 0x0DE25;
constexpr std::uint64_t kReals = 0x2EA15;
constexpr std::uint64_t kValidation = 0x7A11D;
constexpr std::uint64_t kHoldOut = 0x401D;

// Fold 0 for a random share of the groups, 1 for the others; kTestFold is kept.
std::vector<int> drawn_folds(const Manifest& manifest, double share, std::uint64_t seed) {
    const auto key_of = [&](const ManifestRow& row) {
        if (!row.group.empty())
            return "group " + row.group;
        const auto twin = row.parameter("twin");
        return "path " + (twin.empty() ? row.path : manifest.resolve(twin)).native();
    };
    std::set<std::pair<std::uint64_t, std::string>> groups;  // ordered by random key
    std::vector<std::string> keys;
    for (const auto& row : manifest.rows) {
        keys.push_back(key_of(row));
        if (row.fold != kTestFold)
            groups.emplace(Dice(seed ^ kHoldOut, name_hash(keys.back())).bits(), keys.back());
    }
    const auto count =
        std::min(groups.size(),
                 static_cast<std::size_t>(std::ceil(share * static_cast<double>(groups.size()))));
    std::set<std::string> held;
    auto next = groups.begin();
    for (std::size_t i = 0; i < count; ++i, ++next)
        held.insert(next->second);
    std::vector<int> folds;
    for (std::size_t i = 0; i < keys.size(); ++i)
        folds.push_back(manifest.rows[i].fold == kTestFold ? kTestFold
                                                           : (held.contains(keys[i]) ? 0 : 1));
    return folds;
}

std::string fold_text(int fold) {
    return fold == kTestFold ? "test" : fold < 0 ? "none" : std::to_string(fold);
}

void require_file(const Manifest& manifest, const fs::path& file) {
    std::error_code error;
    if (!fs::is_regular_file(file, error))
        throw TrainingError("The picture " + file.native() + ", listed in the manifest " +
                            manifest.file.native() +
                            ", does not exist; make it again, or remove its row.");
}

}  // namespace

TrainingSet::TrainingSet(const Manifest& manifest, std::vector<int> folds, double hold_out,
                         std::uint64_t seed)
    : seed_(seed), folds_(std::move(folds)), held_out_(folds_.size()) {
    const auto refuse = [&](const std::string& why) {
        throw TrainingError("The manifest " + manifest.file.native() + " " + why);
    };
    std::vector<int> fold_of_row;
    const bool draw = std::ranges::count(folds_, kNoFold) > 0;
    if (draw) {
        for (const int fold : folds_)
            if (fold != kNoFold)
                refuse(
                    "cannot hold out a fold for one expert and a random share for another; "
                    "give each expert a fold.");
        fold_of_row = drawn_folds(manifest, hold_out, seed);
        std::ranges::fill(folds_, 0);
    } else {
        for (const auto& row : manifest.rows)
            fold_of_row.push_back(row.fold);
    }
    std::set<int> present(fold_of_row.begin(), fold_of_row.end());
    present.erase(kTestFold);
    present.erase(kNoFold);
    for (const int fold : folds_)
        if (!present.contains(fold)) {
            const auto known = joined(present, ", ", [](int each) { return std::to_string(each); });
            refuse("has no row of fold " + fold_text(fold) + " to validate on; " +
                   (known.empty() ? "it has no folds at all. Make them with `dfd prepare split`, "
                                    "or train without --fold."
                                  : "its folds are " + known + "."));
        }

    std::unordered_map<std::string, std::size_t> row_of;
    for (std::size_t i = 0; i < manifest.rows.size(); ++i)
        row_of.emplace(manifest.rows[i].path.native(), i);
    const bool one_fold = std::set<int>(folds_.begin(), folds_.end()).size() == 1;
    for (std::size_t i = 0; i < manifest.rows.size(); ++i) {
        const auto& row = manifest.rows[i];
        const int fold = fold_of_row[i];
        if (fold == kTestFold)
            continue;
        const TrainingPicture picture{row.path, row.mask, row.fake, fold};
        require_file(manifest, row.path);
        if (!row.mask.empty())
            require_file(manifest, row.mask);
        for (std::size_t expert = 0; expert < folds_.size(); ++expert)
            if (folds_[expert] == fold)
                held_out_[expert].push_back(picture);
        if (one_fold && fold == folds_.front())
            continue;
        if (!row.fake) {
            reals_.push_back(picture);
            continue;
        }
        FakeAndReal pair{picture, {}, false};
        if (const auto twin = row.parameter("twin"); !twin.empty()) {
            pair.real = {manifest.resolve(twin), {}, false, fold};
            pair.twins = true;
            const auto known = row_of.find(pair.real.path.native());
            if (known == row_of.end())
                require_file(manifest, pair.real.path);
            else if (manifest.rows[known->second].fake || fold_of_row[known->second] != fold)
                refuse("gives the fake " + row.path.native() + " (fold " + fold_text(fold) +
                       ") the twin " + pair.real.path.native() + ", which is " +
                       (manifest.rows[known->second].fake
                            ? std::string("a fake itself")
                            : "in fold " + fold_text(fold_of_row[known->second])) +
                       "; split the manifest again with `dfd prepare split`, which keeps twins "
                       "together.");
        }
        fakes_.push_back(std::move(pair));
    }
    if (fakes_.empty())
        refuse(
            "has no fakes to learn from outside the fold that is held out; split it again with "
            "`dfd prepare split`, perhaps --by random.");
    if (reals_.empty())
        refuse("has no real pictures to learn from outside the fold that is held out.");
}

std::shared_ptr<const TrainingSet::Order> TrainingSet::order_of(std::uint64_t epoch) const {
    const std::lock_guard lock(mutex_);
    auto& order = orders_[epoch];
    if (!order) {
        Order drawn(fakes_.size());
        std::iota(drawn.begin(), drawn.end(), 0u);
        Dice dice(seed_ ^ kOrders, epoch);
        for (std::size_t i = drawn.size(); i > 1; --i)
            std::swap(drawn[i - 1], drawn[static_cast<std::size_t>(dice.bits() % i)]);
        order = std::make_shared<const Order>(std::move(drawn));
        while (orders_.size() > 3)
            orders_.erase(orders_.begin()->first == epoch ? std::prev(orders_.end())
                                                          : orders_.begin());
    }
    return orders_.at(epoch);
}

FakeAndReal TrainingSet::at(std::uint64_t index) const {
    const auto order = order_of(index / fakes_.size());
    auto pair = fakes_[(*order)[static_cast<std::size_t>(index % fakes_.size())]];
    if (!pair.twins)
        pair.real = Dice(seed_ ^ kReals, index).pick(reals_);
    return pair;
}

std::vector<TrainingPicture> TrainingSet::validation(std::size_t expert, std::size_t most) const {
    const auto& all = held_out_[expert];
    if (all.size() <= most)
        return all;
    std::array<std::vector<std::pair<std::uint64_t, std::size_t>>, 2> lots;
    for (std::size_t i = 0; i < all.size(); ++i)
        lots[all[i].fake].emplace_back(
            Dice(seed_ ^ kValidation, name_hash(all[i].path.filename().native()) + i).bits(), i);
    for (auto& lot : lots)
        std::sort(lot.begin(), lot.end());
    const auto reals =
        std::min(lots[0].size(), std::max(most / 2, most - std::min(most, lots[1].size())));
    lots[0].resize(reals);
    lots[1].resize(std::min(lots[1].size(), most - reals));
    std::vector<std::size_t> chosen;
    for (const auto& lot : lots)
        for (const auto& each : lot)
            chosen.push_back(each.second);
    std::sort(chosen.begin(), chosen.end());
    std::vector<TrainingPicture> pictures;
    for (const auto i : chosen)
        pictures.push_back(all[i]);
    return pictures;
}

}  // namespace dfd
