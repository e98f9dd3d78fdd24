#include "core/panel/file_hash.h"

#include <algorithm>
#include <vector>

#include "core/base/cancelled.h"
#include "core/base/digest.h"
#include "core/base/wording.h"
#include "core/checkpoint/input_file.h"
#include "core/checkpoint/torch_checkpoint.h"
#include "core/panel/panel_record.h"

namespace dfd {

std::string hash_file(const std::filesystem::path& path,
                      const std::function<void(std::uint64_t done)>& each) try {
    Sha256 digest;
    const InputFile file(path);
    std::vector<std::uint8_t> piece(4u << 20);
    for (std::uint64_t at = 0; at < file.size();) {
        const auto size =
            static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), file.size() - at));
        file.read_at(at, piece.data(), size);
        digest.add({piece.data(), size});
        at += size;
        if (each)
            each(at);
    }
    return digest.hex();
} catch (const CheckpointError& error) {
    throw PanelError(error.what());
}

void require_digest(const std::filesystem::path& file, const std::string& sha256,
                    const std::string& otherwise, const std::stop_token& stop) {
    const auto found = hash_file(file, [&](std::uint64_t) { check_stop(stop); });
    if (found != sha256)
        throw PanelError(quoted(file) + ' ' + otherwise + " Its SHA-256 is " + found +
                         ", expected " + sha256 + '.');
}

}  // namespace dfd
