#include "resources/samples/head.h"

#include "resources/samples/noise.h"

namespace dfd::samples {
namespace {

constexpr Vec kEye{0.285F, 0.02F, 0.6F};
constexpr float kEyeRadius = 0.165F;
constexpr Vec kMouth{0, -0.535F, 0.78F};

float ellipsoid(Vec p, Vec centre, Vec radii) {
    const Vec d = p - centre;
    const Vec a{d.x / radii.x, d.y / radii.y, d.z / radii.z};
    const Vec b{a.x / radii.x, a.y / radii.y, a.z / radii.z};
    const float k = length(a);
    return k * (k - 1) / std::max(length(b), 1e-4F);
}

float sphere(Vec p, Vec centre, float radius) {
    return length(p - centre) - radius;
}

float capsule(Vec p, Vec a, Vec b, float from, float to) {
    const Vec pa = p - a;
    const Vec ba = b - a;
    const float h = clamp01(dot(pa, ba) / dot(ba, ba));
    return length(pa - ba * h) - mix(from, to, h);
}

float join(float a, float b, float soft) {
    const float h = std::max(soft - std::abs(a - b), 0.0F) / soft;
    return std::min(a, b) - h * h * soft * 0.25F;
}

/// Height above the line of the mouth, which dips in the middle and rises towards its corners.
float above_mouth(Vec p) {
    const float x = std::abs(p.x);
    return p.y - kMouth.y + 0.014F * std::exp(-x * x * 300) - 0.07F * x;
}

float carve(float a, float b, float soft) {
    return -join(-a, b, soft);
}

/// Mirrors to one half: faces are nearly symmetric.
Vec folded(Vec p) {
    return {std::abs(p.x), p.y, p.z};
}

/// Half the height of the opening between the lids; x from the centre of the eye.
float opening(float x) {
    const float t = (x - 0.005F) / 0.15F;
    return 0.064F * std::max(0.0F, 1 - t * t);
}

float lids(Vec q) {
    const Vec d = q - kEye;
    const float centre = 0.004F + 0.05F * d.x;  // the outer corner sits a little higher
    const float up = (d.y - centre) / (d.y > centre ? 1.1F : 0.8F);
    const float closed = std::abs(up) - opening(d.x);
    const float shell = std::abs(length(d) - kEyeRadius - 0.012F) - 0.02F;
    return std::max(shell, d.z > 0 ? -closed * 0.8F : -1.0F);
}

float skull(Vec p, const Look& look) {
    const Vec q = folded(p);
    float d = ellipsoid(p, {0, 0.36F, -0.1F}, {0.76F, 0.86F, 0.92F});
    d = join(d, ellipsoid(p, {0, -0.22F, 0.16F}, {0.535F * look.jaw, 0.78F, 0.62F}), 0.3F);
    d = join(d, sphere(p, {0, -0.88F, 0.48F}, 0.165F * look.jaw), 0.28F);          // chin
    d = join(d, ellipsoid(q, {0.38F, -0.2F, 0.47F}, {0.24F, 0.2F, 0.2F}), 0.25F);  // cheeks
    d = join(d, ellipsoid(q, {0.385F * look.jaw, -0.6F, 0.06F}, {0.13F, 0.2F, 0.28F}), 0.3F);
    return d;
}

float face(Vec p, const Look& look) {
    const Vec q = folded(p);
    float d = skull(p, look);
    // Brows above, sockets below.
    d = join(d, capsule(q, {0.1F, 0.2F, 0.74F}, {0.42F, 0.22F, 0.58F}, 0.07F, 0.05F), 0.16F);
    d = carve(d, ellipsoid(q, {0.29F, 0.02F, 0.83F}, {0.21F, 0.14F, 0.17F}), 0.14F);
    d = join(d, sphere(q, kEye, kEyeRadius - 0.02F), 0.05F);
    d = join(d, lids(q), 0.035F);
    // Nose: bridge, back, tip, wings.
    const float tip = -0.24F - 0.05F * (look.nose - 1);
    const float out = 0.97F + 0.1F * (look.nose - 1);
    d = join(d, capsule(p, {0, 0.16F, 0.68F}, {0, tip + 0.05F, out - 0.02F}, 0.07F, 0.075F), 0.11F);
    d = join(d, sphere(p, {0, tip, out - 0.01F}, 0.098F), 0.07F);
    d = join(d, ellipsoid(q, {0.105F, tip - 0.03F, out - 0.13F}, {0.07F, 0.062F, 0.1F}), 0.06F);
    d = carve(d, ellipsoid(q, {0.055F, tip - 0.1F, out - 0.09F}, {0.03F, 0.035F, 0.05F}), 0.03F);
    // Mouth: a mound, two lips, the line between them.
    d = join(d, ellipsoid(p, kMouth - Vec{0, 0, 0.09F}, {0.23F, 0.16F, 0.085F}), 0.14F);
    const float full = look.mouth;
    const Vec m{q.x, kMouth.y + above_mouth(p), p.z + 0.8F * q.x * q.x};
    d = join(d, ellipsoid(m, kMouth + Vec{0.07F, 0.028F, 0.005F}, {0.15F, 0.04F * full, 0.06F}),
             0.045F);
    d = join(d, ellipsoid(m, kMouth + Vec{0, -0.046F, -0.002F}, {0.16F, 0.05F * full, 0.068F}),
             0.045F);
    d = carve(d,
              capsule(m, kMouth + Vec{-0.2F, -0.006F, 0.075F}, kMouth + Vec{0.19F, -0.006F, 0.06F},
                      0.012F, 0.008F),
              0.03F);
    d = carve(d, capsule(p, {0, -0.37F, 0.9F}, {0, -0.46F, 0.88F}, 0.022F, 0.028F), 0.06F);
    d = carve(d, ellipsoid(p, {0, -0.7F, 0.79F}, {0.11F, 0.025F, 0.05F}), 0.08F);
    // Ears and neck.
    const Vec e{q.x - 0.73F + 0.25F * (q.z + 0.05F), q.y + 0.02F, q.z + 0.06F};
    float ear = ellipsoid(e, {0.03F, 0, 0}, {0.07F, 0.23F, 0.15F});
    ear = carve(ear, ellipsoid(e, {0.1F, 0.02F, 0.02F}, {0.06F, 0.15F, 0.09F}), 0.04F);
    d = join(d, ear, 0.05F);
    d = join(d, capsule(p, {0, -0.5F, -0.12F}, {0, -1.95F, -0.26F}, 0.34F, 0.37F), 0.18F);
    d = join(d, capsule(q, {0.09F, -1.74F, 0.12F}, {0.6F, -1.7F, -0.1F}, 0.045F, 0.04F), 0.16F);
    d = join(d, ellipsoid(p, {0, -2.42F, -0.22F}, {1.35F, 0.72F, 0.55F}), 0.35F);
    if (look.age > 0) {  // folds from nose to mouth
        d = carve(d, capsule(q, {0.16F, -0.3F, 0.83F}, {0.29F, -0.56F, 0.7F}, 0.012F, 0.008F),
                  0.06F * look.age);
    }
    return d;
}

/// Region where hair may grow: behind a line from the forehead over the temples to the neck.
float hair_line(Vec p) {
    const float x = std::abs(p.x);
    const float front = 0.66F - 0.42F * x * x + 0.06F * std::sin(p.x * 5 + 0.6F);
    const float above = front - p.y;                         // below the forehead's edge
    const float behind = p.z + 0.12F - 0.3F * (p.y + 0.2F);  // in front of the ears
    return std::min(std::max(above, -1.0F), behind);
}

float strands(Vec p, std::uint64_t seed) {
    // Combed back from a parting: angle around the head, slowly twisting downwards.
    const float parting = 0.14F;
    const Vec c{p.x - parting * smooth_step(0.2F, 1.0F, p.y), p.y - 0.2F, p.z + 0.1F};
    const float across = std::atan2(c.x, c.y + 0.9F) * 2.2F + 0.35F * std::sin(p.y * 3 + p.z * 2);
    const auto shift = static_cast<float>(seed);
    const float locks = noise({across * 7, p.z * 0.8F, p.y * 0.7F + shift});
    const float fine = noise({across * 34, p.z * 1.3F, p.y * 1.1F + shift});
    return 0.05F * locks + 0.016F * fine;
}

float hair(Vec p, const Look& look) {
    const Vec q = folded(p);
    float d = skull(p, look) - 0.12F - 0.06F * smooth_step(0.6F, 1.2F, p.y);
    d = std::max(d, hair_line(p) * 0.8F);
    if (look.long_hair) {
        // Locks fall behind the ears to the shoulders.
        const float wave = 0.05F * std::sin(p.y * 5 + 1);
        d = join(
            d, capsule(q, {0.62F + wave, 0.2F, -0.25F}, {0.62F + wave, -1.5F, -0.3F}, 0.26F, 0.2F),
            0.3F);
        d = join(d, ellipsoid(p, {0, -0.5F, -0.62F}, {0.68F, 1.1F, 0.34F}), 0.3F);
    } else {
        d = std::max(d, -0.55F - p.y);
    }
    return d + strands(p, look.seed);
}

float cloth(Vec p) {
    float d = ellipsoid(p, {0, -2.45F, -0.22F}, {1.6F, 0.92F, 0.74F});
    d = std::max(d, -(sphere(p, {0, -1.42F, 0.3F}, 0.6F)));
    d = std::max(d, -capsule(p, {0, -1, -0.2F}, {0, -2, -0.25F}, 0.5F, 0.5F));
    return d - 0.012F * std::sin(p.x * 9 + 2 * noise(p * 1.5F)) * smooth_step(-1.6F, -2.2F, p.y);
}

Vec gradient_bump(Vec n, Vec p, float scale, float strength, int octaves) {
    const float e = 0.15F / scale;
    const auto f = [&](Vec at) { return fractal(at * scale, octaves); };
    const float here = f(p);
    const Vec g{f(p + Vec{e, 0, 0}) - here, f(p + Vec{0, e, 0}) - here, f(p + Vec{0, 0, e}) - here};
    return normalised(n - (g - n * dot(g, n)) * (strength / 0.15F));
}

/// Brow hair: thick near the nose, thin at the temple.
float brow(Vec q, const Look& look) {
    const float t = clamp01((q.x - 0.09F) / 0.4F);
    const float arch = 0.245F + look.brow + 0.075F * std::sin(t * 2.3F) - 0.05F * t * t;
    const float width = mix(0.05F, 0.018F, t) * (q.x < 0.1F ? smooth_step(0.06F, 0.1F, q.x) : 1);
    const float hairs = 0.35F * noise({q.x * 70 + q.y * 25, q.y * 22 - q.x * 12, 2});
    const float inside = 1 - std::abs(q.y - arch) / std::max(width, 1e-3F);
    return q.x < 0.5F && q.z > 0.3F ? smooth_step(-0.1F, 0.6F, inside + hairs) : 0;
}

Surface skin(Vec p, Vec n, const Look& look) {
    const Vec q = folded(p);
    Surface s;
    const float blotch = fractal(p * 3.5F, 4);
    const float fine = fractal(p * 26, 3);
    Vec colour = look.skin * (1 + 0.07F * blotch + 0.05F * fine);
    const float blush =
        std::exp(-std::pow(length(q - Vec{0.4F, -0.22F, 0.62F}) / 0.24F, 2.0F)) +
        0.8F * std::exp(-std::pow(length(p - Vec{0, -0.25F, 0.98F}) / 0.14F, 2.0F)) +
        0.5F * std::exp(-std::pow((q.x - 0.75F) / 0.1F, 2.0F)) * (q.y < 0.3F ? 1.0F : 0.0F);
    colour = mix(colour, colour * Vec{1.06F, 0.76F, 0.72F}, clamp01(blush * 0.75F));
    const float freckle =
        smooth_step(0.2F, 0.08F, cells(p * 17)) * smooth_step(0.1F, 0.5F, noise(p * 2.5F) + 0.3F);
    colour = colour * (1 - (0.1F + 0.25F * look.age) * freckle);
    // Lips follow the line of the mouth.
    const float y = above_mouth(p);
    const float upper = 0.055F * look.mouth - 1.35F * q.x * q.x;
    const float lower = -0.09F * look.mouth + 2.1F * q.x * q.x;
    const float lip = smooth_step(-0.012F, 0.012F, std::min(upper - y, y - lower)) *
                      smooth_step(0.225F, 0.185F, q.x) * (p.z > 0.4F ? 1.0F : 0.0F);
    colour = mix(colour, look.lips * (1 + 0.12F * noise({p.x * 60, p.y * 9, 1})), 0.85F * lip);
    colour = colour * (1 - 0.65F * smooth_step(0.014F, 0.004F, std::abs(y + 0.006F)) *
                               smooth_step(0.215F, 0.16F, q.x) * (p.z > 0.4F ? 1.0F : 0.0F));
    colour = mix(colour, look.hair * 0.8F, 0.85F * brow(q, look));
    // Lashes as a dark edge of the upper lid, and the shadow at the lower one.
    const Vec d = q - kEye;
    const float lid = 0.004F + 0.05F * d.x + 1.1F * opening(d.x);
    const float near_eye = smooth_step(0.06F, 0.03F, std::abs(length(d) - kEyeRadius - 0.02F)) *
                           (d.z > 0 ? 1.0F : 0.0F) * (std::abs(d.x) < 0.16F ? 1.0F : 0.0F);
    colour = mix(colour, look.hair * 0.35F,
                 0.9F * near_eye * smooth_step(0.03F, 0.012F, std::abs(d.y - lid - 0.01F)));
    const float below = 0.004F + 0.05F * d.x - 0.8F * opening(d.x);
    colour = mix(colour, colour * Vec{0.8F, 0.6F, 0.55F},
                 0.6F * near_eye * smooth_step(0.025F, 0.005F, std::abs(d.y - below + 0.005F)));
    s.colour = lowest(colour, {0.95F, 0.95F, 0.95F});
    s.roughness = mix(0.5F, 0.36F, lip) + 0.06F * fine;
    s.gloss = 0.028F;
    s.softness = 1;
    s.normal = gradient_bump(n, p, 30, 0.05F, 3);
    return s;
}

Surface eye(Vec p, Vec n, Vec centre, const Look& look) {
    // Both eyes look at the viewer.
    const Vec gaze = normalised(Vec{centre.x > 0 ? -0.02F : 0.02F, -0.01F, 1});
    const Vec d = normalised(p - centre);
    const float angle = std::acos(std::clamp(dot(d, gaze), -1.0F, 1.0F));
    const Vec around = d - gaze * dot(d, gaze);
    const float turn = std::atan2(around.y, around.x);
    Surface s;
    const float fibres = fractal({std::cos(turn) * 9, std::sin(turn) * 9, angle * 4}, 3);
    const Vec iris = look.iris * (0.6F + 0.8F * fibres + 0.7F * smooth_step(0.36F, 0.24F, angle));
    const Vec white =
        Vec{0.82F, 0.78F, 0.75F} - Vec{0.0F, 0.1F, 0.1F} * smooth_step(0.6F, 1.2F, angle);
    s.colour = mix(mix({0.01F, 0.01F, 0.01F}, highest(iris, {0.01F, 0.01F, 0.01F}),
                       smooth_step(0.21F, 0.24F, angle)),
                   white, smooth_step(0.5F, 0.55F, angle));
    s.colour = s.colour * (1 - 0.6F * std::exp(-std::pow((angle - 0.51F) / 0.05F, 2.0F)));
    s.roughness = 0.04F;
    s.gloss = 0.03F;
    s.normal = n;
    return s;
}

Surface hair_surface(Vec p, Vec n, const Look& look) {
    Surface s;
    const float e = 0.006F;
    const auto f = [&](Vec at) { return strands(at, look.seed); };
    const float here = f(p);
    const Vec g{f(p + Vec{e, 0, 0}) - here, f(p + Vec{0, e, 0}) - here, f(p + Vec{0, 0, e}) - here};
    s.normal = normalised(n + (g - n * dot(g, n)) * (0.7F / e));
    s.colour = look.hair * (1 + 9 * here) * (1 + 0.25F * noise(p * 3));
    s.colour = highest(s.colour, {0.004F, 0.003F, 0.002F});
    s.roughness = 0.36F;
    s.gloss = 0.05F;
    return s;
}

Surface knitted(Vec p, Vec n, const Look& look) {
    Surface s;
    const float u = std::atan2(p.x, p.z + 0.3F) * 55;
    const float v = p.y * 44 + 0.6F * std::abs(std::sin(u));
    const float loop = std::abs(std::sin(u)) * (0.6F + 0.4F * std::sin(v));
    s.colour = look.cloth * (0.6F + 0.6F * loop + 0.15F * fractal(p * 30, 3));
    s.roughness = 0.85F;
    s.gloss = 0.02F;
    s.normal = gradient_bump(n, p, 22, 0.25F, 2);
    return s;
}

}  // namespace

void add_head(Scene& scene, const Look& look, float yaw, Vec at) {
    const Place place = [=](Vec p) { return turned(p, yaw) + at; };
    const auto local = [=](Vec p) { return turned(p - at, -yaw); };
    const auto shader = [&](auto surface) {
        return scene.add([=](const Point& point) {
            Surface s = surface(local(point.position), turned(point.normal, -yaw));
            s.normal = turned(s.normal, yaw);
            return s;
        });
    };
    const int skin_id = shader([=](Vec p, Vec n) { return skin(p, n, look); });
    const int hair_id = shader([=](Vec p, Vec n) { return hair_surface(p, n, look); });
    const int cloth_id = shader([=](Vec p, Vec n) { return knitted(p, n, look); });
    add_surface(
        scene.mesh, [&](Vec p) { return face(p, look); }, {-1.6F, -2.6F, -1.3F},
        {1.6F, 1.4F, 1.25F}, 0.0145F, [=](Vec) { return skin_id; }, place);
    add_surface(
        scene.mesh, [&](Vec p) { return hair(p, look); }, {-1.3F, -2.0F, -1.5F}, {1.3F, 1.7F, 1.3F},
        0.0145F, [=](Vec) { return hair_id; }, place);
    add_surface(
        scene.mesh, [&](Vec p) { return cloth(p); }, {-1.8F, -3.0F, -1.2F}, {1.8F, -1.0F, 0.9F},
        0.02F, [=](Vec) { return cloth_id; }, place);
    for (const float side : {-1.0F, 1.0F}) {
        const Vec centre{kEye.x * side, kEye.y, kEye.z};
        const int eye_id = shader([=](Vec p, Vec n) { return eye(p, n, centre, look); });
        std::vector<Vec> profile;
        for (int i = 0; i <= 24; ++i) {
            const float angle = kPi * (static_cast<float>(i) / 24 - 0.5F);
            profile.push_back({kEyeRadius * std::cos(angle), kEyeRadius * std::sin(angle), 0});
        }
        add_lathe(scene.mesh, profile, 48, 64, eye_id, [=](Vec p) { return place(p + centre); });
    }
}

}  // namespace dfd::samples
