#include "ui/picture/picture_loader.h"

#include <exception>
#include <mutex>
#include <optional>
#include <utility>

#include "ui/work/picture_source.h"

namespace dfd::ui {

struct PictureLoader::Order {
    quint64 ticket = 0;
    ListedId id = 0;
    std::vector<Source> sources;  ///< the first that will do
    std::string sha256;           ///< empty: any content will do
};

/// One decode runs at a time; whoever runs it takes the newest order when done.
struct PictureLoader::Desk {
    std::mutex mutex;
    std::optional<Order> next;
    bool working = false;
};

PictureLoader::PictureLoader(BackgroundThreads& threads, QObject* parent)
    : QObject(parent),
      threads_(threads),
      postbox_(std::make_shared<Postbox>(this)),
      desk_(std::make_shared<Desk>()) {}

PictureLoader::~PictureLoader() {
    postbox_->close();
    forget();
}

void PictureLoader::forget() {
    ++ticket_;
    const std::lock_guard lock(desk_->mutex);
    desk_->next.reset();
}

void PictureLoader::load(ListedId id, const Source& source) {
    take({++ticket_, id, {source}, {}});
}

void PictureLoader::load_content(ListedId id, std::vector<std::filesystem::path> files,
                                 std::string sha256) {
    Order order{++ticket_, id, {}, std::move(sha256)};
    for (auto& file : files)
        order.sources.push_back({std::move(file), nullptr, {}});
    take(std::move(order));
}

void PictureLoader::take(Order order) {
    {
        const std::lock_guard lock(desk_->mutex);
        desk_->next = std::move(order);
        if (desk_->working)
            return;
        desk_->working = true;
    }
    threads_.run([this, desk = desk_, post = postbox_](const std::stop_token& stop) {
        while (true) {
            Order order;
            {
                const std::lock_guard lock(desk->mutex);
                if (!desk->next || stop.stop_requested()) {
                    desk->working = false;
                    return;
                }
                order = std::move(*desk->next);
                desk->next.reset();
            }
            const auto report = [&](PyramidPtr picture, const QString& problem) {
                post->post([this, picture = std::move(picture), problem, id = order.id,
                            ticket = order.ticket] {
                    if (ticket != ticket_)
                        return;
                    if (picture)
                        Q_EMIT loaded(id, picture);
                    else
                        Q_EMIT failed(id, problem);
                });
            };
            try {
                const Picture picture = read_first(order.sources, order.sha256);
                report(
                    std::make_shared<const PicturePyramid>(make_pyramid(to_image(picture.pixels))),
                    {});
            } catch (const std::bad_alloc&) {
                report(nullptr, tr("There is not enough memory to show this picture at full size. "
                                   "Close other programs and select it again."));
            } catch (const std::exception& error) {
                report(nullptr, QString::fromUtf8(error.what()));
            }
        }
    });
}

}  // namespace dfd::ui
