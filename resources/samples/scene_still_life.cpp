#include "resources/samples/noise.h"
#include "resources/samples/scenes.h"
#include "resources/samples/shapes.h"

namespace dfd::samples {

Scene still_life() {
    Scene scene;
    add_table(scene, {0.5F, 0.3F, 0.16F}, {0.2F, 0.1F, 0.05F}, {-8, -6}, {8, 4}, 1.15F);
    const int wall = scene.add([](const Point& p) {
        Surface s;
        const float wash = fractal(p.position * 0.45F, 5);
        const float fine = fractal(p.position * 5, 4);
        s.colour = mix({0.17F, 0.19F, 0.18F}, {0.27F, 0.26F, 0.22F}, clamp01(0.5F + wash)) *
                   (1 + 0.12F * fine);
        s.roughness = 0.95F;
        s.gloss = 0.01F;
        const float e = 0.03F;
        const auto f = [](Vec q) { return fractal(q * 4, 3); };
        const float here = f(p.position);
        s.normal = normalised(p.normal - Vec{f(p.position + Vec{e, 0, 0}) - here,
                                             f(p.position + Vec{0, e, 0}) - here, 0} *
                                             (0.02F / e));
        return s;
    });
    add_quad(scene.mesh, {-14, -6, -5.5F}, {28, 0, 0}, {0, 18, 0}, wall);

    add_bottle(scene, {-1.55F, 0, -1.5F}, {2.2F, 0.5F, 1.9F});
    add_bowl(scene, {1.05F, 0, -0.85F}, {0.72F, 0.74F, 0.74F}, {0.1F, 0.2F, 0.42F});
    // Fruit in the bowl, leaning against each other.
    add_apple(scene, {0.45F, 0.4F, -0.75F}, 0.4F, 0.25F, 3);
    add_apple(scene, {1.5F, 0.42F, -1.3F}, 2.4F, -0.3F, 8);
    add_lemon(scene, {1.6F, 0.85F, -0.3F}, 0.7F, 4);
    add_pear(scene, {0.95F, 0.5F, -1.35F}, 0.9F, -0.25F, 6);
    // Fruit on the table.
    add_pear(scene, {-0.35F, 0, 0.75F}, 0.3F, 0.0F, 2);
    add_lemon(scene, {-2.35F, 0.55F, 0.75F}, -0.5F, 9);
    const int apple = add_apple(scene, {-1.1F, 0, 1.5F}, 1.3F, 0.1F, 12);
    const int lemon = add_lemon(scene, {2.4F, 0.55F, 1.2F}, 1.05F, 15);
    scene.objects = {{"apple", {apple, apple + 1}}, {"lemon", {lemon}}};

    // Two panes, so that reflections look like a window.
    for (const float z : {-1.2F, 1.5F}) {
        scene.add_lamp({{-7.5F, 6.2F, z}, {0, 0, 2.4F}, {0, -4.8F, 0}, {15, 16.2F, 18}});
    }
    scene.sky = [](Vec d) { return Vec{0.2F, 0.19F, 0.17F} * (0.8F + 0.4F * d.y); };
    scene.camera = {{0.3F, 3.0F, 9.8F}, {0.1F, 1.42F, -0.3F}, 31, 0.09F, 9.2F};
    scene.exposure = 1.1F;
    scene.warmth = 0.1F;
    scene.samples = 16;
    scene.seed = 1;
    return scene;
}

Scene desk() {
    Scene scene;
    add_table(scene, {0.3F, 0.16F, 0.085F}, {0.1F, 0.05F, 0.03F}, {-9, -5}, {9, 5}, 1.6F);
    struct Volume {
        Vec half;
        Vec colour;
        float turn;
        Vec at;
    };
    float top = 0;
    for (const Volume& book : {Volume{{1.55F, 0.24F, 1.1F}, {0.28F, 0.05F, 0.05F}, 0.12F, {}},
                               Volume{{1.45F, 0.17F, 1.02F}, {0.05F, 0.14F, 0.2F}, -0.1F, {}},
                               Volume{{1.3F, 0.21F, 0.95F}, {0.42F, 0.3F, 0.1F}, 0.3F, {}}}) {
        add_book(scene, book.half, book.colour, book.turn, {-1.75F, top + book.half.y, -0.7F});
        top += 2 * book.half.y;
    }
    add_apple(scene, {-1.75F, top, -0.6F}, 0.5F, 0.12F, 21);
    add_cup(scene, {1.0F, 0, 0.55F}, {0.74F, 0.7F, 0.62F}, {0.07F, 0.25F, 0.27F});
    add_lemon(scene, {2.75F, 0.5F, -0.9F}, 0.9F, 33);
    const int brass = scene.add([](const Point& p) {
        Surface s;
        s.metal = true;
        s.colour = {0.88F, 0.64F, 0.3F};
        s.roughness = 0.2F + 0.1F * fractal(p.position * 3, 4);
        s.normal = p.normal;
        return s;
    });
    add_ball(scene, {-0.1F, 0.42F, 1.75F}, 0.42F, brass);
    add_bottle(scene, {2.5F, 0, -2.6F}, {0.25F, 0.75F, 1.5F});

    // A dark room in the background, with street lights behind it.
    Random random(5);
    for (int i = 0; i < 60; ++i) {
        const Vec at{-16 + 32 * random.next(), 0.3F + 7.5F * random.next(),
                     -22 - 4 * random.next()};
        const float kind = random.next();
        const Vec colour = kind < 0.6F   ? Vec{12, 6.5F, 2.4F}
                           : kind < 0.8F ? Vec{10, 9, 7}
                           : kind < 0.9F ? Vec{2, 5, 9}
                                         : Vec{9, 2, 1.6F};
        const Vec light = colour * (0.35F + 0.9F * random.next());
        const int bulb = scene.add([=](const Point& p) {
            Surface s;
            s.emission = light;
            s.normal = p.normal;
            return s;
        });
        add_box(scene.mesh, {0.13F, 0.13F, 0.13F}, 0.1F, bulb, [=](Vec p) { return p + at; });
    }
    const int wall = scene.add([](const Point& p) {
        Surface s;
        s.colour = Vec{0.05F, 0.06F, 0.085F} * (1 + 0.5F * fractal(p.position * 0.2F, 3));
        s.roughness = 0.9F;
        s.normal = p.normal;
        return s;
    });
    add_quad(scene.mesh, {-40, -10, -30}, {80, 0, 0}, {0, 40, 0}, wall);
    // A warm lamp on the right, blue window light on the left.
    scene.add_lamp({{4.2F, 5.2F, 3.2F}, {-1.5F, 1.1F, -0.4F}, {0.9F, 0, -1.6F}, {52, 34, 17}});
    scene.add_lamp({{-7.5F, 4.6F, -2.5F}, {0, 0, 3.6F}, {0, -3.6F, 0}, {3.6F, 4.6F, 6.6F}});
    scene.sky = [](Vec d) { return Vec{0.05F, 0.06F, 0.09F} * (0.8F + 0.3F * d.y); };
    scene.camera = {{0.2F, 2.7F, 8.8F}, {-0.05F, 0.85F, 0}, 30, 0.15F, 8.3F};
    scene.exposure = 1.15F;
    scene.warmth = 0.1F;
    scene.samples = 16;
    scene.seed = 2;
    return scene;
}

}  // namespace dfd::samples
