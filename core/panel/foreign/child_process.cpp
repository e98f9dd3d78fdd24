#include "core/panel/foreign/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "core/base/cancelled.h"
#include "core/base/text.h"

namespace dfd {
namespace {

constexpr int kTurn = 50;  ///< milliseconds between two looks at the stop token
constexpr std::size_t kComplaint = 600;
constexpr int kReadsAtOnce = 16;  ///< of its errors: a pipe's worth
constexpr int kNotStarted = 127;

struct Pipe {
    int read = -1, write = -1;
    Pipe() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0)
            throw ChildFailure("could not be started: " + std::generic_category().message(errno));
        read = above_standard(ends[0]);
        write = above_standard(ends[1]);
        if (read < 0 || write < 0) {
            close_both();
            throw ChildFailure("could not be started: " + std::generic_category().message(errno));
        }
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() { close_both(); }
    static int release(int& end) { return std::exchange(end, -1); }

  private:
    /// Where this process has no standard input or output, a pipe gets their numbers, and giving
    /// them to the child would overwrite one end by another.
    static int above_standard(int end) {
        if (end > 2)
            return end;
        const int moved = ::fcntl(end, F_DUPFD_CLOEXEC, 3);
        ::close(end);
        return moved;
    }
    void close_both() const {
        for (const int end : {read, write})
            if (end >= 0)
                ::close(end);
    }
};

void limit(int what, rlim_t most) {
    rlimit now{};
    ::getrlimit(static_cast<__rlimit_resource_t>(what), &now);
    most = std::min(most, now.rlim_max);
    const rlimit limited{most, most};
    ::setrlimit(static_cast<__rlimit_resource_t>(what), &limited);
}

// Between fork and exec only what is safe in a signal handler may be called.

[[noreturn]] void become(char* const* arguments, char* const* variables, const Pipe& in,
                         const Pipe& out, const Pipe& errors, const ChildLimits& limits) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // of the monitor, which has one thread
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (::dup2(in.read, 0) < 0 || ::dup2(out.write, 1) < 0 || ::dup2(errors.write, 2) < 0)
        ::_exit(kNotStarted);
    ::close_range(3, ~0U, 0);
    limit(RLIMIT_DATA, limits.memory);
    limit(RLIMIT_FSIZE, limits.file_bytes);
    limit(RLIMIT_CORE, 0);
    ::execve(arguments[0], arguments, variables);
    ::_exit(kNotStarted);
}

/// Ends as the process ends, and kills it when `life` is closed at the other end.
[[noreturn]] void watch(pid_t process, int life) {
    for (;;) {
        int status = 0;
        if (::waitpid(process, &status, WNOHANG) == process) {
            if (WIFSIGNALED(status)) {
                const rlimit none{0, 0};
                ::setrlimit(RLIMIT_CORE, &none);
                ::signal(WTERMSIG(status), SIG_DFL);
                ::kill(::getpid(), WTERMSIG(status));
            }
            ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : kNotStarted);
        }
        pollfd end{life, POLLIN, 0};
        if (::poll(&end, 1, 2 * kTurn) > 0) {
            ::kill(process, SIGKILL);
            ::waitpid(process, &status, 0);
            ::_exit(0);
        }
    }
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (auto& text : texts)
        result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& command, const ChildLimits& limits) {
    auto texts = command;
    std::vector<std::string> environment{"PATH=/usr/bin:/bin", "HOME=/", "LANG=C.UTF-8"};
    auto arguments = pointers(texts);
    auto variables = pointers(environment);
    Pipe in, out, errors, life;
    sigset_t all, before;
    sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before);
    monitor_ = ::fork();
    if (monitor_ == 0) {
        for (int signal = 1; signal < NSIG; ++signal)
            ::signal(signal, SIG_DFL);
        sigemptyset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
        ::setpgid(0, 0);  // Ctrl+C is for the program, which then stops this one
        const pid_t process = ::fork();
        if (process == 0)
            become(arguments.data(), variables.data(), in, out, errors, limits);
        // Ends of other children's pipes, too: they must close when this program closes them.
        if (process < 0 || ::dup2(life.read, 0) < 0)
            ::_exit(kNotStarted);
        ::close_range(1, ~0U, 0);
        watch(process, 0);
    }
    const int error = errno;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (monitor_ < 0)
        throw ChildFailure("could not be started: " + std::generic_category().message(error));
    in_ = Pipe::release(in.write);
    out_ = Pipe::release(out.read);
    errors_ = Pipe::release(errors.read);
    life_ = Pipe::release(life.write);
    for (const int end : {in_, out_, errors_})
        ::fcntl(end, F_SETFL, O_NONBLOCK);
}

ChildProcess::~ChildProcess() {
    close_all();
    if (monitor_ > 0)
        while (::waitpid(monitor_, nullptr, 0) < 0 && errno == EINTR) {
        }
}

void ChildProcess::close_all() {
    for (int* end : {&life_, &in_, &out_, &errors_})
        if (*end >= 0)
            ::close(std::exchange(*end, -1));
}

