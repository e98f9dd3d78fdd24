// log.jsonl and curves.svg: how a training went. Plain C++.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace dfd {

struct EpochFigures;

/// A file of JSON objects, one a line. After a resume it goes on where the checkpoint left it, so
/// that no step stands in it twice.
class TrainingLog {
  public:
    /// Keeps the first `bytes` bytes of what is there. Throws TrainingError.
    TrainingLog(std::filesystem::path file, std::uint64_t bytes);
    ~TrainingLog();
    TrainingLog(const TrainingLog&) = delete;
    TrainingLog& operator=(const TrainingLog&) = delete;

    /// Appends one line; a reader sees it whole at once. Throws TrainingError when the disk is
    /// full.
    void add(const std::string& json_object);
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  private:
    std::filesystem::path file_;
    int descriptor_ = -1;
    std::uint64_t bytes_ = 0;
};

/// Losses by term and validation figures over the epochs, one expert a colour. `names` and `epochs`
/// have as many entries as there are experts. An SVG document.
[[nodiscard]] std::string training_curves(const std::vector<std::string>& names,
                                          const std::vector<std::vector<EpochFigures>>& epochs);

}  // namespace dfd
