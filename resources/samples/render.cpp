// Path tracer: follows light backwards from the camera, through glass and off surfaces.
#include <atomic>
#include <thread>

#include "resources/samples/scene.h"

namespace dfd::samples {
namespace {

constexpr int kMostBounces = 9;

struct Basis {
    Vec x, y, z;
    explicit Basis(Vec normal) : z(normal) {
        const Vec helper = std::abs(normal.x) > 0.8F ? Vec{0, 1, 0} : Vec{1, 0, 0};
        x = normalised(cross(helper, normal));
        y = cross(normal, x);
    }
    [[nodiscard]] Vec out(Vec local) const { return x * local.x + y * local.y + z * local.z; }
};

Vec cosine_direction(Random& random) {
    const float r = std::sqrt(random.next());
    const float angle = 2 * kPi * random.next();
    return {r * std::cos(angle), r * std::sin(angle), std::sqrt(std::max(0.0F, 1 - r * r))};
}

float schlick(float front, float cosine) {
    const float m = clamp01(1 - cosine);
    return front + (1 - front) * m * m * m * m * m;
}

/// GGX distribution of microfacet normals.
float facets(float cosine, float alpha) {
    const float a = alpha * alpha;
    const float d = cosine * cosine * (a - 1) + 1;
    return a / (kPi * d * d);
}

float shadowing(float cosine, float alpha) {
    const float a = alpha * alpha;
    return 2 * cosine / (cosine + std::sqrt(a + (1 - a) * cosine * cosine));
}

struct Place3 {
    Vec position;
    Vec face;  ///< geometric normal, facing the ray's origin
    Surface surface;
    bool entering = true;
};

class Tracer {
  public:
    explicit Tracer(const Scene& scene) : scene_(scene), tree_(scene.mesh) {}

    struct Sample {
        Vec light;
        Vec colour{1, 1, 1};
        Vec normal;
        float depth = 0;
        int shader = -1;  ///< of the first surface
    };

    [[nodiscard]] Sample follow(Ray ray, Random& random) const {
        Sample sample;
        Vec through{1, 1, 1};
        bool sees_lamps = true;  // false if lamps were already sampled directly
        bool guided = false;
        bool diffused = false;  // after a rough surface: ignore further mirror reflections
        Vec inside;             // absorption of the glass the ray is in
        for (int bounce = 0; bounce < kMostBounces; ++bounce) {
            Hit hit;
            if (!tree_.nearest(ray, 1e9F, hit)) {
                Vec sky = scene_.sky ? scene_.sky(ray.direction) : Vec{};
                if (diffused) {
                    sky = lowest(sky, {4, 4, 4});
                }
                sample.light += through * sky;
                break;
            }
            if (bounce > 0) {
                through *= {std::exp(-inside.x * hit.distance), std::exp(-inside.y * hit.distance),
                            std::exp(-inside.z * hit.distance)};
            }
            const Place3 at = place_of(ray, hit, !diffused);
            const Surface& surface = at.surface;
            if (bounce == 0) {
                sample.shader = tree_.triangle(hit.triangle).material;
            }
            if (scene_.haze_density > 0) {
                const float kept = std::exp(-scene_.haze_density * hit.distance);
                sample.light += through * scene_.haze * (1 - kept);
                through = through * kept;
            }
            if (largest(surface.emission) > 0) {
                if (sees_lamps && !diffused && at.entering) {
                    sample.light += through * surface.emission;
                }
                if (!guided) {
                    sample.depth = hit.distance;
                    sample.normal = surface.normal;
                }
                break;
            }
            const bool mirror = surface.glass || surface.roughness < 0.08F;
            if (!guided) {
                guided = true;
                sample.normal = surface.normal;
                sample.depth = hit.distance;
                if (!surface.metal && !surface.glass) {
                    sample.colour = highest(surface.colour, {0.02F, 0.02F, 0.02F});
                }
            }
            if (surface.glass) {
                ray = through_glass(ray, at, random, inside, through, bounce == 0);
                continue;
            }
            const Vec view = -ray.direction;
            sample.light += lit(at, view, mirror, through, random, bounce);
            if (!scatter(at, view, random, ray, through, sees_lamps, mirror)) {
                break;
            }
            diffused = diffused || !mirror;
            if (bounce > 2) {
                const float survive = std::min(0.95F, largest(through));
                if (random.next() >= survive) {
                    break;
                }
                through = through / survive;
            }
        }
        return sample;
    }

