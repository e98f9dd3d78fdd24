# Tests the find module for NVIDIA cards against made trees, with both places of the version's numbers.
# and links a program against one in a path with a space. As the real one does, its libtorch.so
# exports a broken function of the C++ library, which the program must not use.
#   cmake -D MODULES=packaging/cmake/gpu -D OUT=folder -D CXX=compiler -P find_torch_test.cmake
cmake_policy(VERSION 3.25)
set(headers torch/include/torch)
set(numbers "#define TORCH_VERSION_MAJOR @major@\n#define TORCH_VERSION_MINOR @minor@\n#define TORCH_VERSION_PATCH 1\n#define TORCH_VERSION_ABI_TAG 0\n")

# expect(WORDS HEADER MAJOR MINOR): what is said by a search in a tree with that version there.
function(expect words header major minor)
  file(REMOVE_RECURSE "${OUT}")
  string(CONFIGURE "${numbers}" text @ONLY)
  file(WRITE ${OUT}/tree/${headers}/csrc/api/include/torch/version.h
       "#include <torch/headeronly/version.h>\n")
  if(header)
    file(WRITE ${OUT}/tree/${headers}/${header} "${text}")
  endif()
  file(WRITE ${OUT}/search.cmake "
set(CMAKE_MODULE_PATH [==[${MODULES}]==])
set(DFD_GPU_LIBTORCH [==[${OUT}/tree]==])
add_library(torch INTERFACE IMPORTED)
find_package(Torch REQUIRED)
message(STATUS \"version \${Torch_VERSION}\")
")
  file(WRITE ${OUT}/CMakeLists.txt
       "cmake_minimum_required(VERSION 3.25)\nproject(search NONE)\ninclude(search.cmake)\n")
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${OUT} -B ${OUT}/build
                  OUTPUT_VARIABLE said ERROR_VARIABLE said)
  string(REGEX REPLACE "[ \n]+" " " said "${said}")
  string(FIND "${said}" "${words}" at)
  if(at LESS 0)
    message(SEND_ERROR "Version ${major}.${minor} in ${header}: expected '${words}' in: ${said}")
  endif()
endfunction()

expect("version 2.10.1" headeronly/version.h 2 10)
expect("version 2.11.1" headeronly/version.h 2 11)
expect("version 3.0.1" csrc/api/include/torch/version.h 3 0)
expect("LibTorch 2.8.1 in ${OUT}/tree is older than 2.10" csrc/api/include/torch/version.h 2 8)
expect("there is no LibTorch in ${OUT}/tree. Run packaging/setup.sh --gpu" "" 0 0)

file(REMOVE_RECURSE "${OUT}")
set(tree "${OUT}/a tree")
set(major 2)
set(minor 10)
string(CONFIGURE "${numbers}" text @ONLY)
file(WRITE "${tree}/${headers}/headeronly/version.h" "${text}")
file(MAKE_DIRECTORY "${tree}/${headers}/csrc/api/include" "${tree}/torch/lib" "${tree}/nvidia/cublas/lib")
file(WRITE "${OUT}/torch.cpp" "
#include <cstdlib>
#include <filesystem>
std::uintmax_t std::filesystem::remove_all(const path&, std::error_code&) { std::abort(); }
")
file(TOUCH "${OUT}/torch_cpu.cpp" "${OUT}/c10.cpp")
foreach(library torch torch_cpu c10)
  execute_process(COMMAND ${CXX} -std=c++17 -shared -fPIC "${OUT}/${library}.cpp"
                          "-Wl,-soname,lib${library}.so" -o "${tree}/torch/lib/lib${library}.so"
                  COMMAND_ERROR_IS_FATAL ANY)
endforeach()
file(WRITE "${OUT}/main.cpp" "
#include <filesystem>
int main() {
    std::error_code error;
    return static_cast<int>(std::filesystem::remove_all(\"a folder that is not there\", error));
}
")
file(WRITE "${OUT}/CMakeLists.txt" "
cmake_minimum_required(VERSION 3.25)
project(link CXX)
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_MODULE_PATH [==[${MODULES}]==])
set(DFD_GPU_LIBTORCH [==[${tree}]==])
find_package(Torch REQUIRED)
add_executable(linked main.cpp)
target_link_libraries(linked PRIVATE \${TORCH_LIBRARIES})
")
foreach(step "-S;${OUT};-B;${OUT}/build;-D;CMAKE_CXX_COMPILER=${CXX}" "--build;${OUT}/build")
  execute_process(COMMAND ${CMAKE_COMMAND} ${step} OUTPUT_VARIABLE said ERROR_VARIABLE said
                  RESULT_VARIABLE status)
  if(status)
    message(FATAL_ERROR "No program links against a LibTorch in '${tree}': ${said}")
  endif()
endforeach()
execute_process(COMMAND "${OUT}/build/linked" COMMAND_ERROR_IS_FATAL ANY)
