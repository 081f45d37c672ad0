# sources.json for CMake: rawloop_sources(SYSTEM OUT) sets OUT to the files of
# that system, by their paths from the root, and stops for a name that is not
# in the list. See sources.cjs, which reads the same for all others.
set(RAWLOOP_SOURCES_FILE ${CMAKE_CURRENT_LIST_DIR}/sources.json)
# A file that is added, or taken out, configures anew.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    ${RAWLOOP_SOURCES_FILE})
endif()

# The elements of the array at the path that follows.
function(rawloop_json_array json out)
  set(elements)
  string(JSON length LENGTH "${json}" ${ARGN})
  if(length GREATER 0)
    math(EXPR last "${length} - 1")
    foreach(index RANGE ${last})
      string(JSON element GET "${json}" ${ARGN} ${index})
      list(APPEND elements "${element}")
    endforeach()
  endif()
  set(${out} "${elements}" PARENT_SCOPE)
endfunction()

function(rawloop_sources system out)
  file(READ ${RAWLOOP_SOURCES_FILE} json)
  rawloop_json_array("${json}" names systems ${system})
  set(sources)
  foreach(name IN LISTS names)
    rawloop_json_array("${json}" files lists ${name})
    list(TRANSFORM files PREPEND native/)
    list(APPEND sources ${files})
  endforeach()
  set(${out} "${sources}" PARENT_SCOPE)
endfunction()
