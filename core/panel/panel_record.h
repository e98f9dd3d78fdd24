// panel.json: a panel's experts, weights, preprocessing and meaning. Plain C++.
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/language.h"
#include "core/opinion/opinion.h"
#include "core/opinion/question.h"
#include "core/panel/json/panel_error.h"
#include "core/panel/panel_calibration.h"

namespace dfd {

/// How a picture becomes an expert's input tensor.
enum class Resize {
    /// The reference: divide by 255, normalise, then stretch to size x size with antialiased
    /// bilinear interpolation (align_corners off). Aspect ratio is not kept.
    Stretch,
    /// The picture at its own resolution; the network is fully convolutional.
    Native,
};

/// Of a picture with more than most * size * size pixels, a native expert reads at most `most`
/// windows of size x size pixels (core/picture/pixels/window_choice.h), pooled as one picture.
struct WindowPolicy {
    int size = 256;  ///< a multiple of 8, kSmallestWindow to kLargestWindow
    int most = 24;   ///< 1 to kMostWindows
    auto operator<=>(const WindowPolicy&) const = default;
};
inline constexpr int kSmallestWindow = 64;
inline constexpr int kLargestWindow = 2048;
inline constexpr int kMostWindows = 256;
[[nodiscard]] constexpr bool is_usable(const WindowPolicy& windows) {
    return windows.size >= kSmallestWindow && windows.size <= kLargestWindow &&
           windows.size % 8 == 0 && windows.most >= 1 && windows.most <= kMostWindows;
}

struct InputPolicy {
    Resize resize = Resize::Stretch;
    int size = 512;  ///< side of the square input; unused for Native
    std::array<float, 3> mean{0.485f, 0.456f, 0.406f};  ///< RGB, after division by 255
    std::array<float, 3> std{0.229f, 0.224f, 0.225f};
    std::optional<WindowPolicy> windows = {};  ///< Native only; none: every pixel is read
};

enum class ExpertKind {
    Network,  ///< one of our architectures
    Onnx,     ///< a model of somebody else's, in an ONNX file
    Program,  ///< a program of somebody else's
};

struct ExpertRecord {
    std::string name;          ///< unique in the panel, e.g. "convnextv2_tiny-0"
    std::string architecture;  ///< from the architecture registry; else "onnx" or "program"
    /// Relative to the panel's folder: safetensors; for other kinds the manifest
    /// (core/panel/foreign/manifest.h), which binds the model and everything else by digest.
    std::string file;
    std::string sha256;  ///< of that file
    /// SHA-256 of the encoder file that holds the tensors `file` lacks; empty: `file` holds them
    /// all.
    std::string encoder;
    InputPolicy input;  ///< of a network; the manifest has that of other kinds
    /// The last feature map's layer, in the network's tensor names. Other kinds have no layers to
    /// look into: "occlusion", or "own map" where the expert makes a map itself.
    std::string gradcam_layer;
    std::size_t question = 0;  ///< index into PanelRecord::questions; 0 when there are none
    ExpertKind kind = ExpertKind::Network;
};

struct PanelRecord {
    int format = 1;        ///< version of this record's layout
    std::string name;      ///< folder name below the panels' folder
    std::string title;     ///< for display
    std::string licence;   ///< SPDX identifier or name of the weights' licence
    std::string origin;    ///< where the weights come from, for display
    bool starter = false;  ///< the bundled panel: labelled wherever its scores appear
    /// kMean: arithmetic mean of softmax(logits)[1]. kLogOdds: mean of the log-odds.
    std::string combine = "mean";
    std::array<std::string, 2> classes{"real", "deepfake"};
    /// What its pictures must show for a score to mean something: "faces", or empty for anything.
    std::string subject;
    bool ema = true;                    ///< parameters are the exponential moving averages
    std::vector<ExpertRecord> experts;  ///< empty only in a new panel that combines by log-odds
    /// Empty for a panel that asks one question (is the picture fake?), else 2 to 8. Experts of
    /// different questions are never averaged.
    std::vector<Question> questions;

