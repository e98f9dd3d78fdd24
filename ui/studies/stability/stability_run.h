// Scores altered versions of the selected picture in the background.
#pragma once

#include <map>

#include "core/engine/studies/stability.h"
#include "ui/work/picture_run.h"
#include "ui/work/time_left.h"

namespace dfd::ui {

/// Setting another picture stops a run. Finished results of the last pictures are kept as long as
/// the panel stays the same.
class StabilityRun : public PictureRun {
    Q_OBJECT

  public:
    /// `threads` is not owned and must live longer.
    explicit StabilityRun(BackgroundThreads& threads, QObject* parent = nullptr);

    /// Empty if there is no picture to try. Setting the same picture again does not stop a run.
    /// `recorded` is the result stored in the case, or null; it is used until there are newer
    /// results.
    void set_subject(std::optional<PictureSubject> subject, const Stability* recorded = nullptr);
    /// Tries these operations (all if empty) except those already known; `changed` follows.
    void start(const std::vector<std::string>& operations = {});

    [[nodiscard]] bool possible() const { return subject_ && subject_->evaluator; }
    /// Versions finished and planned in this run.
    [[nodiscard]] std::size_t done() const { return done_; }
    [[nodiscard]] std::size_t planned() const { return planned_; }
    /// How far this run has come, and how fast.
    [[nodiscard]] QueuePace pace() const;
    /// Results for the picture with the window's weights; null if there are none.
    [[nodiscard]] const Stability* known() const { return shown_ ? &*shown_ : nullptr; }

    static constexpr std::size_t kKept = 100;  ///< pictures

  protected:
    void refresh() override;

  private:
    void update(const Stability& so_far);
    void store(const Stability& stability);

    std::optional<PictureSubject> subject_;
    std::map<std::string, Stability> known_;  ///< by SHA-256 of the picture
    std::string scope_;                       ///< scope of the subjects in `known_`
    std::optional<Stability> earlier_;        ///< results at the start of the run
    std::optional<Stability> shown_;
    std::size_t done_ = 0, planned_ = 0;
    TimeLeft::Clock::time_point started_, last_;  ///< last: when a version was finished
};

}  // namespace dfd::ui
