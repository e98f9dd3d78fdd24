#include "ui/picture/picture_loader.h"

#include <utility>

#include "ui/work/picture_source.h"

namespace dfd::ui {

PictureLoader::PictureLoader(BackgroundThreads& threads, QObject* parent)
    : QObject(parent),
      loading_(threads, tr("There is not enough memory to show this picture at full size. Close "
                           "other programs and select it again.")) {}

void PictureLoader::load(ListedId id, const Source& source) {
    load_first(id, {source}, {});
}

void PictureLoader::load_content(ListedId id, std::vector<std::filesystem::path> files,
                                 std::string sha256) {
    std::vector<Source> sources;
    for (auto& file : files)
        sources.push_back({std::move(file), nullptr, {}});
    load_first(id, std::move(sources), std::move(sha256));
}

void PictureLoader::load_first(ListedId id, std::vector<Source> sources, std::string sha256) {
    loading_.start(
        [this, id, sources = std::move(sources),
         sha256 = std::move(sha256)](const Task::Run&) -> Task::Then {
            const Picture picture = read_first(sources, sha256);
            const auto pyramid =
                std::make_shared<const PicturePyramid>(make_pyramid(to_image(picture.pixels)));
            return [this, id, pyramid] { Q_EMIT loaded(id, pyramid); };
        },
        [this, id](const Task::Problem& problem) { Q_EMIT failed(id, problem.sentence); });
}

}  // namespace dfd::ui
