// Versions of the selected picture, scored in the background while somebody watches.
#pragma once

#include <map>

#include "core/engine/studies/stability.h"
#include "ui/work/picture_run.h"

namespace dfd::ui {

/// Another picture stops a run. What was finished of the last pictures is kept, as long as the
/// panel stays the same.
class StabilityRun : public PictureRun {
    Q_OBJECT

  public:
    /// `threads` is not owned and must live longer.
    explicit StabilityRun(BackgroundThreads& threads, QObject* parent = nullptr);

    /// Nothing: no picture that could be tried. The same picture again goes on as it was.
    /// `recorded`, which may be null, is what a case keeps of it: it counts until more is known.
    void set_subject(std::optional<PictureSubject> subject, const Stability* recorded = nullptr);
    /// Tries these operations (all for none) as far as they are not known; `changed` follows.
    void start(const std::vector<std::string>& operations = {});

    [[nodiscard]] bool possible() const { return subject_ && subject_->evaluator; }
    /// Versions finished and asked for, of this run.
    [[nodiscard]] std::size_t done() const { return done_; }
    [[nodiscard]] std::size_t planned() const { return planned_; }
    /// What is known of the picture, weighed as the window weighs; null for nothing.
    [[nodiscard]] const Stability* known() const { return shown_ ? &*shown_ : nullptr; }

    static constexpr std::size_t kKept = 100;  ///< pictures

  protected:
    void refresh() override;

  private:
    void take(const Stability& so_far);
    void keep(const Stability& stability);

    std::optional<PictureSubject> subject_;
    std::map<std::string, Stability> known_;  ///< by digest of the picture
    std::string scope_;                       ///< of the subjects that `known_` comes from
    std::optional<Stability> before_;         ///< what was known when the run began
    std::optional<Stability> shown_;
    std::size_t done_ = 0, planned_ = 0;
};

}  // namespace dfd::ui
