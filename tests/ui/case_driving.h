// Test helpers that drive a window with an open case like a user.
#pragma once

#include <QSignalSpy>

#include "tests/ui/window_driving.h"
#include "ui/case/case_pane.h"

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
    QTRY_COMPARE_WITH_TIMEOUT(window.windowTitle().section(text(" – "), 0, 0), text(name),
                              kPatience);
}

}  // namespace dfd::test
