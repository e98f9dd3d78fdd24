#include "core/casework/exhibits/exhibit_picture.h"

#include "core/base/digest.h"
#include "core/picture/file_bytes.h"

namespace dfd {

Picture recorded_picture(const ExhibitRecord& record) {
    std::string why = "The case knows no file that still has these contents.";
    for (const auto& path : record.paths) {
        try {
            const auto bytes = read_file_bytes(path, DecodeLimits{}.bytes);
            if (sha256_hex(bytes) == record.row.sha256)
                return decode_picture(bytes);
            why = "The file has changed since it was examined.";
        } catch (const PictureError& error) {
            why = error.what();
        }
    }
    throw PictureError({failure_codes::kUnreadable, why});
}

}  // namespace dfd
