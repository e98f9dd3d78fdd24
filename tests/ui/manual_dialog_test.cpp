// Tests of the manual's window: topics, links, headings, search, and a missing manual.
#include "ui/window/manual_dialog.h"

#include <QFile>
#include <QLineEdit>
#include <QListWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>

#include "core/base/data_folders.h"

using namespace dfd;
using namespace dfd::ui;

class ManualDialogTest : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void every_topic_of_the_bundled_manual_is_shown();
    void links_lead_to_pages_and_headings();
    void search_wraps_around();
    void a_missing_manual_is_reported();

  private:
    static void write(const QTemporaryDir& folder, const QString& name, const QByteArray& text) {
        QFile file(folder.filePath(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
    }
    static QTextBrowser* text_of(const ManualDialog& dialog) {
        return dialog.findChild<QTextBrowser*>();
    }
};

void ManualDialogTest::every_topic_of_the_bundled_manual_is_shown() {
    const auto folder = data_folder("manual");
    QVERIFY(folder.has_value());
    ManualDialog dialog(*folder);
    QCOMPARE(dialog.page(), QStringLiteral("README.md"));
    auto* const topics = dialog.findChild<QListWidget*>();
    QVERIFY(topics->count() >= 13);
    for (int row = 1; row < topics->count(); ++row) {
        topics->setCurrentRow(row);
        QCOMPARE(dialog.page(), topics->item(row)->data(Qt::UserRole).toString());
        QCOMPARE(dialog.problem(), QString());
        QVERIFY2(text_of(dialog)->toPlainText().size() > 500, qPrintable(dialog.page()));
    }
}

void ManualDialogTest::links_lead_to_pages_and_headings() {
    const QTemporaryDir folder;
    write(folder, QStringLiteral("README.md"),
          "# Index\n\n| page | about |\n| --- | --- |\n| [First](first.md) | one |\n");
    QByteArray page("# First\n\n");
    for (int line = 0; line < 400; ++line)
        page += "A paragraph.\n\n";
    page += "## How it ends, exactly\n\nThe end.\n";
    write(folder, QStringLiteral("first.md"), page);
    ManualDialog dialog(folder.path().toStdString());
    dialog.resize(600, 400);
    dialog.show();
    auto* const text = text_of(dialog);
    Q_EMIT text->anchorClicked(QUrl(QStringLiteral("first.md#how-it-ends-exactly")));
    QCOMPARE(dialog.page(), QStringLiteral("first.md"));
    QCOMPARE(dialog.problem(), QString());
    QCOMPARE(text->textCursor().block().text(), QStringLiteral("How it ends, exactly"));
    QCOMPARE(dialog.findChild<QListWidget*>()->currentRow(), 1);

    Q_EMIT text->anchorClicked(QUrl(QStringLiteral("#no-such-heading")));
    QVERIFY(dialog.problem().contains(QStringLiteral("no-such-heading")));
    Q_EMIT text->anchorClicked(QUrl(QStringLiteral("second.md")));
    QVERIFY(dialog.problem().contains(QStringLiteral("second.md")));
    Q_EMIT text->anchorClicked(QUrl(QStringLiteral("../../core/training/README.md")));
    QVERIFY(dialog.problem().contains(QStringLiteral("core/training/README.md")));
    QCOMPARE(dialog.page(), QStringLiteral("first.md"));

    // Enter in the search field searches and does not go back.
    auto* const field = dialog.findChild<QLineEdit*>();
    field->setText(QStringLiteral("paragraph"));
    QTest::keyClick(field, Qt::Key_Return);
    QCOMPARE(dialog.page(), QStringLiteral("first.md"));
    QCOMPARE(text->textCursor().selectedText(), QStringLiteral("paragraph"));

    text->backward();
    QCOMPARE(dialog.page(), QStringLiteral("README.md"));
    QCOMPARE(dialog.problem(), QString());
}

void ManualDialogTest::search_wraps_around() {
    const QTemporaryDir folder;
    write(folder, QStringLiteral("README.md"), "# Index\n\nNeedle, hay, needle.\n");
    ManualDialog dialog(folder.path().toStdString());
    auto* const text = text_of(dialog);
    QVERIFY(dialog.find_text(QStringLiteral("needle")));
    const int first = text->textCursor().selectionStart();
    QVERIFY(dialog.find_text(QStringLiteral("needle")));
    QVERIFY(text->textCursor().selectionStart() > first);
    QVERIFY(dialog.find_text(QStringLiteral("needle")));
    QCOMPARE(text->textCursor().selectionStart(), first);
    QVERIFY(!dialog.find_text(QStringLiteral("thread")));
    QVERIFY(dialog.problem().contains(QStringLiteral("thread")));
}

void ManualDialogTest::a_missing_manual_is_reported() {
    ManualDialog dialog({});
    QVERIFY(!dialog.problem().isEmpty());
    QVERIFY(dialog.page().isEmpty());
}

QTEST_MAIN(ManualDialogTest)
#include "manual_dialog_test.moc"
