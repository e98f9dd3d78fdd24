// A folder that is filled under a hidden name and then appears complete, or not at all.
#pragma once

#include <filesystem>
#include <string>

namespace dfd {

/// ".NAME.partial-N": the hidden name of a folder that is being made or removed.
[[nodiscard]] std::string partial_name(const std::string& name);

/// Created beside its target under a partial_name() and locked. The next installation removes such
/// folders that are not locked, because their creators died. Removed with its contents unless
/// published. Throws PanelError.
class StagingFolder {
  public:
    StagingFolder(std::filesystem::path parent, const std::string& name);
    StagingFolder(const StagingFolder&) = delete;
    StagingFolder& operator=(const StagingFolder&) = delete;
    ~StagingFolder();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    /// Renames the folder to parent/name and returns that path. With `replace` it is exchanged with
    /// an existing folder of that name in one step. Where the file system has no exchange, the old
    /// folder is renamed aside first, and back if the new one cannot take its place.
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
