// Computes the experts' evidence maps of the selected picture and their deletion tests in the
// background.
#pragma once

#include <map>
#include <tuple>

#include "core/engine/scoring/explanation.h"
#include "ui/work/picture_run.h"

namespace dfd::ui {

/// What is computed. The side of the map is not part of it: the view chooses that.
struct EvidenceOptions {
    AttributionMethod method = AttributionMethod::Exact;
    std::string layer = kLastLayer;  ///< kLastLayer, kFinerLayer or kFinestLayer
    auto operator<=>(const EvidenceOptions&) const = default;
};

/// Results for one picture, method and layer. All maps are computed first, then each one is tested.
struct Evidence {
    std::vector<ExpertExplanation> experts;  ///< in panel order, from the first
    std::optional<MapExplanation> mean;      ///< set once every expert has a map
    std::size_t question = 0;                ///< whose experts `mean` is of
    [[nodiscard]] std::size_t tested() const;
    [[nodiscard]] bool complete() const { return mean && mean->test; }
    /// Common scale of all maps, in logits: the largest 99th percentile of the experts' densities.
    /// With the maximum as the scale, a few strong places would hide all others.
    float scale = 0;
};

/// Setting another picture or choice stops a run. Finished results of the last pictures are kept as
/// long as the panel stays the same, and are not computed again.
class EvidenceRun : public PictureRun {
    Q_OBJECT

  public:
    /// `threads` is not owned and must live longer.
    explicit EvidenceRun(BackgroundThreads& threads, QObject* parent = nullptr);

    /// Empty, or without an evaluator: there is no picture to explain. Setting the same picture
    /// again changes nothing.
    void set_subject(std::optional<PictureSubject> subject);
    /// Shows the known results for another method or layer. If this picture was or is being
    /// explained, starts the missing part.
    void set_options(const EvidenceOptions& options);
    /// Computes what is missing; `changed` follows.
    void start();

    [[nodiscard]] bool possible() const { return subject_.has_value(); }
    /// Null if there is nothing to explain.
    [[nodiscard]] const PictureSubject* subject() const { return subject_ ? &*subject_ : nullptr; }
    /// Progress of this run (0 .. 1), and the current step.
    [[nodiscard]] double done() const { return done_; }
    [[nodiscard]] const QString& current_step() const { return current_step_; }
    [[nodiscard]] const EvidenceOptions& options() const { return options_; }
    [[nodiscard]] const Evidence* known() const;  ///< null if there are none
    /// What the mean is of: "Mean of all experts", or with the question.
    [[nodiscard]] QString mean_name() const;

    /// Number of panel scorings in a complete run, used to estimate its cost.
    static constexpr int kScorings = 2 * (2 + kDisplacedMaps) * int{kRemovedShares.size()} + 4;
    static constexpr std::size_t kKept = 60;  ///< combinations of picture, method and layer

  Q_SIGNALS:
    /// Only `done` and `current_step` have changed.
    void progressed();

  protected:
    void refresh() override { Q_EMIT changed(); }

  private:
    using Key = std::tuple<std::string, EvidenceOptions>;

    [[nodiscard]] Key key() const { return {subject_->sha256, options_}; }
    /// Runs on another thread: computes the maps and then the tests that `before` lacks. Functions
    /// passed to `run` are the only code that may use `owner`.
    static void work(EvidenceRun* owner, const Task::Run& run, const PictureSubject& subject,
                     const EvidenceOptions& choice, const Evidence& before);
    void show_progress(double done, const QString& current_step);
    void store(const ExpertExplanation& expert);
    void store_mean(const MapExplanation& mean, std::size_t question);
    void evict_oldest();

    std::optional<PictureSubject> subject_;
    EvidenceOptions options_;
    std::map<Key, Evidence> known_;
    std::string scorer_;    ///< panel digest and precision of the results in `known_`
    bool started_ = false;  ///< a run was started for this picture
    double done_ = 0;
    QString current_step_;
};

}  // namespace dfd::ui
