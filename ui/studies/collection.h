// What the panes and the studies ask of the pictures on the left, wherever they come from.
#pragma once

#include <QDate>
#include <QImage>
#include <QObject>
#include <QString>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "core/engine/results/result_export.h"
#include "core/engine/studies/stability.h"
#include "ui/list/exhibit_model.h"
#include "ui/picture/picture_loader.h"
#include "ui/studies/agreement_view.h"
#include "ui/work/picture_run.h"

class QListView;

namespace dfd::ui {

/// The examined list, or the exhibits of the open case. UI thread only.
class Collection : public QObject {
    Q_OBJECT

  public:
    /// Identifies a picture in its collection.
    using Id = qint64;

    /// Whether it is kept in a case: of files only, with exports of its own.
    [[nodiscard]] virtual bool is_case() const = 0;
    /// Of the case; empty for a list.
    [[nodiscard]] virtual QString title() const { return {}; }
    /// Examines these too, whether or not they are here already.
    virtual void add(std::vector<std::filesystem::path> paths) = 0;

    /// The page when there is no current picture.
    struct Welcome {
        QString icon, heading, sentence, hint;
        /// Which of its buttons it has: "open", "samples", "last_list", "install", "scan".
        std::vector<std::string> buttons;
    };
    [[nodiscard]] virtual Welcome welcome() const = 0;
    /// Names of the actions that a right click offers; an empty one between groups.
    [[nodiscard]] virtual std::vector<const char*> context_actions() const = 0;

    // --- the current picture
    [[nodiscard]] virtual std::optional<Id> current_id() const = 0;
    /// Null if there is none, or while it is read. Valid until the collection changes.
    [[nodiscard]] virtual const Exhibit* current() const = 0;
    [[nodiscard]] virtual QImage thumbnail() const = 0;
    /// The panel and precision behind its result; empty if unknown.
    [[nodiscard]] virtual std::optional<ScoredBy> shown_by() const = 0;
    [[nodiscard]] virtual QuestionBands bands() const = 0;
    /// What the current picture, which has no result yet, waits for; empty without one.
    [[nodiscard]] virtual QString waiting() const = 0;
    /// Sources, weights and scope for a study. There must be a current picture.
    [[nodiscard]] virtual PictureSubject subject(const ScoredBy& by) const = 0;
    /// Versions tried before and kept; null if there are none.
    [[nodiscard]] virtual const Stability* kept_stability() const { return nullptr; }
    virtual void keep_stability(const ScoredBy& /*by*/, const Stability& /*stability*/) {}
    /// Starts opening the current picture at full size.
    virtual void open_current(PictureLoader& loader) const = 0;
    /// Messages when that failed.
    struct Unopened {
        QString note;      ///< about what is shown instead; may be empty
        QString sentence;  ///< empty: nothing
    };
    [[nodiscard]] virtual Unopened unopened(const QString& why) const = 0;
    /// When the current picture was scored.
    [[nodiscard]] virtual QDate scored_on() const = 0;
    /// Writes a report of the current picture, which has a result, when it is run on another
    /// thread; throws an exception with a sentence. Empty: the collection writes it itself, records
    /// that, and tells its end.
    [[nodiscard]] virtual std::function<void()> report(const std::filesystem::path& file,
                                                       bool pdf) = 0;

    // --- the list
    /// Whether it holds no picture at all, listed or filtered out.
    [[nodiscard]] virtual bool is_empty() const = 0;
    [[nodiscard]] virtual QListView* list() const = 0;
    /// -1 if it is not listed.
    [[nodiscard]] virtual int row_of(Id id) const = 0;
    [[nodiscard]] virtual int rows() const = 0;
    /// All that are listed, in list order.
    [[nodiscard]] virtual std::vector<Id> ids() const = 0;
    /// In list order.
    [[nodiscard]] virtual std::vector<Id> selected() const = 0;
    virtual void make_current(Id id) = 0;
    /// The next or previous row, without wrap-around; the first one if there is no current row.
    virtual void step(int by) = 0;
    /// Selects these, as far as they are listed; the first becomes current.
    void select(const std::vector<Id>& ids);

    /// One of the listed pictures with its result.
    struct Listed {
        Id id = 0;
        QString name;
        std::vector<Source> sources;  ///< of the same content
        ExaminationPtr examination;   ///< never null; Queued without a result
        ScoredBy by;
        QuestionBands bands;
    };
    /// Reads these, in this order, on any thread. Those that are gone are left out.
    using Read = std::function<std::vector<Listed>(const std::stop_token&)>;
    [[nodiscard]] virtual Read read(const std::vector<Id>& ids) const = 0;

    virtual void focus_filter() = 0;
    /// Undoes the last change that the user made; "Undo the removal".
    virtual void undo() = 0;
    [[nodiscard]] virtual bool can_undo() const = 0;
    [[nodiscard]] virtual QString undo_words() const = 0;

    // --- files
    /// Where outputs are best kept; empty: anywhere.
    [[nodiscard]] virtual std::filesystem::path output_folder() const { return {}; }
    /// Whether a file in this folder would be taken for one of the pictures.
    [[nodiscard]] virtual bool scans(const std::filesystem::path& /*folder*/) const {
        return false;
    }

    // --- all listed pictures
    /// "the list", as in "Comparing the experts on the list".
    [[nodiscard]] virtual QString words() const = 0;
    /// Reads the opinions of the experts, for the comparison.
    [[nodiscard]] virtual ComputeAgreement opinions() const = 0;

  Q_SIGNALS:
    /// The current picture, or what is known of it, has changed.
    void changed();
};

/// Collects opinions for an AgreementView.
class AgreementBuilder {
  public:
    explicit AgreementBuilder(const std::vector<ExpertRecord>& experts);
    /// Throws std::invalid_argument if the opinion comes from other experts.
    void add(const PanelOpinion& opinion, Collection::Id id, std::string name);
    AgreementViewPtr finish();

  private:
    std::shared_ptr<AgreementView> view_;
};

}  // namespace dfd::ui
