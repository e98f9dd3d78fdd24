// Table of rooms: the sub-folders of each layer, and which of them may include which.
#pragma once

#include <array>

#include "tests/architecture/walls.h"

namespace dfd::walls {

/// Low to high: a room may use the rooms it names, which must precede it. A layer's own folder is
/// also a room. A layer without entries is a single room.
inline constexpr std::array kRooms{
    Room{"core/networks/pch", ""},
    Room{"core/networks/hardware", ""},
    Room{"core/networks/trunk", "hardware"},
    Room{"core/networks/executor", "hardware trunk"},
    Room{"core/networks/experts", "hardware trunk"},
    Room{"core/networks/maps", "experts"},
    Room{"core/picture/pixels", ""},
    Room{"core/picture/formats", "pixels"},
    Room{"core/picture/provenance", "pixels formats"},
    Room{"core/picture", "pixels formats provenance"},
    Room{"core/panel/json", ""},
    Room{"core/panel/foreign", "json"},
    Room{"core/panel", "json foreign"},
    Room{"core/engine/devices", ""},
    Room{"core/engine/scoring", "devices"},
    Room{"core/engine/examine", "scoring"},
    Room{"core/engine/results", "scoring examine"},
    Room{"core/engine/replay", "scoring examine results"},
    Room{"core/engine/studies", "scoring examine results"},
    Room{"core/casework/database", ""},
    Room{"core/casework/store", "database"},
    Room{"core/casework/exhibits", "database store"},
    Room{"core/casework/report", "database store exhibits"},
    Room{"core/casework/scan", "database store exhibits"},
    Room{"core/casework/verify", "database store exhibits"},
    Room{"core/training/charts", ""},
    Room{"core/training/manifest", ""},
    Room{"core/training/photos", "manifest"},
    Room{"core/training/batches", "manifest photos"},
    Room{"core/training/fakes", "manifest photos"},
    Room{"core/training/processing", "manifest photos"},
    Room{"core/training/folds", "charts manifest photos"},
    Room{"core/training/measuring", "charts manifest photos"},
    Room{"core/training/experts", "manifest photos batches measuring"},
    Room{"core/training/runs", "charts manifest photos batches measuring experts"},
    Room{"app/bench", ""},
    Room{"app/onnx", ""},
    Room{"app/dfd", "bench"},
    Room{"app/window", ""},
    Room{"ui/look", ""},
    Room{"ui/charts", "look"},
    Room{"ui/pdf", ""},
    Room{"ui/work", "look"},
    Room{"ui/list", "look work"},
    Room{"ui/case", "look charts pdf work list"},
    Room{"ui/picture", "look work list"},
    Room{"ui/studies", "look work list picture"},
    Room{"ui/studies/agreement", "look work list picture studies"},
    Room{"ui/studies/atlas", "look work list picture studies"},
    Room{"ui/studies/compare", "look work list picture studies"},
    Room{"ui/studies/evidence", "look work list picture studies"},
    Room{"ui/studies/presentation", "look work list picture studies"},
    Room{"ui/studies/seen", "look work list picture studies"},
    Room{"ui/studies/stability", "look work list picture studies"},
    Room{"ui/verdict", "look charts list case"},
    Room{"ui/window/commands", "look pdf work list case picture studies verdict"},
    Room{"ui/window",
         "look work list case picture studies studies/agreement studies/atlas studies/compare "
         "studies/evidence studies/presentation studies/seen studies/stability verdict "
         "window/commands"},
};

}  // namespace dfd::walls
