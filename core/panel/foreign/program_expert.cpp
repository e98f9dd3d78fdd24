// Runs programs in bubblewrap: no network, a read-only system, limits of memory and time. They get
// one request a line and answer with one line of JSON.
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/base/wording.h"
#include "core/panel/foreign/child_process.h"
#include "core/panel/foreign/foreign_expert.h"
#include "core/panel/foreign/readable_paths.h"
#include "core/panel/json/panel_error.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::json;

constexpr std::size_t kLongestLine = 1 << 20;
constexpr std::uint64_t kLargestFile = std::uint64_t{256} << 20;
constexpr std::uint64_t kSharedMemory = std::uint64_t{64} << 20;
constexpr std::int64_t kMostPixels = 50'000'000;
constexpr const char* kInside = "/expert";
constexpr const char* kPictures = "/pictures";
constexpr const char* kPicture = "picture.ppm";

std::optional<std::string> bubblewrap() {
    for (const auto* place : {"/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap"})
        if (::access(place, X_OK) == 0)
            return place;
    return std::nullopt;
}

/// The system without the user's files, the network and everybody else's processes; `bound` are
/// places and where they appear inside, to be read. Nothing but /tmp and /dev/shm can be written.
std::vector<std::string> sandbox(const std::string& bwrap,
                                 const std::vector<std::pair<fs::path, std::string>>& bound = {}) {
    std::vector<std::string> command{bwrap,           "--unshare-all", "--die-with-parent",
                                     "--new-session", "--cap-drop",    "ALL",
                                     "--ro-bind",     "/usr",          "/usr"};
    // Links into /usr on most systems, folders on others.
    for (const auto* folder : {"/bin", "/sbin", "/lib", "/lib64"}) {
        std::error_code error;
        if (fs::is_symlink(folder, error))
            command.insert(command.end(), {"--symlink", fs::read_symlink(folder, error), folder});
        else
            command.insert(command.end(), {"--ro-bind-try", folder, folder});
    }
    for (const auto* file : {"/etc/alternatives", "/etc/ld.so.cache", "/etc/fonts"})
        command.insert(command.end(), {"--ro-bind-try", file, file});
    command.insert(command.end(), {"--proc",   "/proc",    "--dev",
                                   "/dev",     "--size",   std::to_string(kSharedMemory),
                                   "--tmpfs",  "/dev/shm", "--remount-ro",
                                   "/dev",     "--size",   std::to_string(kLargestFile),
                                   "--tmpfs",  "/tmp",     "--clearenv",
                                   "--setenv", "PATH",     "/usr/local/bin:/usr/bin:/bin",
                                   "--setenv", "HOME",     "/tmp",
                                   "--setenv", "LANG",     "C.UTF-8"});
    for (const auto& [place, inside] : bound)
        command.insert(command.end(), {"--ro-bind", place.native(), inside});
    // The root is memory, too; it can be closed when everything has its place in it.
    command.insert(command.end(), {"--remount-ro", "/"});
    return command;
}

/// A folder for the pictures that a program reads, removed with its contents.
class PictureFolder {
  public:
    PictureFolder() {
        auto name = (fs::temp_directory_path() / "dfd-expert-XXXXXX").native();
        if (::mkdtemp(name.data()) == nullptr)
            throw PanelError("No folder for pictures can be made in " +
                             quoted(fs::temp_directory_path()) + ". Is the disk full?");
        path_ = name;
    }
    ~PictureFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    PictureFolder(const PictureFolder&) = delete;
    PictureFolder& operator=(const PictureFolder&) = delete;

    [[nodiscard]] const fs::path& path() const { return path_; }

    /// The picture stays no longer than it is needed.
    void clear() const {
        std::error_code ignored;
        fs::remove(path_ / kPicture, ignored);
    }
    void write(const View& view) const {
        std::ofstream file(path_ / kPicture, std::ios::binary | std::ios::trunc);
        file << "P6\n" << view.width << ' ' << view.height << "\n255\n";
        file.write(reinterpret_cast<const char*>(view.bytes.data()),
                   static_cast<std::streamsize>(view.bytes.size()));
        file.close();
        if (!file)
            throw NoOpinion("The picture could not be written for it; is the disk of " +
                            quoted(path_) + " full?");
    }

  private:
    fs::path path_;
};

class ProgramExpert final : public ForeignExpert {
  public:
    ProgramExpert(ForeignManifest manifest, const fs::path& folder)
        : manifest_(std::move(manifest)),
          folder_(fs::absolute(folder)),
          bound_(readable_paths(manifest_.run.reads)) {
        if (const auto missing = missing_for_programs(); !missing.empty())
            throw PanelError(missing);
        bwrap_ = *bubblewrap();
    }

