#include "resources/samples/shapes.h"

#include "resources/samples/noise.h"

namespace dfd::samples {
namespace {

/// Pose of an object: leaning sideways, then turned, then moved to `at`.
struct Stand {
    Vec at;
    float turn;
    float lean;

    [[nodiscard]] Vec out(Vec p) const {
        const float c = std::cos(lean);
        const float s = std::sin(lean);
        return turned({c * p.x - s * p.y, s * p.x + c * p.y, p.z}, turn) + at;
    }
    [[nodiscard]] Vec in(Vec p) const {
        const Vec q = turned(p - at, -turn);
        const float c = std::cos(lean);
        const float s = std::sin(lean);
        return {c * q.x + s * q.y, c * q.y - s * q.x, q.z};
    }
};

template <class Height>
Vec bumped(const Point& point, Vec p, float strength, Height height) {
    const Vec n = point.normal;
    if (!point.close) {
        return n;
    }
    const float e = 0.004F;
    const float here = height(p);
    const Vec g{height(p + Vec{e, 0, 0}) - here, height(p + Vec{0, e, 0}) - here,
                height(p + Vec{0, 0, e}) - here};
    return normalised(n - (g - n * dot(g, n)) * (strength / e));
}

/// Deforms fruit slightly, since nothing that grew is perfectly round.
Place grown(float amount, int seed) {
    return [=](Vec p) {
        const auto shift = static_cast<float>(seed) * 7.3F;
        const Vec round{p.x, p.y * 0.7F + shift, p.z};
        const float wide = 1 + amount * noise(round * 1.3F);
        return Vec{p.x * wide, p.y * (1 + 0.3F * amount * noise({shift, 0, 1})), p.z * wide};
    };
}

void add_stem(Scene& scene, const Stand& stand, Vec foot, float height, float bend) {
    const int bark = scene.add([](const Point& p) {
        Surface s;
        s.colour = Vec{0.13F, 0.08F, 0.045F} * (1 + 0.5F * fractal(p.position * 20, 3));
        s.roughness = 0.8F;
        s.normal = p.normal;
        return s;
    });
    add_lathe(scene.mesh,
              {{0.03F, 0, 0}, {0.032F, 0.3F, 0}, {0.03F, 0.7F, 0}, {0.042F, 0.95F, 0}, {0, 1, 0}},
              20, 14, bark, [=](Vec p) {
                  return stand.out(foot + Vec{p.x + bend * p.y * p.y, p.y * height, p.z});
              });
}

}  // namespace

void add_table(Scene& scene, Vec light, Vec dark, std::pair<float, float> from,
               std::pair<float, float> to, float plank) {
    const int material = scene.add([=](const Point& p) {
        const Wood grain = wood(p.position, light, dark, plank);
        Surface s;
        s.colour = grain.colour;
        s.roughness = 0.5F - 0.18F * grain.gloss;
        s.gloss = 0.04F * (1 - grain.groove);
        s.normal = bumped(p, p.position, 0.004F, [](Vec q) {
            return fractal({q.x * 2, 0, q.z * 60}, 2) + 0.6F * fractal(q * 0.8F, 2);
        });
        return s;
    });
    add_quad(scene.mesh, {from.first, 0, to.second}, {to.first - from.first, 0, 0},
             {0, 0, from.second - to.second}, material);
    add_quad(scene.mesh, {from.first, -0.5F, to.second}, {to.first - from.first, 0, 0},
             {0, 0.5F, 0}, material);
}

int add_apple(Scene& scene, Vec at, float turn, float lean, int seed) {
    const Stand stand{at, turn, lean};
    const auto shift = static_cast<float>(seed);
    const int peel = scene.add([=](const Point& point) {
        const Vec p = stand.in(point.position);
        const float angle = std::atan2(p.z, p.x);
        const float streak =
            fractal({std::cos(angle) * 7 + shift, p.y * 0.7F, std::sin(angle) * 7}, 5);
        const float sunny = 0.5F + 0.5F * std::cos(angle - 1) + 0.35F * noise(p * 1.2F);
        const float red = smooth_step(0.1F, 0.75F, 0.62F * sunny + 0.55F * streak + 0.18F);
        const float hollow = std::exp(-(p.x * p.x + p.z * p.z) * 14) * (p.y > 0.6F ? 1.0F : 0.4F);
        Vec colour = mix({0.62F, 0.5F, 0.1F}, {0.47F, 0.035F, 0.03F}, red);
        colour = mix(colour, {0.4F, 0.4F, 0.12F}, clamp01(hollow * 1.3F));
        const float spot = smooth_step(0.13F, 0.06F, cells(p * 13 + Vec{shift, 0, 0}));
        colour = mix(colour, {0.72F, 0.55F, 0.3F}, 0.45F * spot);
        Surface s;
        s.colour = colour * (1 + 0.1F * fractal(p * 9, 3));
        s.roughness = 0.27F + 0.08F * fractal(p * 6, 3);
        s.gloss = 0.045F;
        s.softness = 0.3F;
        s.normal = bumped(point, p, 0.0025F, [](Vec q) { return fractal(q * 9, 2); });
        return s;
    });
    const Place lobes = [=](Vec p) {
        const float angle = std::atan2(p.z, p.x);
        const float wide = 1 + 0.022F * std::cos(5 * angle + shift) * (p.y < 0.5F ? 1.4F : 0.7F);
        return grown(0.1F, seed)({p.x * wide, p.y, p.z * wide});
    };
    add_lathe(
        scene.mesh,
        {{0, 0.14F, 0},
         {0.14F, 0.06F, 0},
         {0.3F, 0.0F, 0},
         {0.54F, 0.14F, 0},
         {0.71F, 0.44F, 0},
         {0.76F, 0.78F, 0},
         {0.68F, 1.08F, 0},
         {0.49F, 1.24F, 0},
         {0.28F, 1.26F, 0},
         {0.12F, 1.15F, 0},
         {0, 1.02F, 0}},
        72, 96, peel, [=](Vec p) { return stand.out(p); }, lobes);
    add_stem(scene, stand, {0, 1.02F, 0}, 0.5F, 0.12F);
    return peel;
}

int add_pear(Scene& scene, Vec at, float turn, float lean, int seed) {
    const Stand stand{at, turn, lean};
    const auto shift = static_cast<float>(seed);
    const int peel = scene.add([=](const Point& point) {
        const Vec p = stand.in(point.position);
        const float blush =
            smooth_step(0.0F, 0.8F, p.x * 0.7F + 0.5F * noise(p + Vec{shift, 0, 0}));
        Vec colour = mix({0.47F, 0.46F, 0.1F}, {0.55F, 0.3F, 0.07F}, 0.6F * blush);
        const float russet = smooth_step(1.5F, 2.1F, p.y + 0.25F * fractal(p * 5, 3)) +
                             smooth_step(0.2F, 0.0F, p.y + 0.1F * fractal(p * 6, 3));
        colour = mix(colour, {0.33F, 0.2F, 0.08F}, clamp01(0.7F * russet));
        const float spot = smooth_step(0.22F, 0.1F, cells(p * 17 + Vec{shift, 0, 0}));
        colour = mix(colour, {0.25F, 0.19F, 0.06F}, 0.5F * spot);
        Surface s;
        s.colour = colour * (1 + 0.13F * fractal(p * 4 + Vec{shift, 0, 0}, 4));
        s.roughness = 0.42F;
        s.softness = 0.3F;
        s.normal = bumped(point, p, 0.005F, [](Vec q) { return fractal(q * 7, 3); });
        return s;
    });
    const Place bent = [=](Vec p) {
        const Vec q = grown(0.12F, seed)(p);
        return Vec{q.x + 0.05F * q.y * q.y, q.y, q.z};
    };
    add_lathe(
        scene.mesh,
        {{0, 0.1F, 0},
         {0.16F, 0.02F, 0},
         {0.42F, 0.05F, 0},
         {0.68F, 0.33F, 0},
         {0.73F, 0.7F, 0},
         {0.62F, 1.08F, 0},
         {0.43F, 1.42F, 0},
         {0.34F, 1.72F, 0},
         {0.26F, 1.95F, 0},
         {0.12F, 2.05F, 0},
         {0, 2.03F, 0}},
        72, 96, peel, [=](Vec p) { return stand.out(p); }, bent);
    add_stem(scene, stand, {0.21F, 2.0F, 0}, 0.5F, -0.1F);
    return peel;
}

int add_lemon(Scene& scene, Vec at, float turn, int seed) {
    const Stand stand{at, turn, kPi / 2};
    const auto shift = static_cast<float>(seed);
    const int peel = scene.add([=](const Point& point) {
        const Vec p = stand.in(point.position);
        Surface s;
        const float tip = smooth_step(0.5F, 0.8F, std::abs(p.y));
        s.colour = mix({0.82F, 0.6F, 0.05F}, {0.6F, 0.52F, 0.08F}, 0.7F * tip) *
                   (1 + 0.14F * fractal(p * 2.5F + Vec{shift, 0, 0}, 4));
        s.roughness = 0.36F;
        s.softness = 0.3F;
        s.normal = bumped(point, p, 0.005F, [=](Vec q) {
            return -smooth_step(0.45F, 0.1F, cells(q * 17 + Vec{shift, 0, 0})) +
                   0.8F * fractal(q * 3, 2);
        });
        return s;
    });
    add_lathe(
        scene.mesh,
        {{0, -0.77F, 0},
         {0.08F, -0.76F, 0},
         {0.13F, -0.68F, 0},
         {0.25F, -0.58F, 0},
         {0.45F, -0.38F, 0},
         {0.545F, -0.08F, 0},
         {0.535F, 0.16F, 0},
         {0.43F, 0.42F, 0},
         {0.26F, 0.6F, 0},
         {0.14F, 0.72F, 0},
         {0.1F, 0.82F, 0},
         {0, 0.85F, 0}},
        72, 96, peel, [=](Vec p) { return stand.out(p); }, grown(0.09F, seed));
    return peel;
}

void add_bottle(Scene& scene, Vec at, Vec absorption) {
    const int glass = scene.add(
        [=](const Point& p) {
            Surface s;
            s.glass = true;
            s.refraction = 1.5F;
            s.absorption = absorption;
            s.normal = bumped(p, p.position, 0.0012F, [](Vec q) { return fractal(q * 3, 2); });
            return s;
        },
        true);
    add_lathe(scene.mesh,
              {{0, 0.16F, 0},     {0.3F, 0.1F, 0},    {0.56F, 0.0F, 0},  {0.7F, 0.03F, 0},
               {0.74F, 0.14F, 0}, {0.745F, 0.5F, 0},  {0.745F, 1.0F, 0}, {0.745F, 1.6F, 0},
               {0.74F, 2.15F, 0}, {0.68F, 2.5F, 0},   {0.48F, 2.82F, 0}, {0.3F, 3.1F, 0},
               {0.24F, 3.4F, 0},  {0.235F, 3.8F, 0},  {0.24F, 4.1F, 0},  {0.29F, 4.13F, 0},
               {0.3F, 4.22F, 0},  {0.28F, 4.32F, 0},  {0.2F, 4.34F, 0},  {0.175F, 4.26F, 0},
               {0.17F, 3.8F, 0},  {0.175F, 3.4F, 0},  {0.24F, 3.08F, 0}, {0.42F, 2.78F, 0},
               {0.61F, 2.46F, 0}, {0.665F, 2.12F, 0}, {0.67F, 1.6F, 0},  {0.67F, 1.0F, 0},
               {0.67F, 0.5F, 0},  {0.66F, 0.26F, 0},  {0.55F, 0.16F, 0}, {0.3F, 0.24F, 0},
               {0, 0.32F, 0}},
              200, 96, glass, [=](Vec p) {
                  return p + at + Vec{0, 0.003F, 0};
              });
}

void add_bowl(Scene& scene, Vec at, Vec glaze, Vec stripe) {
    const int clay = scene.add([=](const Point& point) {
        const Vec p = point.position - at;
        Surface s;
        const float band =
            smooth_step(0.03F, 0.015F, std::abs(p.y - 0.92F + 0.01F * noise(p * 4))) +
            smooth_step(0.015F, 0.005F, std::abs(p.y - 0.82F));
        const float speck = smooth_step(0.1F, 0.05F, cells(p * 11));
        s.colour = mix(glaze * (1 + 0.05F * fractal(p * 3, 4)), stripe, clamp01(band));
        s.colour = mix(s.colour, {0.28F, 0.2F, 0.14F}, 0.5F * speck);
        s.roughness = 0.2F + 0.06F * fractal(p * 5, 2);
        s.gloss = 0.05F;
        s.normal = bumped(point, p, 0.003F,
                          [=](Vec q) { return 0.4F * std::sin(q.y * 70) + fractal(q * 3, 2); });
        return s;
    });
    add_lathe(scene.mesh,
              {{0, 0.05F, 0},
               {0.4F, 0.05F, 0},
               {0.62F, 0.03F, 0},
               {0.68F, 0, 0},
               {0.74F, 0.03F, 0},
               {0.76F, 0.12F, 0},
               {1.1F, 0.28F, 0},
               {1.45F, 0.52F, 0},
               {1.72F, 0.82F, 0},
               {1.86F, 1.08F, 0},
               {1.87F, 1.13F, 0},
               {1.82F, 1.14F, 0},
               {1.76F, 1.06F, 0},
               {1.62F, 0.83F, 0},
               {1.36F, 0.58F, 0},
               {1.0F, 0.37F, 0},
               {0.6F, 0.27F, 0},
               {0, 0.25F, 0}},
              140, 128, clay, [=](Vec p) { return p + at; });
}

void add_cup(Scene& scene, Vec at, Vec clay, Vec glaze) {
    const int ware = scene.add([=](const Point& point) {
        const Vec p = point.position - at;
        Surface s;
        const float line = 0.62F + 0.07F * fractal({std::atan2(p.z, p.x) * 2, 1, 1}, 3);
        const float dipped = smooth_step(line - 0.01F, line + 0.01F, p.y);
        const float speck = smooth_step(0.14F, 0.06F, cells(p * 13));
        s.colour = mix(clay, glaze * (1 + 0.3F * fractal(p * 4, 4)), dipped);
        s.colour = mix(s.colour, {0.16F, 0.1F, 0.07F}, 0.55F * speck);
        s.roughness = mix(0.55F, 0.16F, dipped);
        s.normal = bumped(point, p, 0.003F, [](Vec q) {
            return 0.5F * std::sin(q.y * 45 + noise(q * 3)) + fractal(q * 4, 2);
        });
        return s;
    });
    const int coffee = scene.add([](const Point& p) {
        Surface s;
        s.colour = {0.035F, 0.014F, 0.006F};
        s.roughness = 0.03F;
        s.normal = p.normal;
        return s;
    });
    const Vec up = at + Vec{0, 0.13F, 0};
    add_lathe(scene.mesh,
              {{0, 0.03F, 0},
               {0.5F, 0.03F, 0},
               {0.56F, 0, 0},
               {0.62F, 0.05F, 0},
               {1.0F, 0.1F, 0},
               {1.28F, 0.19F, 0},
               {1.32F, 0.24F, 0},
               {1.26F, 0.25F, 0},
               {0.95F, 0.17F, 0},
               {0.6F, 0.12F, 0},
               {0, 0.12F, 0}},
              90, 110, ware, [=](Vec p) { return p + at; });
    add_lathe(scene.mesh,
              {{0, 0.04F, 0},
               {0.36F, 0.03F, 0},
               {0.42F, 0, 0},
               {0.47F, 0.06F, 0},
               {0.62F, 0.3F, 0},
               {0.7F, 0.65F, 0},
               {0.74F, 1.02F, 0},
               {0.76F, 1.14F, 0},
               {0.74F, 1.17F, 0},
               {0.71F, 1.14F, 0},
               {0.69F, 1.0F, 0},
               {0.64F, 0.65F, 0},
               {0.55F, 0.34F, 0},
               {0.3F, 0.16F, 0},
               {0, 0.13F, 0}},
              110, 110, ware, [=](Vec p) { return p + up; });
    add_lathe(scene.mesh,
              {{0.69F, 0.985F, 0}, {0.67F, 0.97F, 0}, {0.4F, 0.966F, 0}, {0, 0.966F, 0}}, 16, 80,
              coffee, [=](Vec p) { return p + up; });
    const auto handle = [](Vec p) {
        const Vec d{p.x - 0.74F, (p.y - 0.58F) * 0.85F, p.z};
        const float ring = std::hypot(d.x, d.y) - 0.3F;
        return std::max(std::hypot(ring, d.z * 0.75F) - 0.065F, 0.66F - p.x);
    };
    add_surface(
        scene.mesh, handle, {0.6F, 0.1F, -0.15F}, {1.2F, 1.1F, 0.15F}, 0.012F,
        [=](Vec) { return ware; }, [=](Vec p) { return turned(p, 0.6F) + up; });
}

void add_book(Scene& scene, Vec half, Vec cover, float turn, Vec middle) {
    const Place place = [=](Vec p) { return turned(p, turn) + middle; };
    const auto local = [=](Vec p) { return turned(p - middle, -turn); };
    const int cloth = scene.add([=](const Point& point) {
        const Vec p = local(point.position);
        Surface s;
        const float weave = std::sin(p.x * 190) * std::sin(p.z * 190 + p.y * 190);
        const bool spine = p.z > half.z * 0.9F;
        const float title = spine && std::abs(std::abs(p.x) - half.x * 0.72F) < 0.03F ? 1.0F : 0.0F;
        const float mark = spine && std::abs(p.y) < half.y * 0.28F &&
                                   std::abs(p.x) < half.x * 0.42F &&
                                   noise({p.x * 15, 2.5F, half.x * 9}) > -0.05F
                               ? 1.0F
                               : 0.0F;
        const float gold = std::max(title, mark);
        s.colour = mix(cover * (1 + 0.12F * weave + 0.2F * fractal(p * 3, 4)),
                       {0.75F, 0.55F, 0.22F}, 0.85F * gold);
        s.roughness = mix(0.7F, 0.3F, gold);
        s.gloss = mix(0.03F, 0.3F, gold);
        s.normal = point.normal;
        return s;
    });
    const int paper = scene.add([=](const Point& point) {
        const Vec p = local(point.position);
        Surface s;
        const float sheets = noise({p.x * 1.5F, p.y * 130, p.z * 1.5F}) +
                             0.6F * noise({p.x * 4, p.y * 300, p.z * 4});
        s.colour = Vec{0.74F, 0.67F, 0.54F} * (0.86F + 0.22F * sheets);
        s.roughness = 0.9F;
        s.gloss = 0.02F;
        s.normal = point.normal;
        return s;
    });
    const float board = 0.035F;
    for (const float side : {-1.0F, 1.0F}) {
        add_box(scene.mesh, {half.x, board, half.z}, 0.02F, cloth, [=](Vec p) {
            return place(p + Vec{0, side * (half.y - board), 0});
        });
    }
    add_box(scene.mesh, {half.x, half.y, board}, 0.03F, cloth, [=](Vec p) {
        return place(p + Vec{0, 0, half.z - board});
    });
    add_box(scene.mesh, {half.x - 0.06F, half.y - 2 * board, half.z - 0.07F}, 0.01F, paper, place);
}

void add_ball(Scene& scene, Vec middle, float radius, int material) {
    std::vector<Vec> profile;
    for (int i = 0; i <= 24; ++i) {
        const float angle = kPi * (static_cast<float>(i) / 24 - 0.5F);
        profile.push_back({radius * std::cos(angle), radius * std::sin(angle), 0});
    }
    add_lathe(scene.mesh, profile, 60, 90, material, [=](Vec p) { return p + middle; });
}

}  // namespace dfd::samples
