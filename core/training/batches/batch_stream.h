// Training batches prepared on background threads. Uses torch.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "core/training/batches/samples.h"
#include "core/training/batches/training_set.h"
#include "core/training/photos/prefetch_queue.h"

namespace dfd {

/// Samples in the form that all experts share; fakes and reals alternate.
struct TrainingBatch {
    torch::Tensor rgb;                  ///< [N,S,S,3] uint8 RGB
    torch::Tensor coverage;             ///< [N,S/8,S/8] float32, edited share of each 8 x 8 block
    torch::Tensor fake;                 ///< [N] bool
    torch::Tensor folds;                ///< [N] int64, folds of the source pictures
    std::vector<std::string> pictures;  ///< N files, for messages
};

/// A decoded pair of pictures, cut into samples.
struct SampledPair {
    FakeAndReal from;
    std::vector<SamplePair> samples;
};
/// Collects sample number `which` of each pair.
[[nodiscard]] TrainingBatch make_batch(const std::vector<SampledPair>& pairs, std::size_t which);

/// Batch b depends only on the set, the options and b. It holds sample b mod count of batch / 2
/// consecutive pairs of the set. A batch thus has as many different fakes as an epoch allows, and
/// every decoded picture serves `count` batches.
class BatchStream {
  public:
    struct Options {
        SampleOptions samples;
        int batch = 64;  ///< samples per batch, even
        std::uint64_t seed = 1;
        int threads = 1;
    };
    /// `set` must outlive the stream. Yields batches `first` to `end` - 1.
    BatchStream(const TrainingSet& set, const Options& options, std::int64_t first,
                std::int64_t end);

    /// Blocks. Throws TrainingError (unreadable picture) and Cancelled.
    [[nodiscard]] TrainingBatch next(const std::stop_token& stop);

    /// Number of batches that show every fake once per epoch, each `count` times; rounded up.
    [[nodiscard]] static std::int64_t batches(std::size_t fakes, int epochs,
                                              const Options& options);

  private:
    Options options_;
    std::int64_t next_;
    std::vector<SampledPair> chunk_;
    PrefetchQueue<SampledPair> queue_;
};

}  // namespace dfd
