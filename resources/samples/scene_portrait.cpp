#include "resources/samples/head.h"
#include "resources/samples/noise.h"
#include "resources/samples/scenes.h"

namespace dfd::samples {

Scene portrait(bool other) {
    Scene scene;
    Look look;
    if (other) {
        look.skin = {0.62F, 0.4F, 0.29F};
        look.lips = {0.5F, 0.22F, 0.19F};
        look.iris = {0.14F, 0.08F, 0.04F};
        look.hair = {0.03F, 0.025F, 0.02F};
        look.cloth = {0.3F, 0.1F, 0.08F};
        look.jaw = 1.07F;
        look.nose = 1.25F;
        look.mouth = 1.2F;
        look.brow = -0.02F;
        look.age = 0.6F;
        look.seed = 5;
    }
    add_head(scene, look, 0.28F, {0, 0, 0});

    // A distant wall with a row of warm lamps in front of it, out of focus.
    const int wall = scene.add([](const Point& p) {
        Surface s;
        const float stain = fractal(p.position * 0.35F, 4);
        s.colour = Vec{0.2F, 0.24F, 0.25F} * (1 + 0.35F * stain);
        s.roughness = 0.9F;
        s.gloss = 0.02F;
        s.normal = p.normal;
        return s;
    });
    add_quad(scene.mesh, {-20, -8, -9}, {40, 0, 0}, {0, 20, 0}, wall);
    Random random(11);
    for (int i = 0; i < 26; ++i) {
        const Vec at{-7.5F + 15 * random.next(), -1.5F + 6 * random.next(),
                     -8.6F + 2 * random.next()};
        const float warm = random.next();
        const Vec light = Vec{9, 5.2F - 1.5F * warm, 2.2F - 1.4F * warm} * (0.4F + random.next());
        const int bulb = scene.add([=](const Point& p) {
            Surface s;
            s.emission = light;
            s.normal = p.normal;
            return s;
        });
        add_box(scene.mesh, {0.07F, 0.07F, 0.07F}, 0.06F, bulb, [=](Vec p) { return p + at; });
    }
    // Key light: a large soft window on the left. Rim light: warm, from behind on the right.
    scene.add_lamp({{-5.2F, 4.2F, 3.0F}, {1.6F, 0, 2.8F}, {0, -4.2F, 0}, {9.5F, 9.2F, 8.9F}});
    scene.add_lamp({{5.6F, 3.4F, -1.6F}, {-0.9F, 0, -1.2F}, {0, -3.6F, 0}, {30, 20, 12}});
    scene.sky = [](Vec d) { return Vec{0.16F, 0.17F, 0.2F} * (0.7F + 0.3F * d.y); };
    scene.camera = {{0.15F, 0.05F, 8.2F}, {0.05F, -0.28F, 0.2F}, 25, 0.16F, 7.5F};
    scene.exposure = 0.78F;
    scene.warmth = 0.15F;
    scene.samples = 16;
    scene.seed = 3;
    return scene;
}

}  // namespace dfd::samples
