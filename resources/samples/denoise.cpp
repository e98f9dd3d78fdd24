// Edge-avoiding a-trous wavelet filter: the sample spacing doubles in every round.
#include <thread>

#include "resources/samples/scene.h"

namespace dfd::samples {
namespace {

constexpr float kKernel[] = {0.375F, 0.25F, 0.0625F};

struct Filter {
    const Rendering& guide;
    const std::vector<Vec>& light;
    const std::vector<float>& variance;

    /// Mean and variance of the similar neighbours, `step` pixels apart.
    void pixel(int x, int y, int step, Vec& mean, float& spread) const {
        const auto at = [&](int px, int py) {
            return static_cast<std::size_t>(py) * static_cast<std::size_t>(guide.width) +
                   static_cast<std::size_t>(px);
        };
        const std::size_t here = at(x, y);
        const float own = luminance(light[here]);
        const float deviation = 2.2F * std::sqrt(variance[here]) + 1e-3F;
        Vec sum;
        float sum_variance = 0;
        float weights = 0;
        for (int dy = -2; dy <= 2; ++dy) {
            for (int dx = -2; dx <= 2; ++dx) {
                const int px = x + dx * step;
                const int py = y + dy * step;
                if (px < 0 || py < 0 || px >= guide.width || py >= guide.height) {
                    continue;
                }
                const std::size_t there = at(px, py);
                const Vec n = guide.normals[here] - guide.normals[there];
                const Vec c = guide.colours[here] - guide.colours[there];
                const float depth =
                    std::abs(guide.depths[here] - guide.depths[there]) /
                    (0.02F * std::max(guide.depths[here], 0.1F) * static_cast<float>(step));
                const float tone = std::abs(own - luminance(light[there])) / deviation;
                const float w = kKernel[std::abs(dx)] * kKernel[std::abs(dy)] *
                                std::exp(-dot(n, n) * 40 - dot(c, c) * 60 - depth - tone);
                sum += light[there] * w;
                sum_variance += variance[there] * w * w;
                weights += w;
            }
        }
        mean = sum / weights;
        spread = sum_variance / (weights * weights);
    }
};

}  // namespace

void denoise(Rendering& rendering) {
    const std::size_t count = rendering.light.size();
    std::vector<Vec> light(count);
    std::vector<float> variance(count);
    for (std::size_t i = 0; i < count; ++i) {
        // Filter the light without the surface colour, so that textures survive.
        const Vec c = rendering.colours[i];
        const Vec l = rendering.light[i];
        light[i] = {l.x / c.x, l.y / c.y, l.z / c.z};
        const float scale = luminance(c);
        variance[i] = rendering.variance[i] / (scale * scale);
    }
    for (int round = 0; round < 4; ++round) {
        // Variances estimated from few samples are noisy: average them over neighbours.
        std::vector<float> shared(count);
        for (int y = 0; y < rendering.height; ++y) {
            for (int x = 0; x < rendering.width; ++x) {
                float sum = 0;
                float n = 0;
                for (int j = std::max(y - 1, 0); j <= std::min(y + 1, rendering.height - 1); ++j) {
                    for (int i = std::max(x - 1, 0); i <= std::min(x + 1, rendering.width - 1);
                         ++i) {
                        sum += variance[static_cast<std::size_t>(j * rendering.width + i)];
                        ++n;
                    }
                }
                shared[static_cast<std::size_t>(y * rendering.width + x)] = sum / n;
            }
        }
        std::vector<Vec> next(count);
        std::vector<float> next_variance(count);
        const Filter filter{rendering, light, shared};
        const auto rows = [&](int first, int step) {
            for (int y = first; y < rendering.height; y += step) {
                for (int x = 0; x < rendering.width; ++x) {
                    const auto at = static_cast<std::size_t>(y * rendering.width + x);
                    filter.pixel(x, y, 1 << round, next[at], next_variance[at]);
                }
            }
        };
        const int threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
        std::vector<std::thread> others;
        for (int i = 1; i < threads; ++i) {
            others.emplace_back(rows, i, threads);
        }
        rows(0, threads);
        for (std::thread& thread : others) {
            thread.join();
        }
        light.swap(next);
        variance.swap(next_variance);
    }
    for (std::size_t i = 0; i < count; ++i) {
        rendering.light[i] = light[i] * rendering.colours[i];
    }
}

}  // namespace dfd::samples
