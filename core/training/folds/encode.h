// Computes an expert's pooled features for every picture of a manifest. Plain C++.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "core/panel/panel_record.h"
#include "core/training/folds/features.h"

namespace dfd {

struct EncodeOptions {
    std::filesystem::path manifest;
    std::string panel;         ///< a name or a path; empty: the default panel
    std::string expert = "0";  ///< its index in the panel, or its name
    std::filesystem::path out;
    std::string device = "auto";  ///< as for open_evaluator
    int batch = 8;                ///< pictures per batch; native experts always use 1
    int shard = 0;  ///< index among `shards`, from 0: rows [R shard / shards, R (shard+1) / shards)
    int shards = 1;
};

struct EncodeSummary {
    std::int64_t rows = 0;      ///< in the file
    std::int64_t computed = 0;  ///< in this run; the others were reused
    std::int64_t width = 0;
};

/// The summary as one line of text.
[[nodiscard]] std::string encode_text(const EncodeSummary& summary,
                                      const std::filesystem::path& out);

/// Writes `out`: ExpertNetwork::pool of the expert's feature map, float32, each picture prepared by
/// the expert's own input policy. Other threads read pictures ahead, up to some hundred megabytes
/// (picture_reader.h). Apart from these, memory holds the network and, at the end, the features.
///
/// Resumable: finished pictures are stored in `out`.part by the digest of their file, and an
/// existing `out` of the same expert is reused, so that only new pictures are computed. (An `out`
/// of another expert is replaced at the end, any other file is refused.) Unreadable pictures are
/// listed (up to ten) in a TrainingError after all others are done. `out` is then not written,
/// because it has no place for a row without features; `out`.part keeps the others for the next
/// run.
///
/// Blocks. Throws TrainingError, PanelError, DeviceError, std::bad_alloc, and Cancelled when
/// stopped (between batches).
EncodeSummary encode(const EncodeOptions& options, const Progress& progress = {},
                     std::stop_token stop = {});

}  // namespace dfd