    std::filesystem::path folder;  ///< where it was read from (not stored)
    std::string digest;  ///< SHA-256 of panel.json's bytes, which bind every file (not stored)
    /// From calibration.json beside panel.json (not stored in panel.json): those of all experts
    /// and those made while some were left out.
    std::vector<PanelCalibration> calibrations;
    /// Name of the one that its scores are read by; empty: the unnamed one (not stored).
    std::string calibration;
    /// A sentence when there is a calibration.json that cannot be used; else empty (not stored).
    std::string calibration_problem;
    /// Names of the experts that usable_panel() removed, because something that they need is not
    /// installed, and a sentence that says what (not stored).
    std::vector<std::string> left_out;
    std::string left_out_because;
};

inline constexpr const char* kFaces = to_say("faces");
inline constexpr const char* kMean = "mean";
inline constexpr const char* kLogOdds = "log_odds";
// ExpertRecord::gradcam_layer of experts that cannot be looked into.
inline constexpr const char* kOcclusion = "occlusion";
inline constexpr const char* kOwnMap = "own map";

/// The opinion of the panel before its experts are asked: the questions and how they are combined.
[[nodiscard]] PanelOpinion open_opinion(const PanelRecord& record);

/// "network", "onnx", "program"
[[nodiscard]] const char* kind_name(ExpertKind kind);

/// Reads and checks `folder/panel.json` (a folder or the file itself). Throws PanelError.
/// Does not hash the weights; loading and `verify_panel` do.
[[nodiscard]] PanelRecord read_panel(const std::filesystem::path& folder);

/// The experts' names, in the panel's order.
[[nodiscard]] std::vector<std::string> expert_names(const PanelRecord& panel);

/// Identifies the panel when only these of its experts are used, which gives other scores: its own
/// digest when none is missing.
[[nodiscard]] std::string digest_of_experts(const PanelRecord& panel,
                                            const std::vector<std::string>& experts);

/// Writes panel.json (atomic) and returns the record with folder and digest filled.
PanelRecord write_panel(const std::filesystem::path& folder, PanelRecord record);

/// The record as one line of JSON, to be stored with results. It is not validated; invalid UTF-8
/// becomes U+FFFD.
[[nodiscard]] std::string panel_text(const PanelRecord& record);

/// Folders searched for panels, first wins: each entry of DFD_PANELS (colon-separated) if set,
/// else $XDG_DATA_HOME/deepfake-defenders/panels; then the bundled `models` folder.
[[nodiscard]] std::vector<std::filesystem::path> panel_folders();

/// Where `install_panel` writes: the first of panel_folders().
[[nodiscard]] std::filesystem::path user_panel_folder();

struct ListedPanel {
    PanelRecord record;
    std::string problem;  ///< a sentence when the record could not be read; record.folder is set
};
[[nodiscard]] std::vector<ListedPanel> list_panels();

/// By path (folder or panel.json) or by name. An empty name means the default: the first
/// installed panel that is not bundled, else the bundled panel "starter". Throws PanelError.
[[nodiscard]] PanelRecord find_panel(const std::string& name_or_path);

/// `done` of `total` bytes, and the current action ("Checking ema.state").
using Progress = std::function<void(double done, double total, const std::string& what)>;

struct InstallRequest {
    std::filesystem::path weights;  ///< weight.pth
    std::filesystem::path ema;      ///< ema.state
    std::string name;               ///< empty: "published"
    std::filesystem::path into;     ///< empty: user_panel_folder()
    bool replace = false;           ///< otherwise an existing panel of that name is an error
};
/// Checks everything, folds the EMA in, writes one safetensors file per expert and panel.json to a
/// temporary folder, then renames it. Blocks; checks `stop` between tensors. A failed installation
/// leaves nothing behind. Throws PanelError, and Cancelled when stopped.
PanelRecord install_panel(const InstallRequest& request, const Progress& progress = {},
                          std::stop_token stop = {});

struct FileCheck {
    std::string file;
    bool ok = false;
    std::string problem;  ///< a sentence when not ok
    /// Not ok because an encoder is not installed; the panel's other experts can be used.
    bool absent = false;
};
/// Re-hashes every file and checks names, shapes and finiteness of every tensor. Blocks.
/// Throws Cancelled.
[[nodiscard]] std::vector<FileCheck> verify_panel(const PanelRecord& record,
                                                  const Progress& progress = {},
                                                  std::stop_token stop = {});

/// Deletes an installed panel's folder. Refuses the bundled one and folders that are not in
/// panel_folders(). Throws PanelError.
void remove_panel(const PanelRecord& record);

}  // namespace dfd
