// Decodes the selected picture at full resolution on a background thread; the newest request wins.
#pragma once

#include <QObject>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/engine/examine/examiner.h"
#include "ui/list/exhibit_model.h"
#include "ui/list/image_convert.h"
#include "ui/work/task.h"

namespace dfd::ui {

using PyramidPtr = std::shared_ptr<const PicturePyramid>;

class PictureLoader : public QObject {
    Q_OBJECT

  public:
    PictureLoader(BackgroundThreads& threads, QObject* parent = nullptr);
    /// Returns at once. `loaded` or `failed` follows, unless a newer call replaces this one.
    void load(const PictureKey& key, const Source& source);
    /// Loads the first of these files that can be read and has this SHA-256 (hexadecimal). `failed`
    /// reports the problem of the first one.
    void load_content(const PictureKey& key, std::vector<std::filesystem::path> files,
                      std::string sha256);
    /// Cancels the pending request.
    void forget() { loading_.stop(); }

  Q_SIGNALS:
    void loaded(const dfd::ui::PictureKey& key, const dfd::ui::PyramidPtr& picture);
    void failed(const dfd::ui::PictureKey& key, const QString& sentence);

  private:
    /// Loads the first usable source; an empty `sha256` accepts any content.
    void load_first(const PictureKey& key, std::vector<Source> sources, std::string sha256);

    Task loading_;
};

}  // namespace dfd::ui
