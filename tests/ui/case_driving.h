// Test helpers that drive a window with an open case like a user.
#pragma once

#include <QDir>
#include <QSignalSpy>
#include <filesystem>

#include "core/casework/exhibits/exhibit_record.h"
#include "tests/ui/window_driving.h"
#include "ui/case/case_pane.h"
#include "ui/look/banner.h"
#include "ui/look/wording.h"

namespace dfd::test {

inline void open_case(ui::MainWindow& window, const std::filesystem::path& path, bool make_new) {
    QSignalSpy opened(&window.case_controller(), &ui::CaseController::opened);
    window.open_case(path, make_new);
    QTRY_COMPARE_WITH_TIMEOUT(opened.count(), 1, kPatience);
}

/// Waits until the scan has ended and the list shows this many exhibits.
inline void wait_for_exhibits(ui::MainWindow& window, int count) {
    QTRY_VERIFY_WITH_TIMEOUT(!window.case_controller().scan().running(), kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(window.case_controller().model().rowCount(), count, kPatience);
    QTRY_COMPARE_WITH_TIMEOUT(static_cast<int>(window.case_controller().summary().counts.exhibits),
                              count, kPatience);
}

inline ExhibitId record_id(ui::MainWindow& window, const char* name) {
    const CaseFile file(window.case_controller().path(), CaseAccess::Read);
    for (const ExhibitRow& row : exhibit_rows(file, find_exhibits(file)))
        if (row.path.filename() == name)
            return row.id;
    qFatal("%s is not in the case.", name);
}

inline void show_record(ui::MainWindow& window, const char* name) {
    window.case_pane().make_current(record_id(window, name));
    // After the name of the case.
    QTRY_COMPARE_WITH_TIMEOUT(window.windowTitle().section(text(" – "), 1, 1), text(name),
                              kPatience);
}

/// Base class of tests of a window with a case.
class CaseTest : public WindowTest {
  protected:
    [[nodiscard]] QDir folder() const { return QDir(fixture_->folder.path()); }
    [[nodiscard]] std::filesystem::path case_path() const {
        return ui::to_path(folder().filePath(text("review.dfdcase")));
    }
    /// A window whose case has scanned red.png, grey.png, blue.png and damaged.png.
    ui::MainWindow& window_with_case() {
        folder().mkpath(text("pictures"));
        const QDir pictures(folder().filePath(text("pictures")));
        save_picture(pictures, text("red.png"), plain_picture(Qt::red));
        save_picture(pictures, text("grey.png"), plain_picture(QColor(128, 128, 128)));
        save_picture(pictures, text("blue.png"), plain_picture(Qt::blue));
        save_bytes(pictures, text("damaged.png"), "no picture");
        ui::MainWindow& window = ready_window();
        open(window, true);
        drop_files(&window, {pictures.path()});
        wait_for_exhibits(window, 4);
        return window;
    }
    /// A window whose case.dfd has scanned red.png, which is shown, and blue.png.
    ui::MainWindow& window_with_two_exhibits() {
        ui::MainWindow& window = ready_window();
        open_case(window, ui::to_path(folder().filePath(text("case.dfd"))), true);
        drop_files(&window, {paint("red.png", Qt::red), paint("blue.png", Qt::blue)});
        wait_for_exhibits(window, 2);
        show_record(window, "red.png");
        return window;
    }
    void open(ui::MainWindow& window, bool make_new) { open_case(window, case_path(), make_new); }
    static ExhibitId id_of(ui::MainWindow& window, const char* name) {
        return record_id(window, name);
    }
    static void show(ui::MainWindow& window, const char* name) { show_record(window, name); }
    static ExhibitRecord record(ui::MainWindow& window, ExhibitId id) {
        return read_exhibit(CaseFile(window.case_controller().path(), CaseAccess::Read), id, false);
    }
    static bool says(ui::MainWindow& window, const char* words) {
        for (const QString& message : window.banners().messages())
            if (message.contains(text(words)))
                return true;
        return false;
    }
};

}  // namespace dfd::test
