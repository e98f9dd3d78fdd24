// Scene description for the renderer: surfaces, lights, sky and camera.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "resources/samples/mesh.h"
#include "resources/samples/vec.h"

namespace dfd::samples {

/// Material properties at a point.
struct Surface {
    Vec colour{0.5F, 0.5F, 0.5F};  ///< diffuse reflectance, or the metal's colour
    float roughness = 0.5F;        ///< of the glossy layer; 0 is a mirror
    float gloss = 0.04F;           ///< reflectance of the glossy layer at normal incidence
    bool metal = false;
    bool glass = false;
    float refraction = 1.5F;
    Vec absorption;  ///< of glass, per unit length
    Vec emission;
    float softness = 0;  ///< 0..1: subsurface scattering in skin, wax or fruit
    Vec normal;          ///< unit vector; changed for bump mapping
};

struct Point {
    Vec position;
    Vec normal;         ///< smooth, outward
    bool close = true;  ///< seen directly; if false, fine bumps may be skipped
};

using Shader = std::function<Surface(const Point&)>;

/// A rectangle that emits towards cross(side, other_side).
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
    float focus = 0;            ///< focus distance; 0: the distance of the target
};

struct Scene {
    Mesh mesh;
    std::vector<Shader> shaders;
    std::vector<bool> lets_light_through;  ///< per shader: it is glass
    std::vector<Lamp> lamps;
    std::map<std::string, std::vector<int>> objects;  ///< shaders per object, for masks
    Vec sun_direction;                                ///< towards the sun
    Vec sun;                                          ///< irradiance, zero for none
    float sun_size = 0.01F;
    std::function<Vec(Vec)> sky;  ///< radiance from a direction
    Camera camera;
    Vec haze;  ///< colour of distant haze
    float haze_density = 0;
    float exposure = 1;
    float warmth = 0;  ///< white balance; above 0 is warmer
    int samples = 48;  ///< rays per pixel
    std::uint64_t seed = 1;

    int add(Shader shader, bool glass = false) {
        shaders.push_back(std::move(shader));
        lets_light_through.push_back(glass);
        return static_cast<int>(shaders.size()) - 1;
    }
    void add_lamp(const Lamp& lamp);
};

/// A linear picture with feature buffers that guide denoising.
struct Rendering {
    int width = 0;
    int height = 0;
    std::vector<Vec> light;
    std::vector<float> variance;  ///< of the mean luminance
    std::vector<Vec> colours;
    std::vector<Vec> normals;
    std::vector<float> depths;
    std::vector<int> shaders;  ///< shader at the pixel's centre; -1 for the sky
};

/// Path tracing on all CPU cores; the result does not depend on their number.
[[nodiscard]] Rendering render(const Scene& scene, int width, int height);

/// Removes noise, guided by the feature buffers so that detail is kept.
void denoise(Rendering& rendering);

}  // namespace dfd::samples
