// Every picture of a manifest -> the pooled features an expert sees in it. Plain C++.
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
    std::string expert = "0";  ///< its place in the panel, or its name
    std::filesystem::path out;
    std::string device = "auto";  ///< as open_evaluator's
    int batch = 8;                ///< pictures at a time; native experts always see one
    int shard = 0;  ///< of `shards`, from 0: rows [R shard / shards, R (shard+1) / shards)
    int shards = 1;
};

struct EncodeSummary {
    std::int64_t rows = 0;      ///< in the file
    std::int64_t computed = 0;  ///< in this run; the others were known
    std::int64_t width = 0;
};

/// The summary as a line for people.
[[nodiscard]] std::string encode_text(const EncodeSummary& summary,
                                      const std::filesystem::path& out);

/// Writes `out`: ExpertNetwork::pool of the expert's feature map, float32, each picture prepared by
/// the expert's own input policy. Pictures are read by other threads than the network's, ahead
/// by some hundred megabytes (picture_reader.h); besides these, memory holds the network and, at
/// the end, the features.
///
/// Resumes: finished pictures are kept in `out`.part under the digest of their file, and an `out`
/// of the same expert that is there already is made use of, so that only new pictures are computed
/// (one of another expert is replaced in the end, any other file is refused).
/// Pictures that cannot be read are listed (up to ten) in a TrainingError when all others are done;
/// `out` is then not written, because a row without features has no place in it, and `out`.part
/// keeps the others for the next run.
///
/// Blocks. Throws TrainingError, PanelError, DeviceError, std::bad_alloc, and Cancelled when
/// stopped (between batches).
EncodeSummary encode(const EncodeOptions& options, const Progress& progress = {},
                     std::stop_token stop = {});

}  // namespace dfd
