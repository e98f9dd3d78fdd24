#include "core/training/runs/training_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <system_error>

#include "core/training/charts/chart.h"
#include "core/training/manifest/training_error.h"
#include "core/training/runs/training_checkpoint.h"

namespace dfd {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, int error) {
    throw TrainingError("The log " + file.native() +
                        " could not be written: " + std::system_category().message(error) + ".");
}

}  // namespace

TrainingLog::TrainingLog(std::filesystem::path file, std::uint64_t bytes)
    : file_(std::move(file)),
      descriptor_(::open(file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666)) {
    if (descriptor_ < 0)
        fail(file_, errno);
    struct ::stat facts {};
    if (::fstat(descriptor_, &facts) == 0)
        bytes_ = std::min(bytes, static_cast<std::uint64_t>(facts.st_size));
    if (::ftruncate(descriptor_, static_cast<::off_t>(bytes_)) != 0 ||
        ::lseek(descriptor_, 0, SEEK_END) < 0) {
        const int error = errno;
        ::close(descriptor_);
        fail(file_, error);
    }
}

TrainingLog::~TrainingLog() {
    ::close(descriptor_);
}

void TrainingLog::add(const std::string& json_object) {
    const auto line = json_object + '\n';
    for (std::size_t done = 0; done < line.size();) {
        const auto count = ::write(descriptor_, line.data() + done, line.size() - done);
        if (count >= 0)
            done += static_cast<std::size_t>(count);
        else if (errno != EINTR)
            fail(file_, errno);
    }
    bytes_ += line.size();
}

std::string training_curves(const std::vector<std::string>& names,
                            const std::vector<std::vector<EpochFigures>>& epochs) {
    std::vector<Chart> charts(3);
    charts[0] = {"Loss on batches", "epoch", "loss", {}, {}, false, {}};
    charts[1] = {"Validation: cross entropy", "epoch", "cross entropy", {}, {}, false, {}};
    charts[2] = {"Validation: ROC AUC", "epoch", "AUC", {}, std::pair(0.4, 1.0), false, {}};
    const auto add = [&](std::size_t chart, std::size_t expert, const std::string& name, int colour,
                         bool dashed, const auto& figure) {
        ChartSeries series;
        series.name = name;
        series.colour = colour;
        series.dashed = dashed;
        bool any = false;
        for (std::size_t i = 0; i < epochs[expert].size(); ++i) {
            series.x.push_back(static_cast<double>(i + 1));
            series.y.push_back(figure(epochs[expert][i]));
            any = any || std::isfinite(series.y.back());
        }
        if (any)
            charts[chart].series.push_back(std::move(series));
    };
    const bool one = names.size() == 1;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const int colour = static_cast<int>(i);
        const auto name = one ? std::string("total") : names[i];
        add(0, i, name, colour, false, [](const EpochFigures& e) { return e.losses.total; });
        if (one) {
            add(0, i, "cross entropy", 1, true, [](const EpochFigures& e) { return e.losses.ce; });
            add(0, i, "contrastive (NCE)", 2, true,
                [](const EpochFigures& e) { return e.losses.nce; });
            add(0, i, "consistency (KL)", 3, true,
                [](const EpochFigures& e) { return e.losses.kl; });
        }
        add(1, i, names[i], colour, false, [](const EpochFigures& e) { return e.validation_loss; });
        add(2, i, names[i], colour, false, [](const EpochFigures& e) { return e.validation_auc; });
    }
    return charts_svg(charts);
}

}  // namespace dfd
