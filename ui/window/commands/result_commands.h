// What is saved and copied of results: reports, data, sheets with heatmaps, sentences, paths.
#pragma once

#include "ui/picture/exporter.h"
#include "ui/studies/study.h"

namespace dfd::ui {

class FactsPanel;

class ResultCommands : public Study {
    Q_OBJECT

  public:
    /// `facts` is not owned and must live longer: a copy while it has the focus is of its lines.
    ResultCommands(StudyHost& host, FactsPanel& facts);

    /// Saving; `add_copies` and `add_places` belong into other menus.
    void add_actions(QMenu* menu) override;
    void add_copies(QMenu* menu);
    void add_places(QMenu* menu);
    void refresh() override;

    /// Writes the current picture's result, or those of the list. Problems are shown in a banner.
    void export_current(ExportKind kind, const QString& file);
    void export_list(ExportKind kind, const QString& file);
    /// A report of the current picture; the extension, .html or .pdf, determines the format.
    /// Problems are shown in a banner.
    void save_report(const QString& file);

  private:
    void choose_export(ExportKind kind, bool whole_list);
    void choose_report();
    /// Runs `write`, which writes this file, on another thread, then shows what it returns, or the
    /// error.
    void in_background(const QString& file, std::function<QString()> write);
    [[nodiscard]] std::optional<MapSheet> map_sheet() const;
    void copy_result();
    void copy_sentence();
    void copy_picture();

    FactsPanel& facts_;
    Task writing_;  ///< continues when the window is closed
    std::vector<QAction*> results_, lists_, copies_, places_;
    QAction* sheet_ = nullptr;
};

}  // namespace dfd::ui
