// Included before everything else. libstdc++ 12 makes the functions of std::vector constexpr, and
// clang then needs them where LibTorch 1.13 (Debian 12) has a vector of a class that is not
// complete yet. So they are plain functions here, as in C++17.
#pragma once

#include <utility>

#if defined(__clang__) && defined(_GLIBCXX_RELEASE) && _GLIBCXX_RELEASE == 12
// It declares a function of vector<bool> as constexpr, which std::fill can do without.
#define _Bit_iterator _Bit_iterator_elsewhere
#include <bits/stl_algobase.h>
#undef _Bit_iterator
#include <string>
#undef _GLIBCXX20_CONSTEXPR
#define _GLIBCXX20_CONSTEXPR
#include <vector>
#undef _GLIBCXX20_CONSTEXPR
#define _GLIBCXX20_CONSTEXPR constexpr
#endif
