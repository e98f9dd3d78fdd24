// Filter of the case's list: words, further fields behind a button, and saved filters.
#pragma once

#include <QWidget>
#include <functional>
#include <optional>

#include "ui/case/case_controller.h"
#include "ui/charts/range_chart.h"

class QComboBox;
class QDoubleSpinBox;
class QGridLayout;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QMenu;
class QTimer;
class QToolButton;

namespace dfd::ui {

/// Filter by look-alikes.
enum class AlikeChoice {
    Any,
    Grouped,            ///< has at least one look-alike
    JudgedDifferently,  ///< Grouped, and the group's scores fall into different bands
    OneGroup,           ///< look-alikes of one exhibit
};

class CaseFilterBar : public QWidget {
    Q_OBJECT

  public:
    explicit CaseFilterBar(QWidget* parent = nullptr);

    [[nodiscard]] ExhibitFilter filter() const;
    [[nodiscard]] AlikeChoice alike() const;
    /// The exhibit of AlikeChoice::OneGroup.
    [[nodiscard]] ExhibitId alike_to() const { return alike_to_; }
    void set_filter(const ExhibitFilter& filter);
    void set_range(const ChartRange& range);
    [[nodiscard]] ChartRange range() const;
    void show_group_of(ExhibitId id);
    void clear();
    /// Fills the choices with the tags, folders and saved filters of the case.
    void show_summary(const CaseSummary& summary, bool writable);
    void focus_words();
    /// Shows or hides the fields below the search words.
    void set_open(bool open);
    /// Adds an external button next to its own.
    void add_button(QToolButton* button);
    /// "score 0.65 to 1.00, marked suspicious"; empty if the filter passes everything.
    [[nodiscard]] QString active_text() const;
    [[nodiscard]] QLineEdit* words() const { return words_; }

  Q_SIGNALS:
    void changed();
    void open_changed(bool open);
    void save_requested(const QString& name);
    void delete_requested(const QString& name);
    /// Before it is applied: its question is chosen elsewhere.
    void saved_chosen(const dfd::ExhibitFilter& filter);

  private:
    QComboBox* add_choice(const QString& label, const QString& accessible_name, int row, int column,
                          int span = 1);
    QDoubleSpinBox* add_bound(double largest, double empty_value, const QString& accessible_name);
    void fill_saved_menu();
    void report_change();
    void refresh_active();

    QHBoxLayout* top_;
    QLineEdit* words_;
    QToolButton* saved_;
    QToolButton* more_;
    QWidget* fields_;
    QGridLayout* grid_;
    QDoubleSpinBox *score_from_, *score_to_, *spread_from_, *spread_to_;
    QComboBox *word_, *state_, *mark_, *tag_, *warned_, *folder_, *alike_;
    QWidget* active_;
    QLabel* active_label_;
    QMenu* saved_menu_;
    QTimer* typing_timer_;
    std::map<std::string, ExhibitFilter> saved_filters_;
    bool may_save_ = false;
    bool updating_ = false;  ///< fields are being set by code, not by the user
    ExhibitId alike_to_ = 0;
};

}  // namespace dfd::ui
