#include "ui/list/exhibit_pane.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QScrollBar>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/list/list_form.h"
#include "ui/list/question_choice.h"
#include "ui/look/appearance.h"
#include "ui/look/icons.h"

namespace dfd::ui {

ExhibitPane::ExhibitPane(ExhibitModel& model, QWidget* parent)
    : QWidget(parent),
      model_(model),
      order_(new ExhibitProxyModel(this)),
      filter_(new QLineEdit(this)),
      question_(new QuestionChoice(this)),
      key_(new QComboBox(this)),
      direction_button_(new QToolButton(this)),
      list_(new QListView(this)),
      forms_(nullptr),
      count_(make_label(this, TextSize::Caption, false, true)),
      note_(make_label(this, TextSize::Caption, true, true)),
      debounce_(new QTimer(this)),
      recount_(new QTimer(this)) {
    setProperty("pane", true);
    setAttribute(Qt::WA_StyledBackground);
    order_->setSourceModel(&model_);

    filter_->setPlaceholderText(tr("Filter by name, folder or state"));
    filter_->setClearButtonEnabled(true);
    filter_->setAcceptDrops(false);
    filter_->setAccessibleName(tr("Filter the list of pictures"));

    key_->addItem(tr("By time added"), static_cast<int>(OrderBy::Added));
    key_->addItem(tr("By name"), static_cast<int>(OrderBy::Name));
    key_->addItem(tr("By score"), static_cast<int>(OrderBy::Score));
    key_->addItem(tr("By disagreement"), static_cast<int>(OrderBy::Disagreement));
    name_box(key_, tr("Order of the list"));
    direction_button_->setIconSize(QSize(20, 20));

    list_->setModel(order_);
    forms_ = new ListForms(list_, this);
    list_->setUniformItemSizes(true);
    list_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    list_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setMouseTracking(true);
    list_->setContextMenuPolicy(Qt::CustomContextMenu);
    list_->setAccessibleName(tr("Pictures"));
    list_->setAccessibleDescription(
        tr("Pictures that are being examined, with their state, score and spread"));

    auto* const order_row = new QHBoxLayout;
    order_row->setSpacing(kGrid / 2);
    order_row->addWidget(key_, 1);
    order_row->addWidget(direction_button_);
    order_row->addWidget(forms_);
    auto* const head = new QVBoxLayout;
    head->setContentsMargins(kGrid, kGrid, kGrid, kGrid);
    head->setSpacing(kGrid);
    head->addWidget(filter_);
    head->addWidget(question_);
    head->addLayout(order_row);
    auto* const all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addLayout(head);
    all->addWidget(forms_->head());
    all->addWidget(list_, 1);
    auto* const foot = new QHBoxLayout;
    foot->setContentsMargins(2 * kGrid, kGrid / 2, 2 * kGrid, kGrid / 2);
    foot->addWidget(count_, 1);
    foot->addWidget(note_);
    all->addLayout(foot);

    debounce_->setSingleShot(true);
    debounce_->setInterval(120);
    recount_->setSingleShot(true);
    recount_->setInterval(0);
    connect(filter_, &QLineEdit::textChanged, this, [this](const QString& text) {
        order_->set_filter(text);
        refresh_count();
        debounce_->start();
    });
    connect(key_, &QComboBox::currentIndexChanged, this, [this] {
        const OrderBy key = order_key();
        // Scores and disagreement start with the highest first.
        const bool strongest_first = key == OrderBy::Score || key == OrderBy::Disagreement;
        set_order(key, strongest_first ? Qt::DescendingOrder : Qt::AscendingOrder);
    });
    const auto turn = [this] {
        set_order(order_key(),
                  direction_ == Qt::AscendingOrder ? Qt::DescendingOrder : Qt::AscendingOrder);
    };
    connect(direction_button_, &QToolButton::clicked, this, turn);
    // A column's head orders by it, and turns the order when it does so already.
    for (const auto& [signal, key] : {std::pair{&TableHead::name_clicked, OrderBy::Name},
                                      std::pair{&TableHead::score_clicked, OrderBy::Score},
                                      std::pair{&TableHead::spread_clicked, OrderBy::Disagreement}})
        connect(forms_->head(), signal, this, [this, turn, key = key] {
            if (order_key() == key)
                turn();
            else
                key_->setCurrentIndex(key_->findData(static_cast<int>(key)));
        });
    connect(forms_->head(), &TableHead::question_clicked, this, [this, turn](std::size_t question) {
        const bool again = question_->chosen() == question;
        question_->choose(question);
        if (order_key() != OrderBy::Score)
            key_->setCurrentIndex(key_->findData(static_cast<int>(OrderBy::Score)));
        else if (again)
            turn();
    });
    connect(question_, &QuestionChoice::question_changed, this, [this] {
        model_.set_question(question_->chosen());
        forms_->set_questions(questions_, question_->chosen());
        if (list_->currentIndex().isValid())
            list_->scrollTo(list_->currentIndex());
        debounce_->start();
    });
    connect(forms_, &ListForms::form_changed, debounce_, qOverload<>(&QTimer::start));
    connect(list_->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &ExhibitPane::current_changed);
    connect(list_, &QListView::customContextMenuRequested, this, [this](const QPoint& where) {
        Q_EMIT context_menu_requested(list_->viewport()->mapToGlobal(where));
    });
    connect(list_->verticalScrollBar(), &QScrollBar::valueChanged, debounce_,
            qOverload<>(&QTimer::start));
    connect(debounce_, &QTimer::timeout, this, &ExhibitPane::report_visible);
    connect(recount_, &QTimer::timeout, this, &ExhibitPane::refresh_count);
    // The row that takes the place of the removed one is selected, so that Delete works again.
    connect(order_, &QAbstractItemModel::rowsRemoved, this, [this](const QModelIndex&, int first) {
        QItemSelectionModel* const selection = list_->selectionModel();
        if (selection->hasSelection() || !selection->currentIndex().isValid())
            return;
        // Qt makes the row before the removed ones current.
        const int row = selection->currentIndex().row();
        const bool follows = row == first - 1 && first < order_->rowCount();
        selection->setCurrentIndex(order_->index(follows ? first : row, 0),
                                   QItemSelectionModel::ClearAndSelect);
    });
    for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(order_, signal, recount_, qOverload<>(&QTimer::start));
    refresh_direction();
    refresh_count();
}

std::optional<ListedId> ExhibitPane::current() const {
    const QModelIndex index = list_->selectionModel()->currentIndex();
    if (!index.isValid())
        return std::nullopt;
    return index.data(RowRole::Id).toULongLong();
}

std::vector<ListedId> ExhibitPane::selected() const {
    std::vector<ListedId> ids;
    for (const QModelIndex& index : list_->selectionModel()->selectedIndexes())
        ids.push_back(index.data(RowRole::Id).toULongLong());
    return ids;
}

std::vector<ListedId> ExhibitPane::shown() const {
    std::vector<ListedId> ids;
    for (int row = 0; row < order_->rowCount(); ++row)
        ids.push_back(order_->index(row, 0).data(RowRole::Id).toULongLong());
    return ids;
}

int ExhibitPane::row_of(ListedId id) const {
    const int row = model_.row_of(id);
    return row < 0 ? -1 : order_->mapFromSource(model_.index(row)).row();
}

void ExhibitPane::make_current(ListedId id) {
    const int row = row_of(id);
    if (row < 0)
        return;
    const QModelIndex index = order_->index(row, 0);
    // Not setCurrentIndex: it extends the selection while Ctrl is held, as it is during Ctrl+V.
    list_->selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect);
    list_->scrollTo(index);
}

