// Fixture of the command line's tests: runs `dfd` in a temporary folder.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/checkpoint/temporary_folder.h"
#include "tests/cli/process.h"

namespace dfd {

inline const std::string kStarter = DFD_SOURCE_DIR "/tests/data/traces";

/// One JSON object a line.
inline std::vector<nlohmann::json> json_lines(const std::string& text) {
    std::vector<nlohmann::json> objects;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        objects.push_back(nlohmann::json::parse(line));
    return objects;
}

class DfdTest : public ::testing::Test {
  protected:
    static std::vector<std::string> dfd(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), DFD_BINARY_DIR "/dfd");
        return arguments;
    }
    [[nodiscard]] Process start(std::vector<std::string> arguments) const {
        return {folder.path(), dfd(std::move(arguments))};
    }
    Finished run(std::vector<std::string> arguments) const {
        return start(std::move(arguments)).wait();
    }
    /// Whether `dfd` ends with status 0.
    ::testing::AssertionResult succeeds(const std::vector<std::string>& arguments) const {
        const auto done = run(arguments);
        return done.status == 0 ? ::testing::AssertionSuccess()
                                : ::testing::AssertionFailure() << done.status << ' ' << done.err;
    }
    /// Runs a command line in the folder, where `dfd` is the program under test.
    Finished shell(const std::string& command) const {
        return Process(folder.path(), {"/bin/sh", "-c",
                                       "cd '" + folder.path().native() +
                                           "' && PATH='" DFD_BINARY_DIR "':$PATH && " + command})
            .wait();
    }
    /// Waits until `condition` holds; false if the process ended before, or after five minutes.
    template <class Condition>
    static bool reaches(Process& process, Condition condition) {
        using Clock = std::chrono::steady_clock;
        const auto deadline = Clock::now() + std::chrono::minutes(5);
        while (Clock::now() < deadline) {
            if (condition())
                return true;
            if (!process.running())
                return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(3));
        }
        return false;
    }

    test::TemporaryFolder folder;
};

}  // namespace dfd
