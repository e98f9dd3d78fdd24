// Scores overlapping windows of the selected picture in the background.
#pragma once

#include <map>

#include "core/engine/studies/atlas.h"
#include "ui/work/picture_run.h"

namespace dfd::ui {

/// Setting another picture or other scales stops a run. Scored windows are kept as long as the
/// panel stays the same, however the run ended. Always uses equal weights for the experts, because
/// an atlas is compared with the reference combination.
class AtlasRun : public PictureRun {
    Q_OBJECT

  public:
    /// `threads` is not owned and must live longer.
    explicit AtlasRun(BackgroundThreads& threads, QObject* parent = nullptr);

    /// Empty if there is no picture with a score. Setting the same picture again changes nothing.
    void set_subject(std::optional<PictureSubject> subject);
    /// Scales relative to the picture's sides: which grids are shown and scored. At least one.
    void set_scales(const std::vector<double>& scales);
    [[nodiscard]] const std::vector<double>& scales() const { return options_.scales; }
    /// Scores the missing windows, and searches for faces if that was not done; `changed` follows.
    void start();

    [[nodiscard]] bool possible() const { return subject_ && subject_->evaluator; }
    /// The picture's grid and its known results; `complete` if nothing is missing. Null without a
    /// subject. Windows are only appended until `generation` changes.
    [[nodiscard]] const Atlas* atlas() const { return shown_ ? &*shown_ : nullptr; }
    [[nodiscard]] quint64 generation() const { return generation_; }
    /// Whether a run has searched for faces yet; the atlas holds the result.
    [[nodiscard]] bool face_search_done() const;
    /// Number of grid windows that this picture has at these scales.
    [[nodiscard]] std::size_t windows_at(const std::vector<double>& scales) const;

    static constexpr std::size_t kKept = 50;  ///< pictures

  protected:
    void refresh() override;

  private:
    /// Results of one picture at all scales.
    struct Known {
        std::vector<AtlasWindow> windows;
        std::vector<AtlasPlace> faces;
        bool face_search_done = false;
        bool faces_sought = false;
    };
    [[nodiscard]] Known& known() { return known_[subject_->sha256]; }
    void set_plan(const std::vector<AtlasPlace>& faces, bool sought);
    void add_window(const AtlasWindow& window);
    void rebuild();

    std::optional<PictureSubject> subject_;
    AtlasOptions options_;
    std::map<std::string, Known> known_;  ///< by SHA-256 of the picture
    std::string scope_;                   ///< scope of the subjects in `known_`
    std::optional<Atlas> shown_;
    quint64 generation_ = 0;
};

}  // namespace dfd::ui
