#include "ui/picture_loader.h"

#include <mutex>
#include <optional>
#include <utility>

namespace dfd::ui {

/// One decode runs at a time; whoever runs it takes the newest order when done.
struct PictureLoader::Desk {
    struct Order {
        quint64 ticket = 0;
        ExhibitId id = 0;
        Source source;
    };
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

void PictureLoader::load(ExhibitId id, const Source& source) {
    const quint64 ticket = ++ticket_;
    {
        const std::lock_guard lock(desk_->mutex);
        desk_->next = Desk::Order{ticket, id, source};
        if (desk_->working)
            return;
        desk_->working = true;
    }
    threads_.run([this, desk = desk_, post = postbox_](const std::stop_token& stop) {
        while (true) {
            Desk::Order order;
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
                const Picture picture = order.source.bytes ? decode_picture(*order.source.bytes)
                                                           : read_picture(order.source.path);
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
