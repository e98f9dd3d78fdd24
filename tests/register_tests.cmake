# Registers a GoogleTest program with CTest, one process for each source file of tests: a process
# that links LibTorch takes half a second to start, which for each case of its own is minutes.
# A failing case is named in the output, and every case is in the XML file of its process.
#
# As a script, after the program was linked:
#   cmake -D PROGRAM=… -D PREFIX=… -D TIMEOUT=… -D RESULTS=… -D OUT=… -P register_tests.cmake
if(CMAKE_SCRIPT_MODE_FILE)
  cmake_policy(VERSION 3.25)
  execute_process(COMMAND ${PROGRAM} --gtest_list_tests --gtest_output=json:${OUT}.json
    OUTPUT_QUIET ERROR_VARIABLE error RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${PROGRAM} did not list its tests: ${status} ${error}")
  endif()
  file(READ ${OUT}.json json)
  string(JSON suites LENGTH "${json}" testsuites)
  math(EXPR last "${suites} - 1")
  set(subjects)
  foreach(i RANGE ${last})
    string(JSON suite GET "${json}" testsuites ${i} name)
    string(JSON file GET "${json}" testsuites ${i} testsuite 0 file)
    get_filename_component(subject ${file} NAME_WE)
    string(REGEX REPLACE "_test$" "" subject ${subject})
    list(APPEND subjects ${subject})
    string(APPEND filter_${subject} "${suite}.*:")
  endforeach()
  list(REMOVE_DUPLICATES subjects)
  set(script "")
  foreach(subject ${subjects})
    set(name ${PREFIX}.${subject})
    string(APPEND script "add_test([==[${name}]==] [==[${PROGRAM}]==] [==[--gtest_filter=${filter_${subject}}]==] [==[--gtest_output=xml:${RESULTS}/${name}.xml]==])\n"
      "set_tests_properties([==[${name}]==] PROPERTIES TIMEOUT ${TIMEOUT})\n")
  endforeach()
  file(WRITE ${OUT} "${script}")
  return()
endif()

# dfd_register_tests(TARGET PREFIX): see above.
function(dfd_register_tests target prefix)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${target}_tests.cmake)
  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND ${CMAKE_COMMAND} -D PROGRAM=$<TARGET_FILE:${target}> -D PREFIX=${prefix} -D TIMEOUT=1800
            -D RESULTS=${CMAKE_BINARY_DIR}/test-results -D OUT=${out}
            -P ${CMAKE_SOURCE_DIR}/tests/register_tests.cmake
    BYPRODUCTS ${out} VERBATIM)
  set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS
    ${CMAKE_SOURCE_DIR}/tests/register_tests.cmake)
  file(WRITE ${out}.include "if(EXISTS \"${out}\")\n  include(\"${out}\")\nelse()\n  add_test(${prefix}.NOT_BUILT ${target}_NOT_BUILT)\nendif()\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${out}.include)
endfunction()
