// Fixture of the window's tests: a window on the fake panel with its backend and settings.
#pragma once

#include <QApplication>
#include <QElapsedTimer>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>

#include "tests/ui/fake_evaluator.h"
#include "ui/look/appearance.h"
#include "ui/window/main_window.h"
#include "ui/work/background_threads.h"

namespace dfd::test {

/// Handles events until `condition` holds; false after two minutes.
inline bool wait_for(const std::function<bool()>& condition) {
    QElapsedTimer timer;
    timer.start();
    while (!condition()) {
        if (timer.elapsed() > 120'000)
            return false;
        QApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 5);
    }
    return true;
}

/// The button with this text, which must exist.
inline QPushButton* button_named(const QWidget* below, const char* label) {
    for (auto* const button : below->findChildren<QPushButton*>())
        if (button->text() == QString::fromUtf8(label))
            return button;
    qFatal("There is no button \"%s\".", label);
}

/// Panels by folder; the first is the default. With `fail_open`, every opening fails with that
/// text.
struct FakePanels {
    std::map<std::string, PanelRecord> panels;
    std::string default_folder;
    std::shared_ptr<Gate> scoring = std::make_shared<Gate>();
    std::shared_ptr<Gate> opening = std::make_shared<Gate>();
    std::shared_ptr<Gate> installing = std::make_shared<Gate>();
    /// Creates the evaluator of a panel; empty: a FakeEvaluator.
    std::function<std::shared_ptr<Evaluator>(const PanelRecord& panel)> make_evaluator;
    /// Of other people's experts; empty: not asked for.
    decltype(ui::Backend::read_manifest) read_manifest;
    decltype(ui::Backend::check_expert) check_expert;
    decltype(ui::Backend::add_expert) add_expert;
    std::string fail_open;
    std::string fail_install;

    void add(const PanelRecord& panel) {
        if (default_folder.empty())
            default_folder = panel.folder.string();
        panels[panel.folder.string()] = panel;
    }

    /// `this` must outlive every thread that uses the backend.
    [[nodiscard]] ui::Backend backend() {
        ui::Backend backend;
        backend.list_panels = [this] {
            std::vector<ListedPanel> listed;
            for (const auto& [folder, panel] : panels)
                listed.push_back({panel, {}});
            return listed;
        };
        backend.open_panel = [this](const ui::PanelChoice& choice, const Progress& progress,
                                    std::stop_token stop) -> std::shared_ptr<Evaluator> {
            opening->pass(stop);
            if (!fail_open.empty())
                throw PanelError(fail_open);
            const auto found = panels.find(choice.name.empty() ? default_folder : choice.name);
            if (found == panels.end())
                throw PanelError("There is no panel in " + choice.name + "; choose another one.");
            progress(1, 2, "Loading " + found->second.name);
            if (make_evaluator)
                return make_evaluator(found->second);
            return std::make_shared<FakeEvaluator>(found->second, scoring);
        };
        backend.open_recorded = [this](const ReplayRecord& record, const Progress&,
                                       std::stop_token stop) -> std::shared_ptr<Evaluator> {
            opening->pass(stop);
            const auto found = panels.find("/panels/" + record.panel);
            if (found == panels.end())
                throw PanelError("There is no panel " + record.panel + "; choose another one.");
            return std::make_shared<FakeEvaluator>(found->second, scoring);
        };
        backend.install_panel = [this](const InstallRequest& request, const Progress& progress,
                                       std::stop_token stop) {
            progress(1, 4, "Checking " + request.weights.filename().string());
            installing->pass(stop);
            if (!fail_install.empty())
                throw PanelError(fail_install);
            PanelRecord panel =
                fake_panel(request.name.empty() ? "published" : request.name, 7, false);
            add(panel);
            return panel;
        };
        backend.read_manifest = read_manifest;
        backend.check_expert = check_expert;
        backend.add_expert = add_expert;
        return backend;
    }
};

/// Declaration order matters: the window is destroyed first, then the threads, then what they use.
struct WindowFixture {
    QTemporaryDir folder;
    FakePanels panels;
    std::unique_ptr<QSettings> settings;
    std::unique_ptr<ui::BackgroundThreads> threads = std::make_unique<ui::BackgroundThreads>();
    std::unique_ptr<ui::Appearance> appearance = std::make_unique<ui::Appearance>();
    std::unique_ptr<ui::MainWindow> window;

    WindowFixture() {
        settings = std::make_unique<QSettings>(folder.filePath(QStringLiteral("settings.ini")),
                                               QSettings::IniFormat);
        panels.add(fake_panel("starter", 3, true));
    }
    ~WindowFixture() {
        // Open all gates, so that a failed test cannot block the threads.
        for (const auto& gate : {panels.scoring, panels.opening, panels.installing})
            gate->open();
        window.reset();
        threads.reset();
    }

    ui::MainWindow& open(const std::filesystem::path& samples = {}) {
        window = std::make_unique<ui::MainWindow>(
            ui::MainWindow::Setup{panels.backend(), *threads, *appearance, *settings, {}, samples});
        window->show();
        return *window;
    }

    /// Name of the panel that scores; empty while the first one is being opened.
    [[nodiscard]] std::string panel_in_use() const {
        const Evaluator* const evaluator = window->session().evaluator();
        return evaluator == nullptr ? std::string() : evaluator->panel().name;
    }
};

}  // namespace dfd::test
