// Precompiled once for every unit that sees torch.
#pragma once
#include <torch/torch.h>
