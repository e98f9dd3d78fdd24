// Fixture with a small panel in a temporary panels folder, isolated from the user's own panels.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "core/panel/panel_record.h"
#include "tests/checkpoint/temporary_folder.h"
#include "tests/panel/published_writer.h"
#include "tests/says.h"

namespace dfd::test {

/// Sets an environment variable for a scope.
class Environment {
  public:
    Environment(std::string name, const std::string& value) : name_(std::move(name)) {
        if (const char* old = std::getenv(name_.c_str()))
            old_ = old;
        ::setenv(name_.c_str(), value.c_str(), 1);
    }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;
    ~Environment() {
        if (old_)
            ::setenv(name_.c_str(), old_->c_str(), 1);
        else
            ::unsetenv(name_.c_str());
    }

  private:
    std::string name_;
    std::optional<std::string> old_;
};

class PanelTest : public testing::Test {
  protected:
    [[nodiscard]] InstallRequest request(const std::string& name = "small") const {
        return {folder / "weight.pth", folder / "ema.state", name, folder / "panels", false};
    }
    void write(const std::vector<std::string>& architectures, const PublishedFaults& faults = {},
               const std::string& average_prefix = "") const {
        write_published(folder / "weight.pth", folder / "ema.state", architectures, faults,
                        average_prefix);
    }
    [[nodiscard]] std::string why_not(const InstallRequest& request) const {
        return sentence_of<PanelError>([&] { install_panel(request); });
    }
    /// Number of entries in the panels folder, including hidden files.
    [[nodiscard]] std::size_t things_in_panels() const {
        std::error_code error;
        std::size_t count = 0;
        for (std::filesystem::recursive_directory_iterator each(folder / "panels", error), end;
             !error && each != end; ++each)
            ++count;
        return count;
    }

    TemporaryFolder folder;
    Environment panels{"DFD_PANELS", (folder / "panels").native()};
};

inline const std::vector<std::string> kSmall{"convnextv2_atto", "tf_efficientnet_b0"};

}  // namespace dfd::test
