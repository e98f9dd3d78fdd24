#include "core/training/manifest/folders.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "core/training/manifest/manifest.h"

namespace dfd {

using nlohmann::json;

void make_folder(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error)
        throw TrainingError("The folder " + folder.native() +
                            " could not be created: " + error.message() + ".");
}

void require_same_settings(const std::filesystem::path& out, const std::string& name,
                           const json& settings) {
    const auto file = out / name;
    if (!std::filesystem::exists(file)) {
        if (std::filesystem::exists(out / "manifest.csv"))
            throw TrainingError(
                "The folder " + out.native() +
                " contains a manifest.csv that was not made by this command; give another --out.");
        write_atomically(file, settings.dump(2) + '\n');
        return;
    }
    std::ifstream stream(file);
    const auto before = json::parse(stream, nullptr, false);
    for (const auto& [member, value] : settings.items())
        if (!before.is_object() || !before.contains(member) || before[member] != value)
            throw TrainingError("The folder " + out.native() +
                                " was started with other options or photographs (" + member +
                                " differs, see " + name +
                                " there); give the same ones, or another --out.");
}

}  // namespace dfd
