// Selects the training pairs and the validation pictures of a manifest.
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
    std::filesystem::path mask;  ///< of a fake; empty: everything was edited
    bool fake = false;
    int fold = kNoFold;
};

/// A fake and the real picture it is paired with.
struct FakeAndReal {
    TrainingPicture fake;
    TrainingPicture real;
    bool twins = false;  ///< `real` is the untouched original of `fake`
};

/// Rows of a manifest for experts that hold out the given folds. Immutable; thread-safe.
///
/// Every batch has as many fakes as reals. Each epoch draws a new permutation of the fakes, so each
/// fake is used once per epoch. A fake whose parameters name a "twin" is paired with it, any other
/// with a random real. Rows of the fold "test" are never used.
class TrainingSet {
  public:
    /// `folds`: one per expert, none of them kTestFold. Either all or none are kNoFold, which holds
    /// out a share of the groups drawn from `seed` and ignores the rows' folds; a picture without a
    /// group stays with its twin. Throws TrainingError: a fold without rows, a missing class, a
    /// missing picture, twins in different folds.
    TrainingSet(const Manifest& manifest, std::vector<int> folds, double hold_out,
                std::uint64_t seed);

    /// Pair `index` of the endless sequence; epoch e covers [e * fakes(), (e + 1) * fakes()).
    [[nodiscard]] FakeAndReal at(std::uint64_t index) const;
    [[nodiscard]] std::size_t fakes() const { return fakes_.size(); }
    [[nodiscard]] std::size_t reals() const { return reals_.size(); }

    /// The fold that `folds[expert]` was resolved to. Its samples do not count for that expert.
    [[nodiscard]] int fold(std::size_t expert) const { return folds_[expert]; }
    /// At most `most` pictures of that fold in the manifest's order, drawn from the seed, with
    /// equal numbers of fakes and reals as far as available.
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