  private:
    [[nodiscard]] Place3 place_of(const Ray& ray, const Hit& hit, bool close) const {
        const Triangle& t = tree_.triangle(hit.triangle);
        Place3 at;
        at.position = ray.origin + ray.direction * hit.distance;
        const Vec smooth = normalised(t.normals[0] * (1 - hit.u - hit.v) + t.normals[1] * hit.u +
                                      t.normals[2] * hit.v);
        Vec face = normalised(cross(t.points[1] - t.points[0], t.points[2] - t.points[0]));
        if (dot(face, smooth) < 0) {
            face = -face;
        }
        at.surface =
            scene_.shaders[static_cast<std::size_t>(t.material)]({at.position, smooth, close});
        if (dot(at.surface.normal, at.surface.normal) < 0.5F) {
            at.surface.normal = smooth;
        }
        at.entering = dot(face, ray.direction) < 0;
        if (!at.entering) {
            face = -face;
            at.surface.normal = -at.surface.normal;
        }
        if (dot(at.surface.normal, ray.direction) > -0.02F) {  // faces away after bump mapping
            at.surface.normal =
                normalised(at.surface.normal -
                           ray.direction * (dot(at.surface.normal, ray.direction) + 0.05F));
        }
        at.face = face;
        return at;
    }

    /// A reflected or refracted ray. Directly seen faint reflections are sampled more often with a
    /// lower weight; a window reflected in a bottle would otherwise be a few bright dots.
    [[nodiscard]] static Ray through_glass(const Ray& ray, const Place3& at, Random& random,
                                           Vec& inside, Vec& through, bool first) {
        const float ratio = at.entering ? 1 / at.surface.refraction : at.surface.refraction;
        const Vec n = at.surface.normal;
        const float cosine = std::min(1.0F, -dot(n, ray.direction));
        const float k = 1 - ratio * ratio * (1 - cosine * cosine);
        float reflected = 1;
        if (k > 0) {
            const float inner = std::sqrt(k);
            const float r0 = std::pow((1 - ratio) / (1 + ratio), 2.0F);
            reflected = schlick(r0, at.entering ? cosine : inner);
        }
        const float chance = first ? std::max(reflected, 0.2F) : reflected;
        if (random.next() < chance) {
            through = through * (reflected / chance);
            return {at.position + at.face * 2e-4F, normalised(ray.direction + n * (2 * cosine))};
        }
        through = through * ((1 - reflected) / (1 - chance));
        inside = at.entering ? at.surface.absorption : Vec{};
        return {at.position - at.face * 2e-4F,
                normalised(ray.direction * ratio + n * (ratio * cosine - std::sqrt(k)))};
    }

    /// Transmittance between two points, coloured by glass.
    [[nodiscard]] Vec passes(Ray ray, float within) const {
        Vec left{1, 1, 1};
        Vec inside;
        for (int i = 0; i < 10; ++i) {
            Hit hit;
            if (!tree_.nearest(ray, within, hit)) {
                return left;
            }
            const int material = tree_.triangle(hit.triangle).material;
            if (!scene_.lets_light_through[static_cast<std::size_t>(material)]) {
                return {};
            }
            const Place3 at = place_of(ray, hit, false);
            if (!at.entering) {
                inside = at.surface.absorption;
                left *= {std::exp(-inside.x * hit.distance), std::exp(-inside.y * hit.distance),
                         std::exp(-inside.z * hit.distance)};
            }
            left = left * (1 - schlick(0.04F, std::abs(dot(at.surface.normal, ray.direction))));
            ray.origin = at.position + ray.direction * 2e-4F;
            within -= hit.distance + 2e-4F;
        }
        return {};
    }

