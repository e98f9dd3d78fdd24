// Windows of the selected picture, scored in the background while somebody watches.
#pragma once

#include <map>

#include "core/engine/studies/atlas.h"
#include "ui/work/picture_run.h"

namespace dfd::ui {

/// Another picture or other scales stop a run. Every window that was scored is kept, whatever
/// stopped it, as long as the panel stays the same. Experts count alike here, however the window
/// weighs them: an atlas is read against the reference.
class AtlasRun : public PictureRun {
    Q_OBJECT

  public:
    /// `threads` is not owned and must live longer.
    explicit AtlasRun(BackgroundThreads& threads, QObject* parent = nullptr);

    /// Nothing: no picture with a score. The same picture again goes on as it was.
    void set_subject(std::optional<PictureSubject> subject);
    /// Of the picture's sides: which grids are shown and scored. At least one.
    void set_scales(const std::vector<double>& scales);
    [[nodiscard]] const std::vector<double>& scales() const { return options_.scales; }
    /// Scores the windows that are not known, and looks for faces if that was not done; `changed`
    /// follows.
    void start();

    [[nodiscard]] bool possible() const { return subject_ && subject_->evaluator; }
    /// The picture with its grid and what is known of it, `complete` when nothing is missing; null
    /// without a subject. Its windows only grow until `generation` changes.
    [[nodiscard]] const Atlas* atlas() const { return shown_ ? &*shown_ : nullptr; }
    [[nodiscard]] quint64 generation() const { return generation_; }
    /// Whether a run has asked for faces yet; what came of it is in the atlas.
    [[nodiscard]] bool faces_asked() const;
    /// Windows of other scales of this picture, for the words of a choice.
    [[nodiscard]] std::size_t windows_at(const std::vector<double>& scales) const;

    static constexpr std::size_t kKept = 50;  ///< pictures

  protected:
    void refresh() override;

  private:
    /// All that is known of one picture, of any scale.
    struct Known {
        std::vector<AtlasWindow> windows;
        std::vector<AtlasPlace> faces;
        bool faces_asked = false;
        bool faces_sought = false;
    };
    [[nodiscard]] Known& known() { return known_[subject_->sha256]; }
    void take_plan(const std::vector<AtlasPlace>& faces, bool sought);
    void take_window(const AtlasWindow& window);
    void compose();

    std::optional<PictureSubject> subject_;
    AtlasOptions options_;
    std::map<std::string, Known> known_;  ///< by digest of the picture
    std::string scope_;                   ///< of the subjects that `known_` comes from
    std::optional<Atlas> shown_;
    quint64 generation_ = 0;
};

}  // namespace dfd::ui
