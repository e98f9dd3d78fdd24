# Finds the official CUDA build of LibTorch as `packaging/setup.sh --gpu` unpacks it from its wheels:
# DFD_GPU_LIBTORCH/{torch,nvidia}. LibTorch's own CMake files demand a CUDA toolkit with nvcc, which
# nothing here needs: there are no kernels of ours, and the libraries find each other by run paths
# of their own. Defines what the own files define: TORCH_LIBRARIES, TORCH_LIBRARY, TORCH_INCLUDE_DIRS,
# Torch_VERSION.
set(DFD_GPU_LIBTORCH "${CMAKE_SOURCE_DIR}/build/gpu-libtorch" CACHE PATH
    "Where packaging/setup.sh --gpu unpacked LibTorch")

set(TORCH_INCLUDE_DIRS "${DFD_GPU_LIBTORCH}/torch/include"
    "${DFD_GPU_LIBTORCH}/torch/include/torch/csrc/api/include")
set(_libraries "${DFD_GPU_LIBTORCH}/torch/lib")
# From 2.10 on the numbers are in the second of these files, and the first one includes it.
foreach(_header torch/csrc/api/include/torch/version.h torch/headeronly/version.h)
  if(NOT Torch_VERSION AND EXISTS "${DFD_GPU_LIBTORCH}/torch/include/${_header}")
    file(STRINGS "${DFD_GPU_LIBTORCH}/torch/include/${_header}" _lines
         REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
    string(REGEX MATCHALL "[0-9]+" _numbers "${_lines}")
    list(JOIN _numbers "." Torch_VERSION)
  endif()
endforeach()
# Before 2.10 threads of one process change cuBLAS's table of workspaces without a lock, and every
# expert has a thread of its own on a card.
set(_reason "there is no LibTorch in ${DFD_GPU_LIBTORCH}")
if(Torch_VERSION AND Torch_VERSION VERSION_LESS 2.10)
  set(_reason "LibTorch ${Torch_VERSION} in ${DFD_GPU_LIBTORCH} is older than 2.10, whose cuBLAS workspaces may be used by several threads")
  set(Torch_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Torch
  REQUIRED_VARS DFD_GPU_LIBTORCH Torch_VERSION
  VERSION_VAR Torch_VERSION
  REASON_FAILURE_MESSAGE
    "${_reason}. Run packaging/setup.sh --gpu, or use the preset release.")

if(Torch_FOUND AND NOT TARGET torch)
  add_library(torch INTERFACE IMPORTED GLOBAL)
  target_include_directories(torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
  file(GLOB _nvidia LIST_DIRECTORIES TRUE "${DFD_GPU_LIBTORCH}/nvidia/*/lib")
  list(JOIN _nvidia ":" _nvidia)
  # As options, so that CMake does not order run paths by itself: libgomp.so.1 is there and in the
  # system. No name of libtorch_cuda.so, which libtorch.so brings along, is used by ours: without
  # --no-as-needed a linker may leave out the library of the CUDA operators.
  # The C++ library comes first: libtorch.so also exports functions of std::filesystem, of another
  # compiler, and they crash. Such options reach the shell as they are, so paths with spaces need
  # quotes.
  target_link_libraries(torch INTERFACE
    "-Wl,\"--push-state,--no-as-needed,-lstdc++,${_libraries}/libtorch.so,--pop-state\""
    "-Wl,\"${_libraries}/libtorch_cpu.so,${_libraries}/libc10.so\""
    "-Wl,\"-rpath,${_libraries},-rpath-link,${_nvidia}:${_libraries}\"")
endif()
set(TORCH_LIBRARIES torch)
set(TORCH_LIBRARY "${_libraries}/libtorch.so")
set(TORCH_FOUND ${Torch_FOUND})
