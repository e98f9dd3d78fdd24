// Which pictures of a manifest experts learn from, in which order, and which they are measured on.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/training/manifest/manifest.h"

namespace dfd {

struct TrainingPicture {
    std::filesystem::path path;
    std::filesystem::path mask;  ///< of a fake; empty: all of it was edited
    bool fake = false;
    int fold = kNoFold;
};

/// A fake and what it is met with.
struct FakeAndReal {
    TrainingPicture fake;
    TrainingPicture real;
    bool twins = false;  ///< `real` is the untouched picture that `fake` was made of
};

/// Rows of a manifest for experts that hold out the given folds. Immutable; thread-safe.
///
/// Every batch takes as many fakes as reals. Fakes come in the order of a permutation that is drawn
/// anew for each epoch, so each is met once an epoch. One whose parameters name a "twin" brings it;
/// any other is met with a real drawn at random. Rows of the fold "test" are never touched.
class TrainingSet {
  public:
    /// `folds`: one an expert, all different from kTestFold. kNoFold (which then must be the only
    /// one) holds out a share of the groups, drawn from `seed`, whatever folds the rows have; a
    /// picture without a group stays with its twin. Throws TrainingError: a fold without rows, a
    /// class that is missing, a picture that does not exist, twins in different folds.
    TrainingSet(const Manifest& manifest, std::vector<int> folds, double hold_out,
                std::uint64_t seed);

    /// Number `index` of the endless sequence; epoch e holds [e * fakes(), (e + 1) * fakes()).
    [[nodiscard]] FakeAndReal at(std::uint64_t index) const;
    [[nodiscard]] std::size_t fakes() const { return fakes_.size(); }
    [[nodiscard]] std::size_t reals() const { return reals_.size(); }

    /// The fold that `folds[expert]` came to; samples of it do not count for that expert.
    [[nodiscard]] int fold(std::size_t expert) const { return folds_[expert]; }
    /// At most `most` pictures of that fold, fakes and reals in equal number as far as there are
    /// enough, drawn from the seed, in the manifest's order.
    [[nodiscard]] std::vector<TrainingPicture> validation(std::size_t expert,
                                                          std::size_t most) const;

  private:
    using Order = std::vector<std::uint32_t>;
    [[nodiscard]] std::shared_ptr<const Order> order_of(std::uint64_t epoch) const;

    std::uint64_t seed_;
    std::vector<int> folds_;
    std::vector<FakeAndReal> fakes_;  ///< `real` is empty unless they are twins
    std::vector<TrainingPicture> reals_;
    std::vector<std::vector<TrainingPicture>> held_out_;
    mutable std::mutex mutex_;
    mutable std::map<std::uint64_t, std::shared_ptr<const Order>> orders_;
};

}  // namespace dfd
