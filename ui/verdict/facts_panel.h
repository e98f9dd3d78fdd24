// Two tabs of the verdict pane: the file's facts, and the history of its examination with times.
#pragma once

#include <QTreeWidget>

#include "ui/list/exhibit_model.h"

namespace dfd::ui {

/// Two columns in groups. Ctrl+C copies the raw values of the selection, not the formatted ones.
class FactsPanel : public QTreeWidget {
    Q_OBJECT

  public:
    explicit FactsPanel(QWidget* parent = nullptr);
    void show_exhibit(const Exhibit* exhibit);
    /// All facts as "name: value" lines.
    [[nodiscard]] QString all_text() const;
    /// Puts the selected values on the clipboard; does nothing without a selection.
    void copy_selected() const;

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void add_provenance(const std::vector<ProvenanceHint>& hints);
    QTreeWidgetItem* add_group(const QString& title);
    static void add_fact(QTreeWidgetItem* group, const QString& name, const QString& value,
                         const QString& shown = {});
    PictureKey shown_key_;
};

class HistoryPanel : public QTreeWidget {
    Q_OBJECT

  public:
    explicit HistoryPanel(QWidget* parent = nullptr);
    void show_exhibit(const Exhibit* exhibit);

  protected:
    void changeEvent(QEvent* event) override;
};

}  // namespace dfd::ui
