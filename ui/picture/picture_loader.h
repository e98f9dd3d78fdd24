// Full-resolution pixels of the selected picture, decoded off the UI thread; the newest click wins.
#pragma once

#include <QObject>
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/engine/examine/examiner.h"
#include "ui/list/exhibit_model.h"
#include "ui/list/image_convert.h"
#include "ui/work/background_threads.h"

namespace dfd::ui {

using PyramidPtr = std::shared_ptr<const PicturePyramid>;

class PictureLoader : public QObject {
    Q_OBJECT

  public:
    PictureLoader(BackgroundThreads& threads, QObject* parent = nullptr);
    ~PictureLoader() override;
    /// Returns at once. `loaded` or `failed` follows, unless a newer call comes first.
    void load(ListedId id, const Source& source);
    /// The first of these files that can be read and has this SHA-256 (hexadecimal). `failed` says
    /// what is wrong with the first one.
    void load_content(ListedId id, std::vector<std::filesystem::path> files, std::string sha256);
    /// Whatever is under way is no longer wanted.
    void forget();

  Q_SIGNALS:
    void loaded(dfd::ui::ListedId id, const dfd::ui::PyramidPtr& picture);
    void failed(dfd::ui::ListedId id, const QString& sentence);

  private:
    struct Desk;
    struct Order;
    void take(Order order);

    BackgroundThreads& threads_;
    std::shared_ptr<Postbox> postbox_;
    std::shared_ptr<Desk> desk_;
    quint64 ticket_ = 0;
};

}  // namespace dfd::ui
