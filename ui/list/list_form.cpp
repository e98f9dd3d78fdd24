#include "ui/list/list_form.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <algorithm>
#include <utility>

#include "ui/list/row_painter.h"
#include "ui/look/appearance.h"
#include "ui/look/icons.h"

namespace dfd::ui {
namespace {

constexpr double kIconWidth = 3 * kGrid;
constexpr double kScoreWidth = 7 * kGrid;
constexpr double kAnswerWidth = 10 * kGrid;  ///< of a score under its question's name
constexpr double kSpreadWidth = 7 * kGrid;
constexpr double kWordWidth = 12 * kGrid;
constexpr double kLongWordWidth = 20 * kGrid;  ///< with the question
constexpr double kMarkWidth = 11 * kGrid;
constexpr double kTagsWidth = 18 * kGrid;
constexpr double kLeastName = 16 * kGrid;

void make_head(QPushButton* button, const QString& side) {
    button->setFlat(true);
    button->setFont(text_font(TextSize::Caption));
    button->setProperty("column", side);
}

}  // namespace

TableColumns table_columns(const QRectF& row, const TableLayout& layout) {
    TableColumns columns;
    double right = row.right() - kGrid;
    const auto take = [&](double width) {
        right -= width;
        return QRectF(right, row.top(), width, row.height());
    };
    const double room = row.width() - kIconWidth - kGrid - kLeastName;
    const bool all =
        layout.questions > 1 && room >= static_cast<double>(layout.questions) * kAnswerWidth;
    const std::size_t count = all ? layout.questions : 1;
    const double score_width = all ? kAnswerWidth : kScoreWidth;
    const double word_width = layout.names_question ? kLongWordWidth : kWordWidth;
    // From the left, as far as there is room.
    double used = static_cast<double>(count) * score_width;
    bool fits = true;
    const auto reaches = [&](double width) {
        used += width;
        return fits = fits && room >= used;
    };
    const bool spread = reaches(kSpreadWidth);
    const bool word = reaches(word_width);
    const bool mark = layout.reviewed && reaches(kMarkWidth);
    const bool tags = layout.reviewed && reaches(kTagsWidth);
    if (tags)
        columns.tags = take(kTagsWidth);
    if (mark)
        columns.mark = take(kMarkWidth);
    if (word)
        columns.word = take(word_width);
    if (spread)
        columns.spread = take(kSpreadWidth);
    columns.scores.resize(count);
    for (std::size_t i = count; i-- > 0;)
        columns.scores[i] = take(score_width);
    columns.icon = QRectF(row.left() + kGrid, row.top(), kIconWidth, row.height());
    columns.name =
        QRectF(columns.icon.right(), row.top(), right - columns.icon.right(), row.height());
    return columns;
}

TableHead::TableHead(QWidget* parent)
    : QWidget(parent),
      name_(new QPushButton(tr("Name"), this)),
      score_(new QPushButton(tr("Score"), this)),
      spread_(new QPushButton(tr("Spread"), this)),
      word_(new QPushButton(tr("Verdict"), this)),
      mark_(new QPushButton(tr("Mark"), this)),
      tags_(new QPushButton(tr("Tags"), this)) {
    for (QPushButton* const button : {name_, word_, mark_, tags_})
        make_head(button, QStringLiteral("left"));
    for (QPushButton* const button : {score_, spread_})
        make_head(button, QStringLiteral("right"));
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

void TableHead::set_layout(const TableLayout& layout) {
    layout_ = layout;
    place();
}

void TableHead::set_questions(const std::vector<RowQuestion>& questions) {
    if (questions == questions_)
        return;
    questions_ = questions;
    for (QPushButton* const button : std::exchange(answers_, {})) {
        button->hide();
        button->deleteLater();  // this may be its own click
    }
    for (std::size_t i = 0; questions_.size() > 1 && i < questions_.size(); ++i) {
        auto* const button = new QPushButton(questions_[i].name, this);
        make_head(button, QStringLiteral("right"));
        button->setToolTip(tr("Show and order by the answers to: %1").arg(questions_[i].text));
        button->setAccessibleName(questions_[i].name);
        connect(button, &QPushButton::clicked, this, [this, i] { Q_EMIT question_clicked(i); });
        answers_.push_back(button);
    }
    QWidget* before = score_;  // the focus follows the columns
    for (QPushButton* const button : answers_) {
        setTabOrder(before, button);
        before = button;
    }
    place();
}

void TableHead::resizeEvent(QResizeEvent*) {
    place();
}

void TableHead::place() {
    const TableColumns columns = table_columns(QRectF(rect()), layout_);
    name_->setGeometry(columns.name.toRect());
    const bool all = columns.scores.size() > 1 && columns.scores.size() == answers_.size();
    score_->setVisible(!all);
    score_->setGeometry(columns.scores.front().toRect());
    for (std::size_t i = 0; i < answers_.size(); ++i) {
        answers_[i]->setVisible(all);
        if (!all)
            continue;
        const QRect place = columns.scores[i].toRect();
        answers_[i]->setGeometry(place);
        answers_[i]->setText(answers_[i]->fontMetrics().elidedText(
            questions_[i].name, Qt::ElideRight, place.width() - kGrid));
    }
    for (const auto& [button, column] :
         {std::pair{spread_, &columns.spread}, std::pair{word_, &columns.word},
          std::pair{mark_, &columns.mark}, std::pair{tags_, &columns.tags}}) {
        button->setVisible(column->has_value());
        if (*column)
            button->setGeometry((*column)->toRect());
    }
}

ListForms::ListForms(QListView* list, QWidget* parent, bool reviewed)
    : QWidget(parent),
      list_(list),
      delegate_(new RowDelegate(list)),
      head_(new TableHead(parent)),
      button_(new QToolButton(this)),
      choices_(new QActionGroup(this)) {
    layout_.reviewed = reviewed;
    delegate_->set_layout(layout_);
    head_->set_layout(layout_);
    list_->setItemDelegate(delegate_);
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

void ListForms::set_questions(const std::vector<Question>& questions,
                              std::optional<std::size_t> chosen) {
    head_->set_questions(row_questions(questions));
    const TableLayout layout{layout_.reviewed, std::max<std::size_t>(questions.size(), 1),
                             questions.size() > 1 && !chosen};
    if (layout == layout_)
        return;
    layout_ = layout;
    delegate_->set_layout(layout_);
    head_->set_layout(layout_);
    list_->doItemsLayout();
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
