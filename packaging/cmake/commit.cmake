# Writes the source ${OUT} with the commit of the checkout ${SOURCE}, at every build, and touches it
# only when the commit is another. No checkout or no git: no commit.
set(commit "")
if(GIT AND EXISTS ${SOURCE}/.git)
  execute_process(
    COMMAND ${GIT} describe --always --exclude=* --dirty --abbrev=7
    WORKING_DIRECTORY ${SOURCE} OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
endif()
if(NOT commit MATCHES "^[0-9a-f]+(-dirty)?$")
  set(commit "")
endif()
configure_file(${SOURCE}/core/base/commit.cpp.in ${OUT} @ONLY)
