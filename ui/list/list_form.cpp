#include "ui/list/list_form.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <utility>

#include "ui/list/row_painter.h"
#include "ui/look/appearance.h"
#include "ui/look/icons.h"

namespace dfd::ui {
namespace {

constexpr double kIconWidth = 3 * kGrid;
constexpr double kScoreWidth = 7 * kGrid;
constexpr double kSpreadWidth = 7 * kGrid;
constexpr double kWordWidth = 12 * kGrid;
constexpr double kMarkWidth = 11 * kGrid;
constexpr double kTagsWidth = 18 * kGrid;
constexpr double kLeastName = 16 * kGrid;

}  // namespace

TableColumns table_columns(const QRectF& row, bool reviewed) {
    TableColumns columns;
    double right = row.right() - kGrid;
    const auto take = [&](double width) {
        right -= width;
        return QRectF(right, row.top(), width, row.height());
    };
    const double room = row.width() - kIconWidth - kGrid - kLeastName;
    const bool spread = room >= kScoreWidth + kSpreadWidth;
    const bool word = room >= kScoreWidth + kSpreadWidth + kWordWidth;
    const bool mark = reviewed && room >= kScoreWidth + kSpreadWidth + kWordWidth + kMarkWidth;
    const bool tags =
        mark && room >= kScoreWidth + kSpreadWidth + kWordWidth + kMarkWidth + kTagsWidth;
    if (tags)
        columns.tags = take(kTagsWidth);
    if (mark)
        columns.mark = take(kMarkWidth);
    if (word)
        columns.word = take(kWordWidth);
    if (spread)
        columns.spread = take(kSpreadWidth);
    columns.score = take(kScoreWidth);
    columns.icon = QRectF(row.left() + kGrid, row.top(), kIconWidth, row.height());
    columns.name =
        QRectF(columns.icon.right(), row.top(), right - columns.icon.right(), row.height());
    return columns;
}

TableHead::TableHead(bool reviewed, QWidget* parent)
    : QWidget(parent),
      name_(new QPushButton(tr("Name"), this)),
      score_(new QPushButton(tr("Score"), this)),
      spread_(new QPushButton(tr("Spread"), this)),
      word_(new QPushButton(tr("Verdict"), this)),
      mark_(new QPushButton(tr("Mark"), this)),
      tags_(new QPushButton(tr("Tags"), this)),
      reviewed_(reviewed) {
    for (QPushButton* const button : {name_, score_, spread_, word_, mark_, tags_}) {
        button->setFlat(true);
        button->setFont(text_font(TextSize::Caption));
        button->setProperty("column", button == score_ || button == spread_
                                          ? QStringLiteral("right")
                                          : QStringLiteral("left"));
    }
    name_->setToolTip(tr("Order by name"));
    score_->setToolTip(tr("Order by score"));
    spread_->setToolTip(tr("Order by disagreement"));
    for (QPushButton* const button : {word_, mark_, tags_})
        button->setEnabled(false);
    connect(name_, &QPushButton::clicked, this, &TableHead::name_clicked);
    connect(score_, &QPushButton::clicked, this, &TableHead::score_clicked);
    connect(spread_, &QPushButton::clicked, this, &TableHead::spread_clicked);
}

QSize TableHead::sizeHint() const {
    return {20 * kGrid, 3 * kGrid + kGrid / 2};
}

QSize TableHead::minimumSizeHint() const {
    return sizeHint();
}

void TableHead::resizeEvent(QResizeEvent*) {
    const TableColumns columns = table_columns(QRectF(rect()), reviewed_);
    name_->setGeometry(columns.name.toRect());
    score_->setGeometry(columns.score.toRect());
    for (const auto& [button, column] :
         {std::pair{spread_, &columns.spread}, std::pair{word_, &columns.word},
          std::pair{mark_, &columns.mark}, std::pair{tags_, &columns.tags}}) {
        button->setVisible(column->has_value());
        if (*column)
            button->setGeometry((*column)->toRect());
    }
}

ListForms::ListForms(QListView* list, RowDelegate* delegate, QWidget* parent, bool reviewed)
    : QWidget(parent),
      list_(list),
      delegate_(delegate),
      head_(new TableHead(reviewed, parent)),
      button_(new QToolButton(this)),
      choices_(new QActionGroup(this)) {
    delegate_->set_reviewed(reviewed);
    auto* const menu = new QMenu(button_);
    for (const auto& [form, icon_name, label, chosen] :
         {std::tuple{ListForm::Rows, QStringLiteral("rows"), tr("&Rows"),
                     tr("Form of the list: rows")},
          std::tuple{ListForm::Grid, QStringLiteral("grid"), tr("&Grid"),
                     tr("Form of the list: grid")},
          std::tuple{ListForm::Table, QStringLiteral("table"), tr("&Table"),
                     tr("Form of the list: table")}}) {
        QAction* const action = menu->addAction(icon(icon_name), label);
        action->setCheckable(true);
        action->setData(static_cast<int>(form));
        action->setToolTip(chosen);
        choices_->addAction(action);
    }
    button_->setIconSize(QSize(20, 20));
    button_->setFocusPolicy(Qt::StrongFocus);
    button_->setMenu(menu);
    button_->setPopupMode(QToolButton::InstantPopup);
    auto* const row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(button_);
    head_->hide();
    show_form();
    connect(choices_, &QActionGroup::triggered, this, [this](const QAction* action) {
        set_form(static_cast<ListForm>(action->data().toInt()));
    });
}

void ListForms::show_form() {
    const QList<QAction*> choices = choices_->actions();
    QAction* const chosen = choices[static_cast<int>(form_)];
    chosen->setChecked(true);
    button_->setIcon(chosen->icon());
    button_->setToolTip(chosen->toolTip());
    button_->setAccessibleName(button_->toolTip());
}

void ListForms::set_form(ListForm form) {
    if (form_ == form)
        return;
    form_ = form;
    show_form();
    delegate_->set_form(form);
    const bool grid = form == ListForm::Grid;
    // Not the icon mode, which lays out every item by itself: a case may have 100 000.
    list_->setFlow(grid ? QListView::LeftToRight : QListView::TopToBottom);
    list_->setWrapping(grid);
    list_->setResizeMode(grid ? QListView::Adjust : QListView::Fixed);
    head_->setVisible(form == ListForm::Table);
    list_->doItemsLayout();
    if (list_->currentIndex().isValid())
        list_->scrollTo(list_->currentIndex());
    Q_EMIT form_changed();
}

}  // namespace dfd::ui
