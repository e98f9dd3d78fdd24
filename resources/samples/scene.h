// What is rendered: surfaces, lights, a sky and a camera.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "resources/samples/mesh.h"
#include "resources/samples/vec.h"

namespace dfd::samples {

/// How a point of a surface answers light.
struct Surface {
    Vec colour{0.5F, 0.5F, 0.5F};  ///< diffuse reflectance, or the metal's colour
    float roughness = 0.5F;        ///< of the glossy layer, 0 a mirror
    float gloss = 0.04F;           ///< reflectance of the glossy layer seen from the front
    bool metal = false;
    bool glass = false;
    float refraction = 1.5F;
    Vec absorption;  ///< of glass, per unit of length
    Vec emission;
    float softness = 0;  ///< 0..1: light that creeps through skin, wax or fruit
    Vec normal;          ///< unit; bumps are made by changing it
};

struct Point {
    Vec position;
    Vec normal;         ///< smooth, outward
    bool close = true;  ///< seen directly; false where bumps too small to matter can be left out
};

using Shader = std::function<Surface(const Point&)>;

/// A rectangle that shines to the side of cross(side, other_side).
struct Lamp {
    Vec corner;
    Vec side;
    Vec other_side;
    Vec radiance;
};

struct Camera {
    Vec eye;
    Vec target;
    float vertical_angle = 35;  ///< degrees
    float lens = 0;             ///< radius of the aperture
    float focus = 0;            ///< distance that is sharp, 0: the target's
};

struct Scene {
    Mesh mesh;
    std::vector<Shader> shaders;
    std::vector<bool> lets_light_through;  ///< by shader: glass
    std::vector<Lamp> lamps;
    std::map<std::string, std::vector<int>> objects;  ///< shaders of things an edit may want
    Vec sun_direction;                                ///< towards the sun
    Vec sun;                                          ///< irradiance, zero for none
    float sun_size = 0.01F;
    std::function<Vec(Vec)> sky;  ///< radiance from a direction
    Camera camera;
    Vec haze;  ///< colour that distance fades to
    float haze_density = 0;
    float exposure = 1;
    float warmth = 0;  ///< white balance, above 0 warmer
    int samples = 48;  ///< rays per pixel
    std::uint64_t seed = 1;

    int add(Shader shader, bool glass = false) {
        shaders.push_back(std::move(shader));
        lets_light_through.push_back(glass);
        return static_cast<int>(shaders.size()) - 1;
    }
    void add_lamp(const Lamp& lamp);
};

/// A linear picture, and what its noise may be smoothed along.
struct Rendering {
    int width = 0;
    int height = 0;
    std::vector<Vec> light;
    std::vector<float> variance;  ///< of the mean luminance
    std::vector<Vec> colours;
    std::vector<Vec> normals;
    std::vector<float> depths;
    std::vector<int> shaders;  ///< what the middle of the pixel shows, -1 the sky
};

/// Path tracing on all processors; the same picture whatever their number.
[[nodiscard]] Rendering render(const Scene& scene, int width, int height);

/// Smooths what is noise and keeps what the guides say is detail.
void denoise(Rendering& rendering);

}  // namespace dfd::samples
