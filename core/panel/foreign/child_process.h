// Another process that computes for this one: nobody vouches for it, so everything it can take is
// limited, and what it does to itself stays with it. Plain C++.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace dfd {

/// The process ended, was too slow or said too much. what() is the end of a sentence that begins
/// with its name: "ended by signal 11 (Segmentation fault)".
class ChildFailure : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

struct ChildLimits {
    std::uint64_t memory = std::uint64_t{4} << 30;  ///< bytes of data, of each process
    std::uint64_t file_bytes = 0;                   ///< the largest file that it may write
};

/// A process with pipes for its input, output and errors. It and its descendants are killed by the
/// destructor, and when this process ends, however it ends. Used by one thread at a time; any
/// thread may start it.
class ChildProcess {
  public:
    using Deadline = std::chrono::steady_clock::time_point;
    [[nodiscard]] static Deadline in_seconds(int seconds) {
        return std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    }

    /// Starts command[0], a path, with the rest as arguments and no variables of the environment
    /// but PATH, HOME and LANG. Throws ChildFailure.
    ChildProcess(const std::vector<std::string>& command, const ChildLimits& limits);
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    ~ChildProcess();

    /// These block until everything is written or read. They throw ChildFailure, also when it is
    /// later than the deadline, and Cancelled within a tenth of a second. After either the process
    /// is of no use any more.
    void write(std::span<const std::uint8_t> bytes, Deadline deadline, const std::stop_token& stop);
    void write(std::string_view text, Deadline deadline, const std::stop_token& stop);
    void read(std::span<std::uint8_t> bytes, Deadline deadline, const std::stop_token& stop);
    /// A line without its end. Fails when it has more than `most` bytes.
    [[nodiscard]] std::string read_line(std::size_t most, Deadline deadline,
                                        const std::stop_token& stop);

  private:
    /// Reads what is there, at least a byte; also empties the pipe of errors.
    void fill(Deadline deadline, const std::stop_token& stop);
    void wait_for(int descriptor, short events, Deadline deadline, const std::stop_token& stop);
    void take_errors();
    [[noreturn]] void fail_ended();
    void close_all();

    pid_t monitor_ = -1;
    int life_ = -1;  ///< the monitor kills the process when this end is closed
    int in_ = -1, out_ = -1, errors_ = -1;
    std::string received_;
    std::string complaint_;  ///< the last of its errors
};

}  // namespace dfd
