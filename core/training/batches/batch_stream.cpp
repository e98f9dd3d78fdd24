#include "core/training/batches/batch_stream.h"

#include <opencv2/imgproc.hpp>

#include "core/networks/experts/trace_network.h"

namespace dfd {
namespace {

constexpr std::uint64_t kSamples = 0x5A3B1E5;

void put_pixels(const cv::Mat& bgr, torch::Tensor row) {
    cv::Mat rgb(bgr.rows, bgr.cols, CV_8UC3, row.data_ptr());
    cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
}

void put_coverage(const cv::Mat& mask, torch::Tensor row) {
    const auto blocks = static_cast<int>(row.size(0));
    if (blocks == 0)
        return;
    cv::Mat shares;
    mask.convertTo(shares, CV_32F, 1.0 / 255);
    cv::Mat small(blocks, blocks, CV_32F, row.data_ptr());
    cv::resize(shares, small, small.size(), 0, 0, cv::INTER_AREA);
}

std::uint64_t chunk_of(std::int64_t batch, const BatchStream::Options& options) {
    return static_cast<std::uint64_t>(batch / options.samples.count);
}

std::uint64_t pairs_of(const BatchStream::Options& options) {
    return static_cast<std::uint64_t>(options.batch / 2);
}

}  // namespace

TrainingBatch make_batch(const std::vector<SampledPair>& pairs, std::size_t which) {
    const auto side = static_cast<std::int64_t>(pairs.front().samples.front().mask.rows);
    const auto blocks = side / kTraceStride;
    const auto count = static_cast<std::int64_t>(pairs.size()) * 2;
    TrainingBatch batch;
    batch.rgb = torch::empty({count, side, side, 3}, torch::kUInt8);
    batch.coverage = torch::zeros({count, blocks, blocks});
    batch.fake = torch::zeros({count}, torch::kBool);
    batch.folds = torch::empty({count}, torch::kLong);
    std::int64_t row = 0;
    for (const auto& [from, samples] : pairs) {
        const auto& sample = samples.at(which);
        put_pixels(sample.fake, batch.rgb[row]);
        put_coverage(sample.mask, batch.coverage[row]);
        batch.fake[row] = true;
        batch.folds[row] = from.fake.fold;
        batch.pictures.push_back(from.fake.path.native());
        ++row;
        put_pixels(sample.real, batch.rgb[row]);
        batch.folds[row] = from.real.fold;
        batch.pictures.push_back(from.real.path.native());
        ++row;
    }
    return batch;
}

std::int64_t BatchStream::batches(std::size_t fakes, int epochs, const Options& options) {
    const auto all = static_cast<std::uint64_t>(fakes) * static_cast<std::uint64_t>(epochs);
    const auto chunks = (all + pairs_of(options) - 1) / pairs_of(options);
    return static_cast<std::int64_t>(chunks) * options.samples.count;
}

BatchStream::BatchStream(const TrainingSet& set, const Options& options, std::int64_t first,
                         std::int64_t end)
    : options_(options),
      next_(first),
      queue_(chunk_of(first, options) * pairs_of(options),
             chunk_of(end + options.samples.count - 1, options) * pairs_of(options),
             options.threads, 2 * pairs_of(options) + static_cast<std::uint64_t>(options.threads),
             [&set, options](std::uint64_t index) {
                 auto pair = set.at(index);
                 auto samples =
                     take_samples(pair, options.samples, Dice(options.seed ^ kSamples, index));
                 return SampledPair{std::move(pair), std::move(samples)};
             }) {}

TrainingBatch BatchStream::next(const std::stop_token& stop) {
    const auto which = static_cast<std::size_t>(next_ % options_.samples.count);
    if (chunk_.empty() || which == 0) {
        std::vector<SampledPair> chunk;
        for (std::uint64_t i = 0; i < pairs_of(options_); ++i)
            chunk.push_back(queue_.next(stop));
        chunk_ = std::move(chunk);
    }
    ++next_;
    return make_batch(chunk_, which);
}

}  // namespace dfd
