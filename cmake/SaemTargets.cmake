# What every target of saem has in common.
add_library(saem_options INTERFACE)
target_compile_features(saem_options INTERFACE cxx_std_20)
target_compile_options(
  saem_options INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
                         $<$<BOOL:${SAEM_WERROR}>:-Werror>)
# GCC 12 to 14 see out-of-bounds copies in inlined containers where none are (GCC bugs 105329,
# 107852); the sanitizer build finds the real ones.
target_compile_options(
  saem_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds;-Wno-stringop-overflow>)
# GCC 14 takes the unused rest of a small vector's own array for read where one is copied; GCC 12
# and Clang, which do not, still watch.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
  target_compile_options(saem_options INTERFACE -Wno-maybe-uninitialized)
endif()

# One layer of the library: every source of the folder and of folders in it, as objects of the one
# library.
#   saem_add_layer(core DEPENDS fmt::fmt)
function(saem_add_layer layer)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "DEPENDS")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${layer}/*.cpp")
  add_library(saem_${layer} OBJECT ${sources})
  set_target_properties(
    saem_${layer} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden
                             VISIBILITY_INLINES_HIDDEN ON)
  target_include_directories(
    saem_${layer} PUBLIC "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(saem_${layer} PRIVATE saem_options fmt::fmt ${ARG_DEPENDS})
  if(NOT BUILD_SHARED_LIBS)
    target_compile_definitions(saem_${layer} PUBLIC SAEM_STATIC)
  endif()
endfunction()

# What protoc makes of a .proto file, which lies in src: `event.pb.h` is included by that path. Not
# our code, so not compiled with our warnings.
#   saem_add_messages(event_messages formats/summary/event.proto)
function(saem_add_messages name file)
  if(NOT TARGET protobuf::protoc)
    message(FATAL_ERROR "protoc is missing; on Debian: apt install protobuf-compiler")
  endif()
  get_filename_component(folder "${file}" DIRECTORY)
  get_filename_component(stem "${file}" NAME_WE)
  set(generated "${CMAKE_CURRENT_BINARY_DIR}/messages")
  set(outputs "${generated}/${folder}/${stem}.pb.cc" "${generated}/${folder}/${stem}.pb.h")
  file(MAKE_DIRECTORY "${generated}")
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND protobuf::protoc "--cpp_out=${generated}" "--proto_path=${CMAKE_CURRENT_SOURCE_DIR}"
            "${CMAKE_CURRENT_SOURCE_DIR}/${file}"
    DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${file}"
    COMMENT "Generating ${file}'s messages")
  add_library(saem_${name} OBJECT ${outputs})
  set_target_properties(
    saem_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON CXX_VISIBILITY_PRESET hidden
                            VISIBILITY_INLINES_HIDDEN ON)
  target_compile_features(saem_${name} PUBLIC cxx_std_20)
  target_include_directories(saem_${name} SYSTEM PUBLIC "${generated}")
  target_link_libraries(saem_${name} PUBLIC protobuf::libprotobuf-lite)
endfunction()
