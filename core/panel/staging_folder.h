// A folder that is filled out of sight and appears under its name complete, or not at all.
#pragma once

#include <filesystem>
#include <string>

namespace dfd {

/// Created beside its target as ".NAME.partial-N" and locked, so that the next installation can
/// tell a folder in the making from one whose maker died, and removes the latter. Removed with
/// everything in it unless published. Throws PanelError.
class StagingFolder {
  public:
    StagingFolder(std::filesystem::path parent, const std::string& name);
    StagingFolder(const StagingFolder&) = delete;
    StagingFolder& operator=(const StagingFolder&) = delete;
    ~StagingFolder();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    /// Renames the folder to parent/name in one step and returns that path. With `replace` a folder
    /// of that name gives way to it, at no moment leaving neither.
    std::filesystem::path publish(bool replace);

  private:
    [[nodiscard]] bool try_create();
    void replace_target();

    std::filesystem::path parent_;
    std::string name_;
    std::filesystem::path path_;
    int lock_ = -1;
    bool published_ = false;
};

}  // namespace dfd