void ChildProcess::take_errors() {
    std::array<char, 4096> part{};
    // One that complains without end must not keep this thread from looking at the clock.
    for (int turn = 0; turn < kReadsAtOnce; ++turn) {
        const auto count = ::read(errors_, part.data(), part.size());
        if (count <= 0)
            return;
        complaint_.append(part.data(), static_cast<std::size_t>(count));
        if (complaint_.size() > kComplaint)
            complaint_.erase(0, complaint_.size() - kComplaint);
    }
}

void ChildProcess::fail_ended() {
    int status = 0;
    // It has closed a pipe, so it ends or has ended; a process that only closed its pipe is killed.
    bool ended = false;
    for (int turn = 0; turn < 40 && !ended; ++turn) {
        ended = ::waitpid(monitor_, &status, WNOHANG) == monitor_;
        if (!ended)
            ::poll(nullptr, 0, kTurn);
    }
    take_errors();
    close_all();
    if (!ended)
        while (::waitpid(monitor_, &status, 0) < 0 && errno == EINTR) {
        }
    monitor_ = -1;
    std::string how = "closed its output";
    if (ended && WIFSIGNALED(status))
        how = "ended by signal " + std::to_string(WTERMSIG(status)) + " (" +
              ::strsignal(WTERMSIG(status)) + ")";
    else if (ended && WEXITSTATUS(status) == kNotStarted && complaint_.empty())
        how = "could not be started";
    else if (ended)
        how = "ended with status " + std::to_string(WEXITSTATUS(status));
    while (!complaint_.empty() && (complaint_.back() == '\n' || complaint_.back() == ' '))
        complaint_.pop_back();
    const auto last = complaint_.substr(complaint_.rfind('\n') + 1);
    throw ChildFailure(last.empty() ? how : how + " and said: " + printable(last, 300));
}

void ChildProcess::wait_for(int descriptor, short events, Deadline deadline,
                            const std::stop_token& stop) {
    for (;;) {
        check_stop(stop);
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                              deadline - std::chrono::steady_clock::now())
                              .count();
        if (left <= 0)
            throw ChildFailure("did not answer in time");
        std::array<pollfd, 2> wanted{pollfd{descriptor, events, 0}, pollfd{errors_, POLLIN, 0}};
        const int ready = ::poll(wanted.data(), wanted.size(),
                                 static_cast<int>(std::min<std::int64_t>(left, kTurn)));
        if (ready > 0 && wanted[1].revents != 0)
            take_errors();
        if (ready > 0 && wanted[0].revents != 0)
            return;
        if (ready > 0)  // a process without its pipe of errors must not keep this one busy
            ::poll(nullptr, 0, 1);
    }
}

void ChildProcess::write(std::span<const std::uint8_t> bytes, Deadline deadline,
                         const std::stop_token& stop) {
    // A process that does not read any more must not end this one.
    sigset_t pipe, before;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    while (!bytes.empty()) {
        wait_for(in_, POLLOUT, deadline, stop);
        ::pthread_sigmask(SIG_BLOCK, &pipe, &before);
        const auto count = ::write(in_, bytes.data(), bytes.size());
        const int error = errno;
        if (count < 0 && error == EPIPE && sigismember(&before, SIGPIPE) == 0) {
            const timespec now{};
            ::sigtimedwait(&pipe, nullptr, &now);
        }
        ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
        if (count > 0)
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        else if (error != EAGAIN && error != EINTR)
            fail_ended();
    }
}

void ChildProcess::write(std::string_view text, Deadline deadline, const std::stop_token& stop) {
    write(as_bytes(text), deadline, stop);
}

void ChildProcess::fill(Deadline deadline, const std::stop_token& stop) {
    std::array<char, 65536> part{};
    for (;;) {
        wait_for(out_, POLLIN, deadline, stop);
        const auto count = ::read(out_, part.data(), part.size());
        if (count > 0) {
            received_.append(part.data(), static_cast<std::size_t>(count));
            return;
        }
        if (count == 0 || (errno != EAGAIN && errno != EINTR))
            fail_ended();
    }
}

void ChildProcess::read(std::span<std::uint8_t> bytes, Deadline deadline,
                        const std::stop_token& stop) {
    while (received_.size() < bytes.size())
        fill(deadline, stop);
    std::copy_n(received_.begin(), bytes.size(), bytes.begin());
    received_.erase(0, bytes.size());
}

std::string ChildProcess::read_line(std::size_t most, Deadline deadline,
                                    const std::stop_token& stop) {
    for (std::size_t looked = 0;;) {
        const auto end = received_.find('\n', looked);
        if (std::min(end, received_.size()) > most)
            throw ChildFailure("said more than it was asked for");
        if (end != std::string::npos) {
            auto line = received_.substr(0, end);
            received_.erase(0, end + 1);
            return line;
        }
        looked = received_.size();
        fill(deadline, stop);
    }
}

}  // namespace dfd
