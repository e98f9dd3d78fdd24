// The windows that native experts read of a picture, where their panel says so. Plain C++.
// Internal to core/engine.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "core/engine/scoring/evaluator.h"
#include "core/picture/pixels/window_choice.h"

namespace dfd {

/// `whole()` for a policy without windows and for a picture that is small enough. Blocks for some
/// tens of milliseconds for a large picture.
[[nodiscard]] WindowChoice windows_of(const Pixels& picture, const InputPolicy& policy,
                                      bool everywhere = false);

/// Windows as opinions tell of them. Empty for a whole picture.
[[nodiscard]] std::optional<LookedAt> looked_at(const WindowChoice& windows,
                                                const InputPolicy& policy);
/// A map of stacked windows -> the map of the whole picture, kNotLookedAt outside of the windows.
/// Works for HeatMap and ContributionMap.
template <class Map>
[[nodiscard]] Map map_of_picture(const Map& stacked, const WindowChoice& windows);

/// What native experts read: the pixels of the windows, one below the other.
struct WindowView {
    WindowChoice windows;
    Pixels pixels;
};

/// The views of several pictures, made once for all experts of a panel with the same policy.
class WindowViews {
  public:
    WindowViews(const PanelRecord& panel, std::span<const Pixels* const> pictures,
                const EvaluateOptions& options);

    /// Null when this picture is read whole.
    [[nodiscard]] const WindowView* of(std::size_t picture, const InputPolicy& policy) const;

  private:
    std::map<std::pair<std::size_t, WindowPolicy>, WindowView> views_;
};

}  // namespace dfd
