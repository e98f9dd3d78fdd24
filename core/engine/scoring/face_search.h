// Looks for faces in several pictures while something else computes. Plain C++.
// Internal to core/engine/scoring.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/picture/pixels/pixels.h"

namespace dfd {

/// The warning for a picture, empty for none (expert_scoring.h: warning_of_no_face).
using FaceWarning = std::function<std::string(const Pixels&)>;

/// Keeps its threads, because each loads the detectors' data when it searches first. They are
/// started by the first search.
class FaceSearch {
  public:
    FaceSearch(FaceWarning warning, unsigned threads);
    FaceSearch(const FaceSearch&) = delete;
    FaceSearch& operator=(const FaceSearch&) = delete;

    /// A search through several pictures, begun by the constructor. One at a time per FaceSearch.
    class Round {
      public:
        /// The pictures must outlive the object.
        Round(FaceSearch& search, std::span<const Pixels* const> pictures);
        /// Waits for the pictures that are being searched; the others are left out.
        ~Round();
        Round(const Round&) = delete;
        Round& operator=(const Round&) = delete;

        /// The warnings in the pictures' order. Blocks until all are there. Throws the first
        /// exception of a search, and Cancelled when stopped before.
        [[nodiscard]] std::vector<std::string> warnings(const std::stop_token& stop);

      private:
        FaceSearch& search_;
    };

  private:
    void serve(const std::stop_token& stop);

    const FaceWarning warning_;
    const unsigned threads_wanted_;
    std::mutex mutex_;  // for all below
    std::condition_variable_any changed_;
    std::span<const Pixels* const> pictures_;  // of the current round
    std::size_t next_ = 0;                     // the first that nobody has taken
    std::size_t busy_ = 0;
    std::vector<std::string> warnings_;
    std::exception_ptr error_;
    std::vector<std::jthread> threads_;  // last: joined before the members they use are destroyed
};

}  // namespace dfd
