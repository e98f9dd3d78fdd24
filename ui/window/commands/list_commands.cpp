#include "ui/window/commands/list_commands.h"

#include <QAction>
#include <QItemSelectionModel>
#include <QListView>
#include <QPushButton>

#include "ui/list/examination_session.h"
#include "ui/list/exhibit_pane.h"
#include "ui/list/list_form.h"
#include "ui/list/question_choice.h"
#include "ui/look/message_page.h"
#include "ui/picture/picture_pane.h"
#include "ui/window/commands/kept_number.h"

namespace dfd::ui {

ListCommands::ListCommands(Shell& shell, ExaminationSession& session, ExhibitPane& pane)
    : Study(shell), shell_(shell), session_(session), pane_(pane), listed_(session, pane) {
    connect_session();
    connect(&pane_, &ExhibitPane::visible_changed, &session_, &ExaminationSession::examine_soon);
    connect(pane_.list()->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            [this] { shell_.refresh_actions(); });
    MessagePage* const failure = shell_.picture_pane().failure();
    failure_buttons_ = {
        failure->add_button(tr("Examine again"), QStringLiteral("again"),
                            [this] {
                                if (const auto id = pane_.current())
                                    session_.examine_again({*id});
                            }),
        failure->add_button(tr("Remove from the list"), QStringLiteral("remove"), [this] {
            if (const auto id = pane_.current())
                session_.remove({*id});
        })};
}

void ListCommands::connect_session() {
    connect(&session_, &ExaminationSession::panel_state_changed, this, &ListCommands::refresh_note);
    connect(&session_, &ExaminationSession::combination_changed, this, &ListCommands::refresh_note);
    connect(&session_, &ExaminationSession::exhibits_added, this,
            [this](const std::vector<ListedId>& ids) { pane_.make_current(ids.front()); });
    connect(&session_, &ExaminationSession::nothing_added, this,
            [this](const QString& sentence) { shell_.tell(Severity::Warning, sentence); });
    connect(
        &session_, &ExaminationSession::already_listed, this, [this](int count, ListedId first) {
            if (count == 1)
                pane_.make_current(first);
            shell_.tell(Severity::Information,
                        count == 1
                            ? tr("This picture is already in the list.")
                            : tr("%1 pictures are already in the list and were not added again.")
                                  .arg(count));
        });
    connect(&session_, &ExaminationSession::removed, this, &ListCommands::announce_removal);
    connect(&session_, &ExaminationSession::progress_changed, this, [this] {
        shell_.refresh_progress();
        shell_.refresh_actions();
    });
}

void ListCommands::add_actions(QMenu* menu) {
    again_ = shell_.add_action(menu, "again", QStringLiteral("again"), tr("&Examine again"),
                               tr("F5"), [this] { session_.examine_again(pane_.selected()); });
    // Text fields take Delete before it becomes a shortcut.
    remove_ =
        shell_.add_action(menu, "remove", QStringLiteral("remove"), tr("&Remove from the list"),
                          QKeySequence::Delete, [this] { session_.remove(pane_.selected()); });
}

void ListCommands::attach(Collection& collection) {
    Study::attach(collection);
    for (QWidget* const button : std::as_const(failure_buttons_))
        button->setVisible(&collection == &listed_);
}

void ListCommands::refresh() {
    const bool shown = &collection() == &listed_;
    remove_->setEnabled(shown && !pane_.selected().empty());
    again_->setEnabled(shown && listed_.current() != nullptr && session_.evaluator() != nullptr);
    // Examining it again would fail again.
    const Exhibit* const exhibit = listed_.current();
    const std::string code =
        exhibit != nullptr && exhibit->examination ? exhibit->examination->failure.code : "";
    failure_buttons_.front()->setVisible(shown && code != failure_codes::kNotAPicture &&
                                         code != failure_codes::kEmpty);
}

void ListCommands::refresh_note() {
    const Evaluator* const evaluator = session_.evaluator();
    pane_.set_questions(evaluator != nullptr ? evaluator->panel().questions
                                             : std::vector<Question>());
    QStringList notes;
    if (evaluator != nullptr && evaluator->panel().starter)
        notes.append(tr("Starter panel"));
    if (!session_.reference_combination())
        notes.append(tr("weighted"));
    pane_.set_note(notes.join(QStringLiteral(", ")));
}

void ListCommands::announce_removal(int count, const QString& first_name) {
    shell_.banners().dismiss(removal_banner_);
    removal_banner_ = count == 1 ? tr("%1 was removed from the list.").arg(first_name)
                                 : tr("%1 pictures were removed from the list.").arg(count);
    shell_.banners()
        .show_message(Severity::Information, removal_banner_)
        ->add_action(tr("Undo"), [this] { session_.restore_removed(); });
}

void ListCommands::restore(const QSettings& settings) {
    pane_.set_order(static_cast<OrderBy>(kept_number(settings, "list/order", 0, 3)),
                    static_cast<Qt::SortOrder>(kept_number(settings, "list/direction", 0, 1)));
    pane_.forms()->set_form(static_cast<ListForm>(kept_number(settings, "list/form", 0, 2)));
    pane_.question()->restore(settings.value(QStringLiteral("list/question")).toString());
}

void ListCommands::store(QSettings& settings) const {
    settings.setValue(QStringLiteral("list/order"), static_cast<int>(pane_.order_key()));
    settings.setValue(QStringLiteral("list/direction"), static_cast<int>(pane_.order_direction()));
    settings.setValue(QStringLiteral("list/form"), static_cast<int>(pane_.forms()->form()));
    settings.setValue(QStringLiteral("list/question"), pane_.question()->kept());
}

}  // namespace dfd::ui