    /// Share of light from direction `to` that is reflected to the viewer, including the cosine.
    [[nodiscard]] static Vec answer(const Place3& at, Vec view, Vec to, bool mirror) {
        const Surface& s = at.surface;
        const float cosine = dot(s.normal, to);
        Vec result;
        const float seen = std::max(dot(s.normal, view), 1e-3F);
        if (!s.metal) {
            const float coat = 1 - schlick(s.gloss, seen);
            if (s.softness > 0) {
                const Vec wrap = Vec{0.42F, 0.2F, 0.12F} * s.softness;
                const auto soft = [&](float w) {
                    return std::max(0.0F, cosine + w) / ((1 + w) * (1 + w * 0.5F));
                };
                result = s.colour * Vec{soft(wrap.x), soft(wrap.y), soft(wrap.z)} * (coat / kPi);
            } else {
                result = s.colour * (std::max(0.0F, cosine) * coat / kPi);
            }
        }
        if (!mirror && cosine > 0) {
            const Vec half = normalised(view + to);
            const float alpha = s.roughness * s.roughness;
            const float common = facets(std::max(dot(s.normal, half), 0.0F), alpha) *
                                 shadowing(cosine, alpha) * shadowing(seen, alpha) / (4 * seen);
            const float fresnel = schlick(s.gloss, dot(half, view));
            result += (s.metal ? mix(s.colour, {1, 1, 1}, schlick(0, dot(half, view)))
                               : Vec{fresnel, fresnel, fresnel}) *
                      common;
        }
        return result;
    }

    [[nodiscard]] Vec lit(const Place3& at, Vec view, bool mirror, Vec through, Random& random,
                          int bounce) const {
        Vec sum;
        const Vec from = at.position + at.face * 1e-3F;
        const float lowest_cosine = at.surface.softness > 0 ? -0.4F * at.surface.softness : 0;
        if (!scene_.lamps.empty()) {
            const auto count = static_cast<float>(scene_.lamps.size());
            const auto pick =
                std::min(static_cast<std::size_t>(random.next() * count), scene_.lamps.size() - 1);
            const Lamp& lamp = scene_.lamps[pick];
            const Vec goal =
                lamp.corner + lamp.side * random.next() + lamp.other_side * random.next();
            const Vec way = goal - from;
            const float distance = length(way);
            const Vec to = way / distance;
            const Vec area = cross(lamp.side, lamp.other_side);
            const float facing = -dot(area, to);
            if (facing > 0 && dot(at.surface.normal, to) > lowest_cosine) {
                const Vec answered = answer(at, view, to, mirror);
                if (largest(answered) > 0) {
                    const Vec arriving = passes({from, to}, distance * 0.999F);
                    sum += through * answered * lamp.radiance * arriving *
                           (count * facing / std::max(distance * distance, 0.01F));
                }
            }
        }
        if (largest(scene_.sun) > 0) {
            const Basis basis(scene_.sun_direction);
            const float radius = scene_.sun_size * std::sqrt(random.next());
            const float angle = 2 * kPi * random.next();
            const Vec to =
                normalised(basis.out({radius * std::cos(angle), radius * std::sin(angle), 1}));
            if (dot(at.surface.normal, to) > lowest_cosine) {
                const Vec answered = answer(at, view, to, mirror);
                if (largest(answered) > 0) {
                    sum += through * answered * scene_.sun * passes({from, to}, 1e9F);
                }
            }
        }
        const float most =
            bounce == 0 ? 60.0F : 6.0F;  // clamp: rare bright paths add more noise than light
        const float top = largest(sum);
        return top > most ? sum * (most / top) : sum;
    }

    /// Chooses the next direction; false if the path contributes nothing.
    [[nodiscard]] static bool scatter(const Place3& at, Vec view, Random& random, Ray& ray,
                                      Vec& through, bool& sees_lamps, bool mirror) {
        const Surface& s = at.surface;
        const Basis basis(s.normal);
        const float seen = std::max(dot(s.normal, view), 1e-3F);
        const float fresnel = s.metal ? 1 : schlick(s.gloss, seen);
        const float chance = s.metal ? 1 : std::clamp(fresnel * 1.5F, 0.08F, 0.9F);
        Vec to;
        if (random.next() < chance) {
            const float alpha = std::max(s.roughness * s.roughness, 1e-4F);
            const float u = random.next();
            const float angle = 2 * kPi * random.next();
            const float cosine = std::sqrt((1 - u) / (1 + (alpha * alpha - 1) * u));
            const float sine = std::sqrt(std::max(0.0F, 1 - cosine * cosine));
            const Vec half = basis.out({sine * std::cos(angle), sine * std::sin(angle), cosine});
            to = half * (2 * dot(half, view)) - view;
            const float out = dot(s.normal, to);
            if (out <= 0 || dot(half, view) <= 0) {
                return false;
            }
            const float weight = shadowing(out, alpha) * shadowing(seen, alpha) * dot(half, view) /
                                 (seen * std::max(cosine, 1e-4F));
            const Vec reflected = s.metal ? mix(s.colour, {1, 1, 1}, schlick(0, dot(half, view)))
                                          : Vec{1, 1, 1} * schlick(s.gloss, dot(half, view));
            through *= reflected * (std::min(weight, 4.0F) / chance);
            sees_lamps = mirror;
        } else {
            to = basis.out(cosine_direction(random));
            through *= s.colour * ((1 - fresnel) / (1 - chance));
            sees_lamps = false;
        }
        if (dot(to, at.face) <= 0) {
            return false;
        }
        ray = {at.position + at.face * 1e-3F, to};
        return true;
    }

