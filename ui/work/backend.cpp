#include "ui/work/backend.h"

#include "core/engine/replay/replay.h"

namespace dfd::ui {

Backend core_backend(const std::string& device, Precision precision) {
    Backend backend;
    backend.list_panels = [] { return dfd::list_panels(); };
    backend.open_panel = [device, precision](const PanelChoice& choice, const Progress& progress,
                                             std::stop_token stop) {
        return std::shared_ptr<Evaluator>(
            open_evaluator(with_calibration(find_panel(choice.name), choice.calibration), device,
                           precision, progress, std::move(stop)));
    };
    backend.open_recorded = [device](const ReplayRecord& record, const Progress& progress,
                                     std::stop_token stop) {
        return std::shared_ptr<Evaluator>(
            open_recorded(record, {}, device, progress, std::move(stop)));
    };
    backend.install_panel = [](const InstallRequest& request, const Progress& progress,
                               std::stop_token stop) {
        return dfd::install_panel(request, progress, std::move(stop));
    };
    backend.read_manifest = read_manifest_file;
    backend.check_expert = [](const ForeignFiles& files, const Progress& progress,
                              std::stop_token stop) {
        return dfd::check_expert(files, progress, std::move(stop));
    };
    backend.add_expert = [](const AddExpertRequest& request, const Progress& progress,
                            std::stop_token stop) {
        return dfd::add_expert(request, progress, std::move(stop));
    };
    return backend;
}

}  // namespace dfd::ui
