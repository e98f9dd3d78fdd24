// The exhibits of a case as a list model: all ids in memory, rows and thumbnails read on demand.
#pragma once

#include <QAbstractListModel>
#include <QCache>
#include <QImage>
#include <memory>
#include <span>
#include <vector>

#include "core/casework/exhibits/exhibits.h"
#include "ui/case/case_row.h"
#include "ui/work/task.h"

namespace dfd::ui {

/// Ids of exhibits in the case.
using ExhibitIds = std::vector<ExhibitId>;

/// Which exhibits are listed, and in which order.
struct CaseView {
    ExhibitFilter filter;
    ExhibitOrder order = ExhibitOrder::Name;
    bool descending = false;
    std::shared_ptr<const ExhibitIds> among;  ///< sorted ascending; if set, lists only these
};

/// Memory: 8 bytes per exhibit plus a cache of a few thousand rows and a few hundred thumbnails.
/// Rows are read on demand in pages, the most recently requested page first; thumbnails likewise.
/// Both are read on background threads: until then a row is empty, and dataChanged follows. A new
/// list is applied by removing, inserting and moving rows, so selection and current row are kept.
/// UI thread only.
class CaseModel : public QAbstractListModel {
    Q_OBJECT

  public:
    /// `threads` is not owned and must live longer.
    explicit CaseModel(BackgroundThreads& threads, QObject* parent = nullptr);

    /// Two connections, so that a long search does not delay rows. Lists nothing before `set_view`.
    void open(std::shared_ptr<const CaseFile> lists, std::shared_ptr<const CaseFile> rows);
    void close();

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

    /// Returns at once; `list_updated` or `failed` follows, unless a newer call replaces this one.
    void set_view(const CaseView& view);
    [[nodiscard]] const CaseView& view() const { return view_; }
    /// Runs the query of the current view again.
    void refresh();
    /// Reads these rows again if they are in the cache.
    void refresh_rows(std::span<const ExhibitId> ids);
    /// Updates the view at once, before the mark is written.
    void show_mark(std::span<const ExhibitId> ids, Mark mark);
    void set_bands(const QuestionBands& bands);
    void set_questions(const std::vector<Question>& questions);
    void set_look_alikes(std::shared_ptr<const LookAlikeIndex> look_alikes);
    [[nodiscard]] const LookAlikes* look_alikes(ExhibitId id) const;

    [[nodiscard]] const ExhibitIds& ids() const { return ids_; }
    /// -1 if it is not listed.
    [[nodiscard]] int row_of(ExhibitId id) const;
    /// Null until it has been read, which this call requests. Valid until the next call.
    [[nodiscard]] const CaseRow* row_at(int row) const;
    /// Null until it has been read, which this call requests; stays null if the exhibit has none.
    [[nodiscard]] QImage thumbnail(int row) const;

    static constexpr int kPage = 64;         ///< rows per read
    static constexpr int kRowsKept = 4096;   ///< cache limit
    static constexpr int kThumbnails = 512;  ///< cache limit

  Q_SIGNALS:
    /// The list matches `view()` now.
    void list_updated();
    void failed(const QString& sentence);

  private:
    void apply_list(ExhibitIds next);
    void reorder(ExhibitIds next);
    void request_rows(int row) const;
    void read_next_page();
    void store_rows(const ExhibitIds& asked, const std::vector<CaseRow>& rows);
    void request_thumbnail(ExhibitId id) const;
    void read_next_thumbnails();
    void changed(std::span<const ExhibitId> ids, const QList<int>& roles = {});
    void all_changed();

    Task searching_, reading_, thumbnail_task_;
    std::shared_ptr<const CaseFile> lists_, rows_file_;

    CaseView view_;
    ExhibitIds ids_;
    CaseAsked asked_;
    std::shared_ptr<const LookAlikeIndex> look_alikes_;
    mutable QCache<ExhibitId, CaseRow> rows_;
    mutable QCache<ExhibitId, QImage> thumbnails_;
    mutable std::vector<int> requested_pages_;  ///< newest request last
    mutable ExhibitIds requested_thumbnails_;   ///< newest request last
};

}  // namespace dfd::ui
