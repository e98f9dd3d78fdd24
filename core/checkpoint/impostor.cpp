#include "core/checkpoint/impostor.h"

#include "core/base/text.h"
#include "core/base/wording.h"

namespace dfd {

std::optional<std::string> impostor_sentence(const std::filesystem::path& path,
                                             std::string_view head, std::uint64_t file_size) {
    const auto name = quoted(path);
    if (file_size == 0)
        return name + " is empty (0 bytes). The download failed; fetch it again.";
    const auto lower = lower_case(head.substr(0, 512));
    const auto first = lower.find_first_not_of(" \t\r\n");
    const std::string_view text =
        first == std::string::npos ? std::string_view{} : std::string_view(lower).substr(first);
    if (text.starts_with("<html") || text.starts_with("<!doctype html") ||
        text.starts_with("<head") || text.starts_with("<?xml"))
        return name +
               " is a web page, not weights: the site sent a confirmation or sign-in page instead "
               "of the file. Open its address in a browser and download the file itself.";
    if (text.starts_with("version https://git-lfs"))
        return name +
               " is a Git LFS pointer, not the weights themselves. Run \"git lfs pull\" in its "
               "repository, or download the file itself.";
    if (head.starts_with("\x1f\x8b") || head.starts_with("7z\xbc\xaf") || head.starts_with("Rar!"))
        return name + " is a packed archive. Unpack it and choose the weights inside.";
    if (text.starts_with("{\"") || text.starts_with("{ \""))
        return name +
               " is JSON text, not weights; a download service may have answered with an error. "
               "Fetch the file again.";
    return std::nullopt;
}

}  // namespace dfd
