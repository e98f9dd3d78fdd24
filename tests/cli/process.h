// Runs a program and captures its output.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace dfd {

struct Finished {
    int status = -1;  ///< exit status, or 128 + signal
    std::string out, err;
};

/// A child process whose output goes to two files in `folder`.
class Process {
  public:
    Process(const std::filesystem::path& folder, const std::vector<std::string>& arguments)
        : out_(folder / "stdout"), err_(folder / "stderr") {
        std::vector<char*> argv;
        for (const auto& argument : arguments)
            argv.push_back(const_cast<char*>(argument.c_str()));
        argv.push_back(nullptr);
        // The output of an earlier program must not be mistaken for this one's.
        std::filesystem::remove(out_);
        std::filesystem::remove(err_);
        pid_ = fork();
        if (pid_ < 0)
            throw std::runtime_error("fork failed");
        if (pid_ == 0) {
            redirect(out_, STDOUT_FILENO);
            redirect(err_, STDERR_FILENO);
            close(STDIN_FILENO);
            execv(argv[0], argv.data());
            _exit(127);
        }
    }
    [[nodiscard]] std::string out() const { return content(out_); }
    /// Nothing when it has ended: a signal to process -1 would go to every process there is.
    void send(int signal) const {
        if (pid_ > 0)
            kill(pid_, signal);
    }
    /// Whether it is still running. Does not block.
    bool running() {
        if (pid_ > 0 && waitpid(pid_, &status_, WNOHANG) == pid_)
            pid_ = -1;
        return pid_ > 0;
    }
    Finished wait() {
        if (pid_ > 0)
            waitpid(pid_, &status_, 0);
        pid_ = -1;
        return {WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_), content(out_),
                content(err_)};
    }

  private:
    static void redirect(const std::filesystem::path& file, int descriptor) {
        const int to = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(to, descriptor);
        close(to);
    }
    static std::string content(const std::filesystem::path& file) {
        std::ifstream stream(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }

    std::filesystem::path out_, err_;
    pid_t pid_ = -1;
    int status_ = 0;
};

}  // namespace dfd
