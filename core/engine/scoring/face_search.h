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
#include <thread>
#include <vector>

#include "core/picture/pixels/pixels.h"

namespace dfd {

/// Whether a picture shows a face (core/picture/pixels/traits.h: measure_face).
using FaceCheck = std::function<double(const Pixels&)>;

/// Keeps its threads, because each loads the detectors' data when it searches first. They are
/// started by the first search.
class FaceSearch {
  public:
    FaceSearch(FaceCheck check, unsigned threads);
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

        /// What was found, in the pictures' order. Blocks until all is there. Throws the first
        /// exception of a search, and Cancelled when stopped before.
        [[nodiscard]] std::vector<double> found(const std::stop_token& stop);

      private:
        FaceSearch& search_;
    };

  private:
    void serve(const std::stop_token& stop);

    const FaceCheck check_;
    const unsigned threads_wanted_;
    std::mutex mutex_;  // for all below
    std::condition_variable_any changed_;
    std::span<const Pixels* const> pictures_;  // of the current round
    std::size_t next_ = 0;                     // the first that nobody has taken
    std::size_t busy_ = 0;
    std::vector<double> found_;
    std::exception_ptr error_;
    std::vector<std::jthread> threads_;  // last: joined before the members they use are destroyed
};

}  // namespace dfd
