#include "core/networks/pch/torch_pch.h"
