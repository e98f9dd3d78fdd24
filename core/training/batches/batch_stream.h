// Batches made in the background. Sees torch.
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

/// Samples as every expert gets them; fakes and reals take turns.
struct TrainingBatch {
    torch::Tensor rgb;       ///< [N,S,S,3] uint8 RGB
    torch::Tensor coverage;  ///< [N,S/8,S/8] float32, share of each 8 x 8 block that was edited
    torch::Tensor fake;      ///< [N] bool
    torch::Tensor folds;     ///< [N] int64, of the pictures they come from
    std::vector<std::string> pictures;  ///< N files, for messages
};

/// One decoded pair of pictures, cut.
struct TakenPair {
    FakeAndReal from;
    std::vector<SamplePair> samples;
};
/// Sample number `which` of each pair.
[[nodiscard]] TrainingBatch make_batch(const std::vector<TakenPair>& pairs, std::size_t which);

/// Batch number b is a function of the set, the options and b alone: it holds sample b mod count of
/// batch / 2 consecutive pairs of the set, so that a batch is of as many different fakes as an
/// epoch allows while every decoded picture serves `count` batches.
class BatchStream {
  public:
    struct Options {
        SampleOptions samples;
        int batch = 64;  ///< samples, even
        std::uint64_t seed = 1;
        int threads = 1;
    };
    /// `set` must outlive the stream. Starts at batch number `first` and gives up to `end`.
    BatchStream(const TrainingSet& set, const Options& options, std::int64_t first,
                std::int64_t end);

    /// Blocks. Throws TrainingError (an unreadable picture) and Cancelled.
    [[nodiscard]] TrainingBatch next(const std::stop_token& stop);

    /// How many batches show every fake once, each `count` times: rounded up.
    [[nodiscard]] static std::int64_t batches(std::size_t fakes, int epochs,
                                              const Options& options);

  private:
    Options options_;
    std::int64_t next_;
    std::vector<TakenPair> chunk_;
    PrefetchQueue<TakenPair> queue_;
};

}  // namespace dfd
