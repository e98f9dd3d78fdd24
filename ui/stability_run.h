// Versions of the selected picture, scored in the background while somebody watches.
#pragma once

#include <QObject>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/engine/examiner.h"
#include "core/engine/stability.h"
#include "ui/background_threads.h"

namespace dfd::ui {

/// Whose versions are wanted, and what is known of it.
struct StabilitySubject {
    std::vector<Source> sources;           ///< the first that holds `sha256`
    std::string sha256;                    ///< of its bytes; by it results are kept
    PanelOpinion opinion;                  ///< of the untouched picture
    std::shared_ptr<Evaluator> evaluator;  ///< the panel that gave it
    std::vector<double> weights;           ///< as the window weighs its experts; may be empty
};

/// One run at a time: another picture stops it. What was finished of the last pictures is kept, as
/// long as the panel stays the same. UI thread only; nothing here blocks.
class StabilityRun : public QObject {
    Q_OBJECT

  public:
    /// `threads` is not owned and must live longer.
    explicit StabilityRun(BackgroundThreads& threads, QObject* parent = nullptr);
    ~StabilityRun() override;

    /// Nothing: no picture that could be tried. The same picture again goes on as it was.
    void set_subject(std::optional<StabilitySubject> subject);
    /// Tries these operations (all for none) as far as they are not known; `changed` follows.
    void start(const std::vector<std::string>& operations = {});
    void stop();

    [[nodiscard]] bool possible() const { return subject_.has_value(); }
    [[nodiscard]] bool running() const { return running_; }
    /// Versions finished and asked for, of this run.
    [[nodiscard]] std::size_t done() const { return done_; }
    [[nodiscard]] std::size_t planned() const { return planned_; }
    /// What is known of the picture, weighed as the window weighs; null for nothing.
    [[nodiscard]] const Stability* known() const { return shown_ ? &*shown_ : nullptr; }
    [[nodiscard]] const QString& problem() const { return problem_; }

    static constexpr std::size_t kKept = 100;  ///< pictures

  Q_SIGNALS:
    void changed();

  private:
    void take(const Stability& so_far, bool finished);
    void show();

    BackgroundThreads& threads_;
    std::shared_ptr<Postbox> postbox_;
    std::optional<StabilitySubject> subject_;
    std::map<std::string, Stability> known_;  ///< by digest of the picture
    std::string panel_;                       ///< digest of the panel that `known_` comes from
    std::optional<Stability> before_;         ///< what was known when the run began
    std::optional<Stability> shown_;
    std::stop_source stop_;
    quint64 run_ = 0;  ///< number of the newest one
    bool running_ = false;
    std::size_t done_ = 0, planned_ = 0;
    QString problem_;
};

}  // namespace dfd::ui
