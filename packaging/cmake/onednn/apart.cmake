# oneDNN beside a LibTorch that has a oneDNN inside it, as the official builds have. That one exports
# instances of standard templates with oneDNN's types, std::call_once's among them. Linked in the
# usual way, the system's oneDNN takes these for its own: it then prepares the kernels of the other
# library, its own stay empty, and matrix products fail with "could not execute a primitive".

# Sets `result` to whether the LibTorch of TORCH_LIBRARY runs on the system's oneDNN.
function(dfd_torch_shares_onednn result)
  cmake_path(REPLACE_FILENAME TORCH_LIBRARY libtorch_cpu.so OUTPUT_VARIABLE library)
  execute_process(COMMAND ${CMAKE_READELF} --dynamic --wide ${library}
                  OUTPUT_VARIABLE dynamic COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCH "NEEDED[^\n]*\\[libdnnl\\.so" shared "${dynamic}")
  if(shared)
    set(${result} TRUE PARENT_SCOPE)
  else()
    set(${result} FALSE PARENT_SCOPE)
  endif()
endfunction()

# Adds the static library `name`: oneDNN's functions, each of which jumps into a oneDNN that is opened
# when the program starts and prefers its own symbols. For x86-64.
function(dfd_add_onednn_apart name)
  execute_process(COMMAND ${CMAKE_READELF} --dynamic --wide ${OneDNN_LIBRARY}
                  OUTPUT_VARIABLE dynamic COMMAND_ERROR_IS_FATAL ANY)
  if(NOT dynamic MATCHES "SONAME[^\n]*\\[([^]\n]+)\\]")
    message(FATAL_ERROR "${OneDNN_LIBRARY} is no shared library with a name")
  endif()
  set(ONEDNN_SONAME ${CMAKE_MATCH_1})
  execute_process(COMMAND ${CMAKE_NM} --dynamic --defined-only ${OneDNN_LIBRARY}
                  OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL " T dnnl_[a-z0-9_]+" functions "${symbols}")
  list(LENGTH functions ONEDNN_COUNT)
  set(index 0)
  foreach(function ${functions})
    string(REPLACE " T " "" function ${function})
    string(APPEND ONEDNN_NAMES "    \"${function}\",\n")
    string(APPEND ONEDNN_JUMPS "onednn_jump ${function}, ${index}\n")
    math(EXPR index "${index} + 1")
  endforeach()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/apart.cpp.in ${source} @ONLY)
  # Another oneDNN may have other functions.
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${OneDNN_LIBRARY})
  add_library(${name} STATIC ${source})
  target_link_libraries(${name} PUBLIC dfd_options ${CMAKE_DL_LIBS})
  target_include_directories(${name} SYSTEM PUBLIC ${OneDNN_INCLUDE_DIR})
endfunction()
