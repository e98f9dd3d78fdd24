#include "core/casework/report/export_records.h"

#include "core/base/cancelled.h"
#include "core/base/digest.h"
#include "core/base/language.h"
#include "core/casework/database/sqlite.h"
#include "core/casework/exhibits/exhibit_record.h"
#include "core/engine/replay/replay_record.h"
#include "core/engine/replay/signed_file.h"

namespace dfd {
namespace {

namespace fs = std::filesystem;

/// An exhibit that gets no record. what() is a sentence.
class NoRecord : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

ReplayRecord replay_record_of(const ExhibitRecord& record) {
    if (!record.examination.opinion)
        throw NoRecord("It has no score.");
    if (record.preprocessing != kPreprocessingVersion)
        throw NoRecord("It was scored with version " + std::to_string(record.preprocessing) +
                       " of the preprocessing, but this program has version " +
                       std::to_string(kPreprocessingVersion) +
                       ", so the inputs cannot be reproduced. Scan it again.");
    const auto picture = recorded_picture(record);
    const auto& recorded = record.examination;
    if (picture.facts.decoder != recorded.facts.decoder || picture.pixels.width != recorded.width ||
        picture.pixels.height != recorded.height)
        throw NoRecord("It was decoded by " + recorded.facts.decoder +
                       " when it was scored, but is now decoded by " + picture.facts.decoder +
                       ", so the scored pixels cannot be reproduced. Export it where it was "
                       "scanned, or scan it again.");
    return make_replay_record(
        recorded, picture, {record.by.panel, record.by.precision, record.device, record.versions});
}

void make_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
        throw std::system_error(error,
                                "The folder " + folder.native() +
                                    " for the records cannot be created; choose another one");
}

}  // namespace

void export_records(const CaseFile& file, const SigningKey* key, ExportSummary& summary,
                    const std::function<void(std::size_t)>& done, const std::stop_token& stop) {
    const InEnglish english;  // records are read by programs, and kept
    const auto& request = summary.request;
    make_folder(request.out);
    std::string digests;
    summary.exhibits = 0;
    for (std::size_t i = 0; i < request.ids.size(); ++i) {
        check_stop(stop);
        const auto record = read_exhibit(file, request.ids[i], false);
        try {
            const auto replay = replay_record_of(record);
            const auto text = replay_record_json(replay);
            const auto name = replay_record_name(replay);
            write_signed_file(request.out / name, as_bytes(text), key);
            digests += sha256_hex(as_bytes(text)) + "  " + name + '\n';
            ++summary.exhibits;
        } catch (const NoRecord& error) {
            summary.left_out.push_back(record.row.path.native() + ": " + error.what());
        } catch (const PictureError& error) {
            summary.left_out.push_back(record.row.path.native() + ": " + error.what());
        } catch (const DeviceError& error) {
            summary.left_out.push_back(record.row.path.native() + ": " + error.what());
        }
        done(i + 1);
    }
    summary.sha256 = sha256_hex(as_bytes(digests));
}

}  // namespace dfd
