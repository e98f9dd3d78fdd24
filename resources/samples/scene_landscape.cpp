#include "resources/samples/noise.h"
#include "resources/samples/scenes.h"

namespace dfd::samples {
namespace {

constexpr float kLake = 0;

float ridged(float x, float z, int octaves) {
    float sum = 0;
    float weight = 0.55F;
    float frequency = 1;
    float carry = 1;
    for (int i = 0; i < octaves; ++i) {
        const float n =
            1 -
            std::abs(noise({x * frequency, 3.7F + static_cast<float>(i), z * frequency}) * 1.5F);
        const float r = n * n * carry;
        sum += r * weight;
        carry = clamp01(r * 1.6F);
        weight *= 0.5F;
        frequency *= 2.07F;
    }
    return sum;
}

/// Height: mountains in the back, a lake in front, hills at the sides. One unit is 100 m.
float ground(float x, float z) {
    const float far = smooth_step(-14, -42, z);
    const float peaks = 15.5F * std::pow(ridged(x * 0.036F + 5.2F, z * 0.036F + 1.3F, 7), 1.35F);
    const float valley = smooth_step(2, 20, std::abs(x + 2 + 3 * std::sin(z * 0.12F)));
    const float hills = 1.9F * valley * (0.55F + 0.6F * fractal({x * 0.13F, 0, z * 0.13F}, 6)) *
                        smooth_step(2, -8, z);
    const float bank =
        0.5F * smooth_step(-3.4F, -1.2F, z) * (0.55F + fractal({x * 0.5F, 2, z * 0.5F}, 5));
    return -0.35F + far * peaks * (0.55F + 0.45F * valley) + hills + bank +
           0.05F * fractal({x * 1.5F, 1, z * 1.5F}, 4);
}

Surface earth(const Point& point) {
    const Vec p = point.position;
    Surface s;
    const float e = 0.03F;
    const auto rough = [](Vec q) { return fractal(q * 1.7F, 6) + 0.4F * fractal(q * 11, 3); };
    const float here = rough(p);
    const Vec g{rough(p + Vec{e, 0, 0}) - here, rough(p + Vec{0, e, 0}) - here,
                rough(p + Vec{0, 0, e}) - here};
    s.normal = normalised(point.normal - (g - point.normal * dot(g, point.normal)) * (0.085F / e));
    if (s.normal.y < 0) {
        s.normal = -s.normal;
    }
    const float slope = s.normal.y;
    const float patch = fractal(p * 0.6F, 5);
    const Vec rock = mix({0.2F, 0.185F, 0.17F}, {0.33F, 0.3F, 0.27F},
                         clamp01(0.5F + fractal({p.x * 0.7F, p.y * 3, p.z * 0.7F}, 5)));
    const Vec grass = mix({0.07F, 0.1F, 0.025F}, {0.17F, 0.15F, 0.05F}, clamp01(0.5F + patch));
    const float green = smooth_step(0.6F, 0.8F, slope + 0.12F * patch) *
                        smooth_step(4.6F, 2.6F, p.y + 1.6F * patch);
    const float white = smooth_step(0.42F, 0.66F, slope + 0.15F * patch) *
                        smooth_step(4.4F, 6.2F, p.y + 1.5F * patch);
    const float shore = smooth_step(kLake + 0.14F, kLake + 0.03F, p.y);
    s.colour = mix(mix(rock, grass, green), {0.3F, 0.26F, 0.2F}, shore);
    s.colour = mix(s.colour, {0.86F, 0.88F, 0.92F}, white);
    s.roughness = 0.9F;
    s.gloss = 0.02F;
    return s;
}

void add_pine(Mesh& mesh, Vec foot, float height, int material, Random& random) {
    const int layers = 6;
    const int sides = 9;
    for (int layer = 0; layer < layers; ++layer) {
        const float t = static_cast<float>(layer) / layers;
        const float low = height * (0.1F + 0.86F * t);
        const float top = std::min(height, low + height * 0.34F);
        const float radius = height * 0.2F * (1 - t) + height * 0.03F;
        const float turn = random.next() * 6;
        Vec ring[sides];
        for (int i = 0; i < sides; ++i) {
            const float angle = turn + 2 * kPi * static_cast<float>(i) / sides;
            const float r = radius * (0.6F + 0.7F * random.next());
            ring[i] = foot + Vec{r * std::cos(angle), low - 0.25F * r, r * std::sin(angle)};
        }
        const Vec tip = foot + Vec{0, top, 0};
        for (int i = 0; i < sides; ++i) {
            const Vec a = ring[i];
            const Vec b = ring[(i + 1) % sides];
            const Vec na = normalised(a - foot - Vec{0, low * 0.8F, 0});
            const Vec nb = normalised(b - foot - Vec{0, low * 0.8F, 0});
            mesh.push_back({{a, tip, b}, {na, normalised(na + Vec{0, 1, 0}), nb}, material});
        }
    }
}

Vec morning_sky(Vec d, Vec sun) {
    const float up = std::max(d.y, 0.0F);
    Vec colour =
        mix({0.86F, 0.72F, 0.58F}, {0.17F, 0.32F, 0.62F}, std::pow(clamp01(up * 1.7F), 0.55F));
    const float towards = std::max(dot(d, sun), 0.0F);
    colour += Vec{1.2F, 0.75F, 0.36F} * (0.35F * std::pow(towards, 6.0F));
    // Two flat layers of cloud.
    if (d.y > 0.015F) {
        const float reach = 1 / (d.y + 0.06F);
        const Vec q{d.x * reach, 0, d.z * reach};
        const float warp = fractal(q * 0.35F + Vec{3, 1, 0}, 4);
        const float body = fractal(Vec{q.x * 0.55F + warp, 2.3F, q.z * 0.9F + warp}, 7);
        const float cover =
            smooth_step(0.02F, 0.42F, body + 0.03F) * smooth_step(0.02F, 0.12F, d.y);
        const float thick = smooth_step(0.1F, 0.6F, body);
        const Vec lit = Vec{1.5F, 1.2F, 0.98F} * (0.75F + 0.7F * std::pow(towards, 3.0F));
        colour = mix(colour, mix(lit, {0.42F, 0.42F, 0.5F}, 0.8F * thick), 0.88F * cover);
        const float veil = fractal({q.x * 0.2F, 8, q.z * 1.1F}, 5);
        colour = mix(colour, lit * 0.9F, 0.3F * smooth_step(0.05F, 0.5F, veil));
    }
    return colour;
}

}  // namespace

Scene landscape() {
    Scene scene;
    const int soil = scene.add(earth);
    add_terrain(scene.mesh, ground, {-46, 0, -70}, {46, 0, -16}, 620, 420, soil);
    add_terrain(scene.mesh, ground, {-30, 0, -16}, {30, 0, 3}, 620, 300, soil);
    const int water = scene.add([](const Point& point) {
        const Vec p = point.position;
        Surface s;
        const float e = 0.02F;
        const auto ripple = [](Vec q) {
            return fractal({q.x * 1.3F, 0, q.z * 4.5F}, 4) * (0.6F + 0.6F * noise(q * 0.25F));
        };
        const float here = ripple(p);
        s.normal = normalised(Vec{-(ripple(p + Vec{e, 0, 0}) - here) * (0.006F / e), 1,
                                  -(ripple(p + Vec{0, 0, e}) - here) * (0.006F / e)});
        s.colour = {0.018F, 0.04F, 0.045F};
        s.roughness = 0.02F;
        s.gloss = 0.025F;
        return s;
    });
    add_quad(scene.mesh, {-60, kLake, 4}, {120, 0, 0}, {0, 0, -60}, water);
    const int needles = scene.add([](const Point& point) {
        Surface s;
        const Vec p = point.position;
        s.colour = mix({0.022F, 0.042F, 0.018F}, {0.06F, 0.075F, 0.025F},
                       clamp01(0.5F + noise(p * 1.4F) + 0.6F * fractal(p * 14, 2)));
        s.roughness = 0.9F;
        s.gloss = 0.02F;
        s.normal = normalised(
            point.normal +
            Vec{noise(p * 40), noise(p * 40 + Vec{9, 0, 0}), noise(p * 40 + Vec{0, 9, 0})} * 0.6F);
        return s;
    });
    Random random(21);
    for (int i = 0; i < 26'000; ++i) {
        const float z = 1.0F - 38 * std::pow(random.next(), 1.3F);
        const float x = (random.next() - 0.5F) * (14 - 1.6F * z);
        const float y = ground(x, z);
        const float slope = (ground(x + 0.2F, z) - y) * 5;
        const float grove = fractal({x * 0.22F, 4, z * 0.22F}, 4);
        if (y < kLake + 0.08F || y > 3.3F || std::abs(slope) > 1.1F || grove < 0.03F - 0.04F * y) {
            continue;
        }
        add_pine(scene.mesh, {x, y - 0.02F, z}, 0.22F + 0.3F * random.next(), needles, random);
    }
    scene.sun_direction = normalised({-0.72F, 0.34F, -0.28F});
    scene.sun = Vec{4.6F, 3.4F, 2.2F} * 2.1F;
    scene.sun_size = 0.012F;
    scene.sky = [sun = scene.sun_direction](Vec d) { return morning_sky(d, sun); };
    scene.haze = {0.5F, 0.54F, 0.62F};
    scene.haze_density = 0.0042F;
    scene.camera = {{1.2F, 1.25F, 5.2F}, {-0.6F, 2.35F, -20}, 36, 0, 0};
    scene.exposure = 0.72F;
    scene.warmth = 0.05F;
    scene.samples = 16;
    scene.seed = 4;
    return scene;
}

}  // namespace dfd::samples