    [[nodiscard]] const ForeignManifest& manifest() const override { return manifest_; }

    [[nodiscard]] std::vector<View> views(const Pixels& picture) const override {
        if (std::int64_t{picture.width} * picture.height > kMostPixels)
            throw NoOpinion("The picture has more than the 50 megapixels that a program is given.");
        View view{.width = picture.width, .height = picture.height};
        view.area = {0, 0, static_cast<double>(picture.width), static_cast<double>(picture.height)};
        view.bytes = picture.rgb;
        return {std::move(view)};
    }

    [[nodiscard]] ForeignAnswer answer(const View& view, const std::stop_token& stop) override {
        struct Clear {
            const PictureFolder& pictures;
            ~Clear() { pictures.clear(); }
        } const afterwards{pictures_};
        try {
            pictures_.write(view);
            const bool fresh = !child_;
            if (fresh)
                start();
            return ask(view, fresh, stop);
        } catch (const ChildFailure& failure) {
            child_.reset();
            throw NoOpinion(std::string("The program ") + failure.what() + ".");
        } catch (const NoOpinion&) {
            throw;  // a proper answer
        } catch (...) {
            child_.reset();  // what it says next may still be of this picture
            throw;
        }
    }

  private:
    void start() {
        auto bound = bound_;
        bound.emplace_back(folder_, kInside);
        bound.emplace_back(pictures_.path(), kPictures);
        auto command = sandbox(bwrap_, bound);
        command.insert(command.end(), {"--chdir", kInside, "--"});
        command.insert(command.end(), manifest_.run.command.begin(), manifest_.run.command.end());
        ChildLimits limits;
        limits.memory = static_cast<std::uint64_t>(manifest_.run.limits.memory_mb) << 20;
        limits.file_bytes = kLargestFile;
        child_.emplace(command, limits);
    }

    ForeignAnswer ask(const View& view, bool fresh, const std::stop_token& stop) {
        const auto& limits = manifest_.run.limits;
        const auto deadline =
            ChildProcess::in_seconds(limits.seconds + (fresh ? limits.start_seconds : 0));
        const json request{{"picture", std::string(kPictures) + "/" + kPicture},
                           {"width", view.width},
                           {"height", view.height}};
        child_->write(request.dump() + "\n", deadline, stop);
        const auto line = child_->read_line(kLongestLine, deadline, stop);
        const auto reply = json::parse(line, nullptr, false);
        if (!reply.is_object())
            throw ChildFailure("gave an answer that is no JSON object: " + quoted_name(line));
        if (const auto error = reply.find("error"); error != reply.end())
            throw NoOpinion("The program says: " +
                            quoted_name(error->is_string() ? error->get<std::string>() : ""));
        const auto score = reply.find("score");
        if (score == reply.end() || !score->is_number())
            throw ChildFailure("gave an answer without a \"score\" that is a number");
        ForeignAnswer answer;
        answer.values = {score->get<double>()};
        answer.log_odds = log_odds_of(answer.values, manifest_.output);
        return answer;
    }

    const ForeignManifest manifest_;
    const fs::path folder_;
    std::vector<std::pair<fs::path, std::string>> bound_;  ///< places, and where they appear inside
    std::string bwrap_;
    PictureFolder pictures_;
    std::optional<ChildProcess> child_;
};

/// Whether bubblewrap may do here what it is for: some systems forbid it to ordinary users.
std::string trial() {
    const auto bwrap = bubblewrap();
    if (!bwrap)
        return "Programs cannot be used as experts here, because bubblewrap is not installed: "
               "install the package bubblewrap.";
    try {
        auto command = sandbox(*bwrap);
        command.insert(command.end(), {"--", "/bin/echo", "works"});
        ChildLimits limits;
        ChildProcess child(command, limits);
        if (child.read_line(100, ChildProcess::in_seconds(20), {}) == "works")
            return {};
    } catch (const ChildFailure& failure) {
        return std::string(
                   "Programs cannot be used as experts here, because bubblewrap is not "
                   "allowed to do its work (it ") +
               failure.what() + "): ask the administrator to allow user namespaces.";
    }
    return "Programs cannot be used as experts here, because bubblewrap does not work.";
}

}  // namespace

std::string missing_for_programs() {
    static const std::string missing = trial();
    return missing;
}

std::unique_ptr<ForeignExpert> open_program_expert(const ForeignManifest& manifest,
                                                   const fs::path& folder) {
    return std::make_unique<ProgramExpert>(manifest, folder);
}

}  // namespace dfd
