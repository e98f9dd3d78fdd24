// Where the experts see evidence in the selected picture, and whether that holds: explained in the
// background while somebody watches.
#pragma once

#include <map>
#include <tuple>

#include "core/engine/scoring/explanation.h"
#include "ui/work/picture_run.h"

namespace dfd::ui {

/// What is computed; which side of a map is shown is the view's choice.
struct EvidenceChoice {
    AttributionMethod method = AttributionMethod::Exact;
    std::string layer = kLastLayer;  ///< kLastLayer, kFinerLayer or kFinestLayer
    auto operator<=>(const EvidenceChoice&) const = default;
};

/// What is known of one picture by one method at one layer. Maps come first, all of them; then each
/// is tested.
struct Evidence {
    std::vector<ExpertExplanation> experts;  ///< in the panel's order, from the first
    std::optional<MapExplanation> mean;      ///< once every expert has a map
    [[nodiscard]] std::size_t tested() const;
    [[nodiscard]] bool complete() const { return mean && mean->test; }
    /// In logits, the scale of all maps: 99 of 100 places of every expert's density lie within.
    /// Evidence in a few places would leave all others invisible on the scale of its largest.
    float scale = 0;
};

/// Another picture or choice stops a run. What was finished is kept, of the last pictures, as long
/// as the panel stays the same, and is not computed again.
class EvidenceRun : public PictureRun {
    Q_OBJECT

  public:
    /// `threads` is not owned and must live longer.
    explicit EvidenceRun(BackgroundThreads& threads, QObject* parent = nullptr);

    /// Nothing, or no evaluator: no picture that could be explained. The same picture again goes on
    /// as it was.
    void set_subject(std::optional<PictureSubject> subject);
    /// Shows what is known by another method or layer. Where this picture is being explained, or
    /// was, what is missing is started.
    void choose(const EvidenceChoice& choice);
    /// Computes what is not known; `changed` follows.
    void start();

    [[nodiscard]] bool possible() const { return subject_.has_value(); }
    /// Null where none is possible.
    [[nodiscard]] const PictureSubject* subject() const { return subject_ ? &*subject_ : nullptr; }
    /// 0 .. 1 of this run, and what is being done.
    [[nodiscard]] double done() const { return done_; }
    [[nodiscard]] const QString& doing() const { return doing_; }
    [[nodiscard]] const EvidenceChoice& choice() const { return choice_; }
    [[nodiscard]] const Evidence* known() const;  ///< null for nothing

    /// How many times the panel scores a picture in a whole run, for telling what it costs.
    static constexpr int kScorings = 2 * (2 + kDisplacedMaps) * int{kRemovedShares.size()} + 4;
    static constexpr std::size_t kKept = 60;  ///< pictures, methods and layers

  Q_SIGNALS:
    /// Only `done` and `doing`.
    void progressed();

  protected:
    void refresh() override { Q_EMIT changed(); }

  private:
    using Key = std::tuple<std::string, EvidenceChoice>;

    [[nodiscard]] Key key() const { return {subject_->sha256, choice_}; }
    /// On another thread: maps first, then tests, of what `before` lacks. `asker` is only touched
    /// in what is told.
    static void work(EvidenceRun* asker, const Task::Run& run, const PictureSubject& subject,
                     const EvidenceChoice& choice, const Evidence& before);
    void show_progress(double done, const QString& doing);
    void keep(const ExpertExplanation& expert);
    void keep_mean(const MapExplanation& mean);
    void forget_old();

    std::optional<PictureSubject> subject_;
    EvidenceChoice choice_;
    std::map<Key, Evidence> known_;
    std::string scorer_;  ///< panel's digest and precision that `known_` comes from
    bool asked_ = false;  ///< somebody has started a run for this picture
    double done_ = 0;
    QString doing_;
};

}  // namespace dfd::ui
