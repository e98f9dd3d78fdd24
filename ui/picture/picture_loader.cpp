#include "ui/picture/picture_loader.h"

#include <utility>

#include "ui/work/picture_source.h"

namespace dfd::ui {

PictureLoader::PictureLoader(BackgroundThreads& threads, QObject* parent)
    : QObject(parent),
      loading_(threads, tr("There is not enough memory to show this picture at full size. Close "
                           "other programs and select it again.")) {}

void PictureLoader::load(const PictureKey& key, const Source& source) {
    load_first(key, {source}, {});
}

void PictureLoader::load_content(const PictureKey& key, std::vector<std::filesystem::path> files,
                                 std::string sha256) {
    std::vector<Source> sources;
    for (auto& file : files)
        sources.push_back({std::move(file), nullptr, {}});
    load_first(key, std::move(sources), std::move(sha256));
}

void PictureLoader::load_first(const PictureKey& key, std::vector<Source> sources,
                               std::string sha256) {
    loading_.start(
        [this, key, sources = std::move(sources),
         sha256 = std::move(sha256)](const Task::Run&) -> Task::Then {
            const Picture picture = read_first(sources, sha256);
            const auto pyramid =
                std::make_shared<const PicturePyramid>(make_pyramid(to_image(picture.pixels)));
            return [this, key, pyramid] { Q_EMIT loaded(key, pyramid); };
        },
        [this, key](const Task::Problem& problem) { Q_EMIT failed(key, problem.sentence); });
}

}  // namespace dfd::ui