void ExhibitPane::focus_filter() {
    filter_->setFocus(Qt::ShortcutFocusReason);
    filter_->selectAll();
}

void ExhibitPane::set_note(const QString& note) {
    note_->setText(note);
    note_->setVisible(!note.isEmpty());
}

void ExhibitPane::set_questions(const std::vector<Question>& questions) {
    questions_ = questions;
    question_->set_questions(questions_);
    forms_->set_questions(questions_, question_->chosen());
}

OrderBy ExhibitPane::order_key() const {
    return static_cast<OrderBy>(key_->currentData().toInt());
}

void ExhibitPane::set_order(OrderBy key, Qt::SortOrder direction) {
    direction_ = direction;
    {
        const QSignalBlocker quiet(key_);
        key_->setCurrentIndex(key_->findData(static_cast<int>(key)));
    }
    order_->order_by(key, direction);
    refresh_direction();
    if (list_->currentIndex().isValid())
        list_->scrollTo(list_->currentIndex());
    debounce_->start();
}

void ExhibitPane::refresh_direction() {
    const bool rising = direction_ == Qt::AscendingOrder;
    direction_button_->setIcon(
        icon(rising ? QStringLiteral("ascending") : QStringLiteral("descending")));
    direction_button_->setToolTip(rising ? tr("Smallest first; click for largest first")
                                         : tr("Largest first; click for smallest first"));
    direction_button_->setAccessibleName(rising ? tr("Smallest first") : tr("Largest first"));
}

void ExhibitPane::refresh_count() {
    const int shown = order_->rowCount();
    const int all = model_.rowCount();
    count_->setText(shown == all ? tr("Pictures: %1").arg(all)
                                 : tr("Pictures: %1 of %2").arg(shown).arg(all));
    debounce_->start();
}

void ExhibitPane::report_visible() {
    std::vector<ListedId> ids;
    const QRect view = list_->viewport()->rect();
    QModelIndex index = list_->indexAt(QPoint(view.left() + 1, view.top() + 1));
    for (; index.isValid() && list_->visualRect(index).top() <= view.bottom();
         index = index.siblingAtRow(index.row() + 1))
        ids.push_back(index.data(RowRole::Id).toULongLong());
    if (!ids.empty())
        Q_EMIT visible_changed(ids);
}

}  // namespace dfd::ui
