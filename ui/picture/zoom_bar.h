// Shows the zoom factor of a picture view, with buttons to change it.
#pragma once

#include <QWidget>

class QLabel;

namespace dfd::ui {

class PictureView;

class ZoomBar : public QWidget {
    Q_OBJECT

  public:
    /// `view` is not owned and must live longer.
    explicit ZoomBar(PictureView* view, QWidget* parent = nullptr);

  private:
    void refresh();

    PictureView* view_;
    QLabel* percent_;
};

}  // namespace dfd::ui
