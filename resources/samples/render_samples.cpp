// Renders the sample pictures; README.md in this folder lists them.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <stdexcept>
#include <string>

#include "resources/samples/camera.h"
#include "resources/samples/edits.h"
#include "resources/samples/scenes.h"

namespace dfd::samples {
namespace {

struct Photograph {
    Scene scene;
    Rendering rendering;
    cv::Mat picture;
};

constexpr int kQuality = 92;

class Studio {
  public:
    Studio(std::filesystem::path folder, double scale)
        : folder_(std::move(folder)), scale_(scale) {}

    /// Converts a length at full size to pixels at the current scale.
    [[nodiscard]] int pixels(double length) const {
        return static_cast<int>(std::lround(length * scale_));
    }

    [[nodiscard]] Photograph take(Scene scene) const {
        Photograph result{std::move(scene), {}, {}};
        result.rendering = render(result.scene, pixels(1024), pixels(768));
        denoise(result.rendering);
        Film film;
        film.exposure = result.scene.exposure;
        film.warmth = result.scene.warmth;
        film.seed = result.scene.seed;
        result.picture = develop(result.rendering, film);
        return result;
    }

    void save(const char* name, const cv::Mat& picture) const {
        const std::string path = (folder_ / name).string();
        if (!cv::imwrite(path, picture, {cv::IMWRITE_JPEG_QUALITY, kQuality})) {
            throw std::runtime_error("The picture " + path +
                                     " cannot be written; check that the folder exists.");
        }
        std::printf("%s\n", path.c_str());
        std::fflush(stdout);
    }

  private:
    std::filesystem::path folder_;
    double scale_;
};

void make_tables(const Studio& studio, bool desk_too) {
    const auto px = [&](double length) { return studio.pixels(length); };
    const Photograph fruit = studio.take(still_life());
    const auto mask = [&](const char* object) {
        return mask_of(fruit.scene, fruit.rendering, object);
    };
    studio.save("still-life.jpg", fruit.picture);
    studio.save("still-life-edited-copy-move.jpg",
                copy_move(fruit.picture, mask("lemon"), {px(-210), px(88)}));
    studio.save("still-life-edited-removal.jpg",
                removed(fruit.picture, mask("lemon"), {px(-248), px(114)}));
    if (!desk_too) {
        return;
    }
    const Photograph evening = studio.take(desk());
    studio.save("desk.jpg", evening.picture);
    studio.save("desk-edited-splice.jpg",
                spliced(evening.picture, fruit.picture, mask("apple"), 0.72, {px(845), px(600)}));
    cv::Mat titles = cv::Mat::zeros(evening.picture.size(), CV_8UC1);
    for (const cv::Rect& spine :
         {cv::Rect(100, 330, 300, 65), cv::Rect(90, 395, 250, 60), cv::Rect(120, 460, 260, 65)}) {
        cv::rectangle(titles, {px(spine.x), px(spine.y), px(spine.width), px(spine.height)},
                      cv::Scalar::all(255), cv::FILLED);
    }
    studio.save("desk-edited-blurred-titles.jpg",
                blurred(reopened(evening.picture, kQuality), titles, px(8), px(3)));
}

void make_portraits(const Studio& studio) {
    const auto px = [&](double length) { return studio.pixels(length); };
    const Photograph person = studio.take(portrait(false));
    const Photograph stranger = studio.take(portrait(true));
    studio.save("portrait.jpg", person.picture);
    studio.save(
        "portrait-edited-face-swap.jpg",
        face_swapped(person.picture, stranger.picture, {px(548), px(362)}, {px(118), px(152)}));
    cv::Mat skin = cv::Mat::zeros(person.picture.size(), CV_8UC1);
    cv::ellipse(skin, {px(540), px(370)}, {px(150), px(190)}, 8, 0, 360, cv::Scalar::all(255),
                cv::FILLED);
    for (const cv::Rect& kept :  // eyes and mouth: centre and radii
         {cv::Rect(485, 315, 48, 26), cv::Rect(612, 315, 44, 26), cv::Rect(548, 455, 52, 28)}) {
        cv::ellipse(skin, {px(kept.x), px(kept.y)}, {px(kept.width), px(kept.height)}, 0, 0, 360,
                    cv::Scalar::all(0), cv::FILLED);
    }
    studio.save("portrait-edited-retouch.jpg",
                blurred(reopened(person.picture, kQuality), skin, studio.pixels(18) / 10.0, px(6)));
}

void make_landscapes(const Studio& studio) {
    const auto px = [&](double length) { return studio.pixels(length); };
    const Photograph mountains = studio.take(landscape());
    studio.save("landscape.jpg", mountains.picture);
    studio.save("landscape-edited-resynthesis.jpg",
                resynthesised(mountains.picture, {px(560), px(90), px(464), px(420)}, 0.4));
}

struct Order {
    std::string folder;
    std::string only;  ///< name of a scene; empty for all
    double scale = 1;
};

/// False if the command line is invalid.
bool understand(int argc, char** argv, Order& order) {
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--scale" && i + 1 < argc) {
            order.scale = std::atof(argv[++i]);
        } else if (word == "--only" && i + 1 < argc) {
            order.only = argv[++i];
        } else if (order.folder.empty() && word[0] != '-') {
            order.folder = word;
        } else {
            return false;
        }
    }
    const bool known = order.only.empty() || order.only == "still-life" || order.only == "desk" ||
                       order.only == "portrait" || order.only == "landscape";
    return known && !order.folder.empty() && order.scale > 0.05 && order.scale < 8;
}

void make(const Order& order) {
    const Studio studio(order.folder, order.scale);
    const auto wanted = [&](const char* scene) {
        return order.only.empty() || order.only == scene;
    };
    if (wanted("still-life") || wanted("desk")) {
        make_tables(studio, wanted("desk"));
    }
    if (wanted("portrait")) {
        make_portraits(studio);
    }
    if (wanted("landscape")) {
        make_landscapes(studio);
    }
}

}  // namespace
}  // namespace dfd::samples

int main(int argc, char** argv) {
    dfd::samples::Order order;
    if (!dfd::samples::understand(argc, argv, order)) {
        std::fprintf(stderr,
                     "usage: dfd_render_samples FOLDER [--scale 0.05..8] "
                     "[--only still-life|desk|portrait|landscape]\n");
        return 2;
    }
    try {
        dfd::samples::make(order);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
