// Pictures read ahead on other threads, their memory bounded by bytes. Plain C++.
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

/// What pixels that are read ahead may take together, in bytes.
inline constexpr std::uint64_t kReadAheadBytes = 384'000'000;

/// A sum of bytes that several threads share. Thread-safe.
class ByteBudget {
  public:
    explicit ByteBudget(std::uint64_t bytes) : bytes_(bytes) {}

    /// Blocks until `bytes` fit beside what is taken, or item number `number` is the one that
    /// somebody waits for: that one must come even when it alone is too large. Throws Cancelled
    /// once closed.
    void take(std::uint64_t number, std::uint64_t bytes);
    void give_back(std::uint64_t bytes);
    /// Item `number` is the next to be handed out.
    void await(std::uint64_t number);
    /// Nobody waits any more.
    void close();
    /// Most that was ever taken at once.
    [[nodiscard]] std::uint64_t most_taken() const;

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t bytes_;
    std::uint64_t taken_ = 0;
    std::uint64_t most_ = 0;
    std::uint64_t awaited_ = 0;
    bool closed_ = false;
};

/// Reads the pictures of one item and answers for their memory: the bytes count as long as it
/// lives.
class PictureMemory {
  public:
    PictureMemory(std::shared_ptr<ByteBudget> budget, std::uint64_t number)
        : budget_(std::move(budget)), number_(number) {}
    PictureMemory(PictureMemory&& other) noexcept
        : budget_(other.budget_), number_(other.number_), held_(std::exchange(other.held_, 0)) {}
    PictureMemory& operator=(PictureMemory&& other) noexcept;
    ~PictureMemory() { let_go(); }

    /// A file's bytes; empty, and `problem` a sentence without the path, when it cannot be read.
    [[nodiscard]] static std::vector<std::uint8_t> bytes_of(const std::filesystem::path& file,
                                                            std::string& problem);
    /// Decodes when there is room, which the file's header tells before pixels are made. No pixels,
    /// and `problem` a sentence, when that fails. Blocks. Throws Cancelled only.
    [[nodiscard]] Picture decode(std::span<const std::uint8_t> bytes, std::string& problem);
    /// Both.
    [[nodiscard]] Picture read(const std::filesystem::path& file, std::string& problem);
    /// The pictures are gone already.
    void let_go();

    [[nodiscard]] std::uint64_t bytes() const { return held_; }

  private:
    std::shared_ptr<ByteBudget> budget_;
    std::uint64_t number_;
    std::uint64_t held_ = 0;
};

/// Items 0 to count - 1, each made of pictures by other threads and handed out in order, as many
/// ahead as their pixels leave room for: all that is made and not yet destroyed takes at most
/// `budget` bytes and one item more. Files and decoders' own working memory are not counted.
template <class Item>
class PictureReader {
  public:
    /// What an item is made of goes through its memory, which is handed out with it.
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

    /// The next item in order; at most `count` calls. Blocks. Throws what making it threw, and
    /// Cancelled when `stop` asks.
    [[nodiscard]] Read next(const std::stop_token& stop) {
        budget_->await(next_++);
        return queue_.next(stop);
    }
    [[nodiscard]] std::uint64_t most_bytes() const { return budget_->most_taken(); }

  private:
    static constexpr std::uint64_t kMostAhead = 64;  // small pictures, too, cost something

    std::shared_ptr<ByteBudget> budget_;
    Make make_;
    std::uint64_t next_ = 0;
    PrefetchQueue<Read> queue_;  ///< last: its threads use everything above
};

/// How many threads read pictures beside one that computes.
[[nodiscard]] int picture_readers();

}  // namespace dfd
