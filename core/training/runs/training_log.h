// Training log (log.jsonl) and chart (curves.svg). Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dfd {

struct EpochFigures;

/// A JSON Lines file. After a resume it is truncated to the checkpoint's size, so that no step is
/// logged twice.
class TrainingLog {
  public:
    /// Truncates an existing file to `bytes`. Throws TrainingError.
    TrainingLog(std::filesystem::path file, std::uint64_t bytes);
    ~TrainingLog();
    TrainingLog(const TrainingLog&) = delete;
    TrainingLog& operator=(const TrainingLog&) = delete;

    /// Appends one line, normally in a single write, so that readers see whole lines. Throws
    /// TrainingError when the disk is full.
    void add(const std::string& json_object);
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  private:
    std::filesystem::path file_;
    int descriptor_ = -1;
    std::uint64_t bytes_ = 0;
};

/// An SVG chart of loss terms and validation figures over the epochs, one colour per expert.
/// `names` and `epochs` have one entry per expert.
[[nodiscard]] std::string training_curves(const std::vector<std::string>& names,
                                          const std::vector<std::vector<EpochFigures>>& epochs);

}  // namespace dfd
