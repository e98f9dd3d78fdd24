// The manifest of an expert that is no network of ours: what it is, what it reads and how, what its
// numbers mean, and canaries that show whether all of that is right. Plain C++.
#pragma once

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dfd {

/// How a picture is fitted to what a model reads.
enum class Fit {
    Stretch,      ///< resized to width x height, whatever its shape
    ShorterSide,  ///< resized until the shorter side has a length, then cut in the centre
    Crops,        ///< some squares at the picture's own resolution, spread evenly
    Tiles,        ///< as many squares beside each other as are needed or allowed
};
enum class Kernel { Nearest, Box, Bilinear, Bicubic, Lanczos };

struct ForeignInput {
    std::string tensor;  ///< empty: the model has one input
    bool channels_last = false;
    bool bgr = false;
    double scale = 1.0 / 255;
    /// After scaling, in the order of the model's channels.
    std::array<float, 3> mean{0, 0, 0};
    std::array<float, 3> std{1, 1, 1};
    int width = 224;  ///< of the tensor
    int height = 224;
    Fit fit = Fit::Stretch;
    int shorter_side = 224;          ///< ShorterSide only
    bool side_rounded_down = true;   ///< the other side's length; else to the nearest
    bool crop_rounded_down = false;  ///< the crop's corner; else to the nearest, halves to even
    int most = 1;                    ///< Crops, Tiles: how many
    Kernel kernel = Kernel::Bilinear;
    bool antialias = true;  ///< the kernel is widened where a picture is reduced
    bool rounded = true;    ///< resized values are rounded to 0 .. 255 after each direction
};

/// What the numbers of an output tensor are.
enum class OutputKind {
    Logit,          ///< one number: log-odds
    Probability,    ///< one number, 0 .. 1
    Logits,         ///< two, before a softmax
    Probabilities,  ///< two that add up to 1
    Embedding,      ///< many, for the linear head of the manifest
};
/// How the log-odds of several crops become one.
enum class Pool { Mean, Max };

struct LinearHead {
    std::vector<double> weights;
    double bias = 0;
    bool normalised = false;  ///< the embedding is divided by its length first
};

/// What one number, or a pair of them, says about "fake".
struct Reading {
    OutputKind kind = OutputKind::Logit;
    /// Of two numbers, the index of the fake one; of one, whether high (1) or low (0) is fake.
    int fake = 1;
    double offset = 0;  ///< added to the log-odds of "fake"

    [[nodiscard]] bool pair() const {
        return kind == OutputKind::Logits || kind == OutputKind::Probabilities;
    }
};

/// A map that the expert itself makes: a reading for each place, never an embedding.
struct ForeignMap : Reading {
    std::string tensor;       ///< of a model
    std::string reliability;  ///< another one, of the same size; empty: none
    bool reliability_is_logit = false;
    /// Places with less, as a probability, count as not looked at.
    double reliable_from = 0.5;
};

struct ForeignOutput : Reading {
    std::string tensor;  ///< empty: the model has one output
    std::optional<LinearHead> head;
    Pool pool = Pool::Mean;
    std::optional<ForeignMap> map;
};

/// log-odds = slope * raw + bias: the expert's own logistic.
struct Logistic {
    double slope = 1;
    double bias = 0;
};

/// A small picture and what the author's own code said of it.
struct Canary {
    std::string file;  ///< relative to the manifest
    std::string sha256;
    double probability = 0.5;    ///< that it is fake, before the manifest's calibration
    std::vector<double> values;  ///< of the output tensor; may be empty
    /// Where the expert's own map is strongest: left, top, right, bottom, in shares of the picture.
    std::optional<std::array<double, 4>> strongest = {};
};

/// A file that a program expert consists of.
struct BoundFile {
    std::string file;  ///< relative to the manifest
    std::string sha256;
};

struct ProgramLimits {
    int memory_mb = 4096;     ///< of each of its processes
    int seconds = 60;         ///< for one picture
    int start_seconds = 120;  ///< until it is ready
};

struct Program {
    std::vector<std::string> command;
    std::vector<BoundFile> files;
    /// Further files and folders of this machine that it may read, absolute. Nothing binds them.
    std::vector<std::string> reads;
    ProgramLimits limits;
};

struct ForeignManifest {
    std::string name;  ///< of the expert, unless another is chosen
    std::string title;
    bool program = false;  ///< else an ONNX model
    std::string origin, licence, date;
    std::vector<std::string> made_for;  ///< of "generated", "edited", "faces"
    std::vector<std::string> limits;    ///< sentences
    std::string model_sha256;           ///< of the ONNX file
    std::string model;                  ///< its name beside the manifest; empty before it is added
    ForeignInput input;                 ///< of an ONNX model
    ForeignOutput output;
    Logistic calibration;
    std::vector<Canary> canaries;   ///< at least kFewestCanaries
    double tolerance = 0.01;        ///< of a canary's probability
    double value_tolerance = 0.05;  ///< of each of its values
    Program run;                    ///< of a program

    /// Whether everything that it runs is bound by digest, apart from the operating system.
    [[nodiscard]] bool reproducible() const {
        return !program || (!run.files.empty() && run.reads.empty());
    }
    /// Every file of the expert but the manifest, relative to it, with its digest.
    [[nodiscard]] std::vector<BoundFile> files() const;
};

/// "generated", "edited" or "faces"
[[nodiscard]] inline bool is_made_for(const ForeignManifest& manifest, std::string_view what) {
    return std::ranges::find(manifest.made_for, what) != manifest.made_for.end();
}

inline constexpr std::size_t kFewestCanaries = 4;

/// Reads and checks a manifest. Every member is known, in range and consistent; files that it names
/// are neither opened nor looked for. Throws PanelError with a sentence.
[[nodiscard]] ForeignManifest read_manifest_file(const std::filesystem::path& file);
/// The same for its text; `file` names it in errors.
[[nodiscard]] ForeignManifest parse_foreign_manifest(std::string_view text,
                                                     const std::filesystem::path& file);

/// The members that each kind of object in a manifest may have: "onnx" and "program" are those of
/// the manifest itself.
[[nodiscard]] const std::map<std::string, std::vector<const char*>>& manifest_members();

/// The text with "model" set to that name, as it is written beside the model. Throws PanelError.
[[nodiscard]] std::string with_model_name(std::string_view text, const std::string& model);

/// Whether the text is a file name below a folder: relative, without "..", not empty.
[[nodiscard]] bool stays_inside(const std::string& file);

}  // namespace dfd