    const Scene& scene_;
    Tree tree_;
};

struct Eye {
    Vec position, right, up, forward;
    float scale, lens, focus;

    Eye(const Camera& camera, int height) {
        position = camera.eye;
        forward = normalised(camera.target - camera.eye);
        right = normalised(cross(forward, {0, 1, 0}));
        up = cross(right, forward);
        scale = 2 * std::tan(camera.vertical_angle * kPi / 360) / static_cast<float>(height);
        lens = camera.lens;
        focus = camera.focus > 0 ? camera.focus : length(camera.target - camera.eye);
    }
    /// `u` and `v` in 0..1 select a point on the lens.
    [[nodiscard]] Ray ray(float x, float y, float u, float v) const {
        const Vec goal = (forward + right * (x * scale) - up * (y * scale)) * focus;
        const float r = lens * std::sqrt(u);
        const float angle = 2 * kPi * v;
        const Vec shift = right * (r * std::cos(angle)) + up * (r * std::sin(angle));
        return {position + shift, normalised(goal - shift)};
    }
};

}  // namespace

void Scene::add_lamp(const Lamp& lamp) {
    const int material = add([radiance = lamp.radiance](const Point& p) {
        Surface s;
        s.emission = radiance;
        s.normal = p.normal;
        return s;
    });
    add_quad(mesh, lamp.corner, lamp.side, lamp.other_side, material);
    lamps.push_back(lamp);
}

Rendering render(const Scene& scene, int width, int height) {
    const Tracer tracer(scene);
    const Eye eye(scene.camera, height);
    Rendering result;
    result.width = width;
    result.height = height;
    const auto pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    result.light.resize(pixels);
    result.variance.resize(pixels);
    result.colours.resize(pixels);
    result.normals.resize(pixels);
    result.depths.resize(pixels);
    result.shaders.resize(pixels);
    std::atomic<int> next_row{0};
    const auto work = [&] {
        for (int y = next_row++; y < height; y = next_row++) {
            for (int x = 0; x < width; ++x) {
                const std::size_t at =
                    static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                    static_cast<std::size_t>(x);
                Random random(scene.seed << 40 | at);
                float sum = 0;
                float squares = 0;
                const auto count = static_cast<float>(scene.samples);
                const float lens_u = random.next();
                const float lens_v = random.next();
                for (int i = 0; i < scene.samples; ++i) {
                    // Low-discrepancy lens samples, so that out-of-focus lights are even discs.
                    const float u = lens_u + static_cast<float>(i) * 0.7548777F;
                    const float v = lens_v + static_cast<float>(i) * 0.5698403F;
                    const float px =
                        static_cast<float>(x) + random.next() - static_cast<float>(width) / 2;
                    const float py =
                        static_cast<float>(y) + random.next() - static_cast<float>(height) / 2;
                    const Tracer::Sample sample = tracer.follow(
                        eye.ray(px, py, u - std::floor(u), v - std::floor(v)), random);
                    const Vec light = lowest(sample.light, {24, 24, 24});
                    result.light[at] += light / count;
                    result.colours[at] += sample.colour / count;
                    result.normals[at] += sample.normal / count;
                    result.depths[at] += sample.depth / count;
                    if (i == 0) {
                        result.shaders[at] = sample.shader;
                    }
                    sum += luminance(light);
                    squares += luminance(light) * luminance(light);
                }
                const float mean = sum / count;
                result.variance[at] = std::max(0.0F, squares / count - mean * mean) / count;
            }
        }
    };
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) {
        threads.emplace_back(work);
    }
    work();
    for (std::thread& thread : threads) {
        thread.join();
    }
    return result;
}

}  // namespace dfd::samples
