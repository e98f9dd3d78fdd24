// Reads pictures ahead on other threads, within a memory budget. Plain C++.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/picture/picture.h"
#include "core/training/photos/prefetch_queue.h"

namespace dfd {

/// Default budget in bytes for pixels that are read ahead.
inline constexpr std::uint64_t kReadAheadBytes = 384'000'000;

/// A byte budget shared by several threads. Thread-safe.
class ByteBudget {
  public:
    explicit ByteBudget(std::uint64_t bytes) : bytes_(bytes) {}

    /// Blocks until `bytes` fit into the budget, or until item `number` is the awaited one, which
    /// gets its memory even if it exceeds the budget. Throws Cancelled once closed.
    void acquire(std::uint64_t number, std::uint64_t bytes);
    void release(std::uint64_t bytes);
    /// Declares item `number` as the next to be consumed.
    void await(std::uint64_t number);
    /// Ends all waiting: acquire() throws from now on.
    void close();
    /// Peak of the bytes taken.
    [[nodiscard]] std::uint64_t peak() const;

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t bytes_;
    std::uint64_t acquired_ = 0;
    std::uint64_t most_ = 0;
    std::uint64_t awaited_ = 0;
    bool closed_ = false;
};

/// Reads the pictures of one item and holds their share of the budget until it is destroyed.
class PictureMemory {
  public:
    PictureMemory(std::shared_ptr<ByteBudget> budget, std::uint64_t number)
        : budget_(std::move(budget)), number_(number) {}
    PictureMemory(PictureMemory&& other) noexcept
        : budget_(other.budget_), number_(other.number_), held_(std::exchange(other.held_, 0)) {}
    PictureMemory& operator=(PictureMemory&& other) noexcept;
    ~PictureMemory() { release(); }

    /// A file's bytes. On failure, returns nothing and sets `problem` to a sentence without the
    /// path.
    [[nodiscard]] static std::vector<std::uint8_t> bytes_of(const std::filesystem::path& file,
                                                            std::string& problem);
    /// Reserves memory for the announced size, waiting until there is room, then decodes. On
    /// failure, returns no pixels and sets `problem` to a sentence. Blocks. Throws only Cancelled.
    [[nodiscard]] Picture decode(std::span<const std::uint8_t> bytes, std::string& problem);
    /// bytes_of() and decode().
    [[nodiscard]] Picture read(const std::filesystem::path& file, std::string& problem);
    /// Returns the memory to the budget, once the pictures are destroyed.
    void release();

    [[nodiscard]] std::uint64_t bytes() const { return held_; }

  private:
    std::shared_ptr<ByteBudget> budget_;
    std::uint64_t number_;
    std::uint64_t held_ = 0;
};

/// Makes items 0 to count - 1 from pictures on other threads and returns them in order. The budget
/// limits how far it reads ahead: items that exist take at most `budget` bytes plus one item. Files
/// and the decoders' own working memory are not counted.
template <class Item>
class PictureReader {
  public:
    /// Makes an item. It must read its pictures through `memory`, which is returned with the item.
    using Make = std::function<Item(std::uint64_t number, PictureMemory& memory)>;
    struct Read {
        PictureMemory memory;  ///< keep it as long as the pictures
        Item item;
    };

    PictureReader(std::uint64_t count, int threads, Make make,
                  std::uint64_t budget = kReadAheadBytes)
        : budget_(std::make_shared<ByteBudget>(budget)),
          make_(std::move(make)),
          queue_(0, count, threads, kMostAhead, [this](std::uint64_t number) {
              PictureMemory memory(budget_, number);
              auto item = make_(number, memory);
              return Read{std::move(memory), std::move(item)};
          }) {}
    ~PictureReader() { budget_->close(); }
    PictureReader(const PictureReader&) = delete;
    PictureReader& operator=(const PictureReader&) = delete;

    /// The next item in order; at most `count` calls. Blocks. Rethrows what making the item threw;
    /// throws Cancelled when stopped.
    [[nodiscard]] Read next(const std::stop_token& stop) {
        budget_->await(next_++);
        return queue_.next(stop);
    }
    [[nodiscard]] std::uint64_t peak_bytes() const { return budget_->peak(); }

  private:
    static constexpr std::uint64_t kMostAhead = 64;  // small pictures also have a cost

    std::shared_ptr<ByteBudget> budget_;
    Make make_;
    std::uint64_t next_ = 0;
    PrefetchQueue<Read> queue_;  ///< last: its threads use everything above
};

/// Default number of threads that read pictures beside a computing one.
[[nodiscard]] int picture_readers();

}  // namespace dfd
