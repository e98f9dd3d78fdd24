# Finds oneDNN by its header and library. The CMake files of Debian 12's libdnnl-dev also demand
# OpenCL's headers, which no dependency of the package installs and nothing here uses.
# Defines OneDNN_VERSION, OneDNN_CPU_RUNTIME (OMP, TBB, SEQ, ...) and the target OneDNN::OneDNN.
find_path(OneDNN_INCLUDE_DIR oneapi/dnnl/dnnl.hpp)
find_library(OneDNN_LIBRARY dnnl)
mark_as_advanced(OneDNN_INCLUDE_DIR OneDNN_LIBRARY)

if(OneDNN_INCLUDE_DIR)
  set(_headers "${OneDNN_INCLUDE_DIR}/oneapi/dnnl")
  file(STRINGS "${_headers}/dnnl_version.h" _lines REGEX "define DNNL_VERSION_(MAJOR|MINOR|PATCH) +[0-9]")
  string(REGEX MATCHALL "[0-9]+" _numbers "${_lines}")
  list(JOIN _numbers "." OneDNN_VERSION)
  file(STRINGS "${_headers}/dnnl_config.h" _lines
       REGEX "define DNNL_CPU_THREADING_RUNTIME DNNL_RUNTIME_")
  string(REGEX REPLACE ".*DNNL_RUNTIME_" "" OneDNN_CPU_RUNTIME "${_lines}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OneDNN
  REQUIRED_VARS OneDNN_LIBRARY OneDNN_INCLUDE_DIR VERSION_VAR OneDNN_VERSION HANDLE_VERSION_RANGE)

if(OneDNN_FOUND AND NOT TARGET OneDNN::OneDNN)
  add_library(OneDNN::OneDNN UNKNOWN IMPORTED)
  set_target_properties(OneDNN::OneDNN PROPERTIES IMPORTED_LOCATION "${OneDNN_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${OneDNN_INCLUDE_DIR}")
endif()
