# The version and the commit the program was built from; configured anew when HEAD moves.
find_package(Git QUIET)
set(XBMD_COMMIT "unknown")
if(Git_FOUND)
  execute_process(COMMAND ${GIT_EXECUTABLE} -C ${CMAKE_SOURCE_DIR} rev-parse --short=12 HEAD
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(NOT failed)
    set(XBMD_COMMIT ${commit})
  endif()
  if(EXISTS ${CMAKE_SOURCE_DIR}/.git/logs/HEAD)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/.git/logs/HEAD)
  endif()
endif()
set_source_files_properties(${CMAKE_SOURCE_DIR}/host/run/version.c PROPERTIES
  COMPILE_DEFINITIONS "XBMD_VERSION=\"${PROJECT_VERSION}\";XBMD_COMMIT=\"${XBMD_COMMIT}\"")
