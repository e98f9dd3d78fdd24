// Reproducible random numbers: the same seed gives the same edits on every machine.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <string_view>

namespace dfd {

inline constexpr std::uint64_t kHashPrime = 0x100000001B3ULL;
/// FNV-1a 64: the same on every machine, unlike std::hash. Pass an earlier result as `hash` to
/// continue it.
[[nodiscard]] inline std::uint64_t name_hash(std::string_view name,
                                             std::uint64_t hash = 0xCBF29CE484222325ULL) {
    for (const char c : name)
        hash = (hash ^ static_cast<unsigned char>(c)) * kHashPrime;
    return hash;
}

/// A splitmix64 generator. Unlike with the distributions of the standard library, the numbers do
/// not depend on the implementation. A stream can start at any seed.
class Dice {
  public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    /// An independent stream for item `index` of a seeded sequence.
    Dice(std::uint64_t seed, std::uint64_t index) : state_(seed) { state_ = bits() ^ mix(index); }

    std::uint64_t bits() {
        state_ += 0x9E3779B97F4A7C15ULL;
        return mix(state_);
    }
    /// Uniform in [0,1).
    double unit() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }
    double between(double low, double high) { return low + (high - low) * unit(); }
    /// Uniform in [low, high], both included; low when the range is empty.
    int whole(int low, int high) {
        if (high <= low)
            return low;
        return low + static_cast<int>(bits() % static_cast<std::uint64_t>(high - low + 1));
    }
    bool chance(double probability) { return unit() < probability; }
    double gaussian() {
        const double radius = std::sqrt(-2 * std::log(1 - unit()));
        return radius * std::cos(2 * std::numbers::pi * unit());
    }
    template <class Container>
    const auto& pick(const Container& from) {
        return from[static_cast<std::size_t>(bits() % from.size())];
    }

  private:
    static std::uint64_t mix(std::uint64_t x) {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
        return x ^ (x >> 31);
    }
    std::uint64_t state_;
};

}  // namespace dfd
