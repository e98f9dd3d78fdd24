// Which pictures a scan is examining, in a file beside the case, so that a picture which ends the
// process is known by the next scan.
// Internal to core/casework/scan.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <string>

namespace dfd {

/// The file is "CASE-examining": a line "+DIGEST" for each picture that is begun, "-DIGEST" for
/// each that is over, "DIGEST COUNT" for deaths before. It needs no sync: what is written survives
/// the process. It is gone when no picture is suspected. Thread-safe. Never throws for a file that
/// cannot be written: a scan goes on without it.
class BeingExamined {
  public:
    /// Pictures that were begun and not over when the last process ended died with it.
    explicit BeingExamined(const std::filesystem::path& case_path);
    ~BeingExamined();
    BeingExamined(const BeingExamined&) = delete;
    BeingExamined& operator=(const BeingExamined&) = delete;

    /// How often the process ended while it examined this picture.
    [[nodiscard]] int deaths(const std::string& digest) const;
    void begin(const std::string& digest);
    /// Examined, whatever the result: it is not suspected any more.
    void end(const std::string& digest);
    /// Somebody asked for a stop: whatever ends the process now, no picture is to blame.
    void stopped();

  private:
    void append(const std::string& line);
    void rewrite();

    std::filesystem::path path_;
    mutable std::mutex mutex_;
    int file_ = -1;
    std::size_t written_ = 0;
    bool stopped_ = false;
    std::map<std::string, int> deaths_;
    std::set<std::string> begun_;
};

}  // namespace dfd
