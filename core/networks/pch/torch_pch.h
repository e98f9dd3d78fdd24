// Precompiled header for sources that use torch.
#pragma once
#include <torch/torch.h>
