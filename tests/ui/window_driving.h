// Test helpers that drive a window like a user: drops, and waiting for their effects.
#pragma once

#include <QApplication>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QMimeData>
#include <QTest>
#include <QUrl>

#include "tests/ui/painted_pictures.h"
#include "tests/ui/window_fixture.h"
#include "ui/list/exhibit_pane.h"

namespace dfd::test {

inline constexpr int kPatience = 20'000;  ///< milliseconds; only a failing test waits that long

/// A drag from another program: enter, then drop, as the platform sends them.
inline void drop(QWidget* target, const QMimeData& data) {
    const QPoint where = target->rect().center();
    QDragEnterEvent enter(where, Qt::CopyAction | Qt::MoveAction, &data, Qt::LeftButton,
                          Qt::NoModifier);
    QApplication::sendEvent(target, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent dropped(where, Qt::CopyAction | Qt::MoveAction, &data, Qt::LeftButton,
                       Qt::NoModifier);
    QApplication::sendEvent(target, &dropped);
    QVERIFY(dropped.isAccepted());
    QCOMPARE(dropped.dropAction(), Qt::CopyAction);
}

inline void drop_files(QWidget* target, const QStringList& files) {
    QMimeData data;
    QList<QUrl> urls;
    for (const QString& file : files)
        urls.append(QUrl::fromLocalFile(file));
    data.setUrls(urls);
    drop(target, data);
}

inline QString text(const char* words) {
    return QString::fromUtf8(words);
}

/// Base class of the window's tests: a new window on the fake panel for each test.
class WindowTest : public QObject {
    Q_OBJECT

  protected:
    QString paint(const char* name, const QColor& colour) {
        return save_picture(QDir(fixture_->folder.path()), text(name), plain_picture(colour));
    }
    /// The window with its panel loaded.
    ui::MainWindow& ready_window() {
        ui::MainWindow& window = fixture_->open();
        [&] {
            QTRY_COMPARE_WITH_TIMEOUT(window.session().panel_state(), ui::PanelState::Ready,
                                      kPatience);
        }();
        return window;
    }
    /// The same with these pictures, scored.
    ui::MainWindow& window_with(const QStringList& files) {
        ui::MainWindow& window = ready_window();
        drop_files(&window, files);
        wait_until_idle(window, static_cast<int>(files.size()));
        return window;
    }
    static const ui::Exhibit& exhibit(ui::MainWindow& window, const char* name) {
        ui::ExhibitModel& model = window.session().exhibits();
        for (int row = 0; row < model.rowCount(); ++row)
            if (model.at(row).name == text(name))
                return model.at(row);
        qFatal("%s is not in the list.", name);
    }
    static void wait_until_idle(ui::MainWindow& window, int rows) {
        QTRY_COMPARE_WITH_TIMEOUT(window.session().exhibits().rowCount(), rows, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(!window.session().busy(), kPatience);
    }

    std::unique_ptr<WindowFixture> fixture_;

  private Q_SLOTS:
    void init() { fixture_ = std::make_unique<WindowFixture>(); }
    void cleanup() { fixture_.reset(); }
};

}  // namespace dfd::test
