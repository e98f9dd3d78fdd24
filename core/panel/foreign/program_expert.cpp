// Runs programs in bubblewrap: no network, a read-only system, limits of memory and time. They get
// one request a line and answer with one line of JSON.
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/base/language.h"
#include "core/base/wording.h"
#include "core/panel/foreign/child_process.h"
#include "core/panel/foreign/foreign_expert.h"
#include "core/panel/foreign/readable_paths.h"
#include "core/panel/foreign/sandbox.h"
#include "core/panel/json/panel_error.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;
using json = nlohmann::json;

constexpr std::size_t kLongestLine = 2 << 20;
constexpr std::size_t kMostMapSide = 256;
constexpr std::int64_t kMostPixels = 50'000'000;
constexpr const char* kInside = "/expert";
constexpr const char* kPictures = "/pictures";
constexpr const char* kPicture = "picture.ppm";

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

/// Rows of numbers, all of one length; null is a place that it does not judge. Throws ChildFailure.
MapNumbers map_numbers(const json& reply) {
    const auto found = reply.find("map");
    const auto usable = [](const json& list) {
        return list.is_array() && !list.empty() && list.size() <= kMostMapSide;
    };
    if (found == reply.end() || !usable(*found))
        throw ChildFailure("gave an answer without the \"map\" that its manifest names");
    MapNumbers numbers;
    numbers.rows = static_cast<int>(found->size());
    for (const auto& row : *found) {
        if (!usable(row) || row.size() != found->front().size())
            throw ChildFailure("gave a \"map\" whose rows are not lists of one length");
        for (const auto& value : row) {
            if (!value.is_number() && !value.is_null())
                throw ChildFailure("gave a \"map\" with a value that is neither a number nor null");
            numbers.values.push_back(value.is_null() ? kNotLookedAt : value.get<float>());
        }
    }
    numbers.columns = static_cast<int>(found->front().size());
    return numbers;
}

class ProgramExpert final : public ForeignExpert {
  public:
    ProgramExpert(ForeignManifest manifest, const fs::path& folder)
        : manifest_(std::move(manifest)),
          folder_(fs::absolute(folder)),
          bound_(readable_paths(manifest_.run.reads)) {
        if (const auto missing = missing_for_programs(); !missing.empty())
            throw PanelError(missing);
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
        auto command = sandboxed(bound, kInside);
        command.insert(command.end(), manifest_.run.command.begin(), manifest_.run.command.end());
        ChildLimits limits;
        limits.memory = static_cast<std::uint64_t>(manifest_.run.limits.memory_mb) << 20;
        limits.file_bytes = kSandboxFiles;
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
        if (const auto& map = manifest_.output.map)
            answer.map = own_map(map_numbers(reply), *map);
        return answer;
    }

    const ForeignManifest manifest_;
    const fs::path folder_;
    std::vector<BoundPlace> bound_;
    PictureFolder pictures_;
    std::optional<ChildProcess> child_;
};

}  // namespace

std::string missing_for_programs() {
    const auto& problem = sandbox_problem();
    const InEnglish english;  // a warning, which is kept with scores
    return problem.empty() ? problem
                           : say("Programs cannot be used as experts here, because %1.", {problem});
}

std::unique_ptr<ForeignExpert> open_program_expert(const ForeignManifest& manifest,
                                                   const fs::path& folder) {
    return std::make_unique<ProgramExpert>(manifest, folder);
}

}  // namespace dfd
