// Full-resolution pixels of the selected picture, decoded off the UI thread; the newest click wins.
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
    /// Returns at once. `loaded` or `failed` follows, unless a newer call comes first.
    void load(ListedId id, const Source& source);
    /// The first of these files that can be read and has this SHA-256 (hexadecimal). `failed` says
    /// what is wrong with the first one.
    void load_content(ListedId id, std::vector<std::filesystem::path> files, std::string sha256);
    /// Whatever is under way is no longer wanted.
    void forget() { loading_.stop(); }

  Q_SIGNALS:
    void loaded(dfd::ui::ListedId id, const dfd::ui::PyramidPtr& picture);
    void failed(dfd::ui::ListedId id, const QString& sentence);

  private:
    /// The first that will do; an empty `sha256` takes any content.
    void load_first(ListedId id, std::vector<Source> sources, std::string sha256);

    Task loading_;
};

}  // namespace dfd::ui
