# Reads src/ops/ops.list, the one list of ops, and writes the calls that register them and their
# kernels: explicit calls instead of static constructors, which a static library may drop.
function(saem_write_if_changed file text)
  set(current "")
  if(EXISTS "${file}")
    file(READ "${file}" current)
  endif()
  if(NOT current STREQUAL text)
    file(WRITE "${file}" "${text}")
  endif()
endfunction()

function(saem_generate_registration output)
  set(list_file "${PROJECT_SOURCE_DIR}/src/ops/ops.list")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${list_file}")
  file(STRINGS "${list_file}" lines REGEX "^[a-z]")
  set(declarations "")
  set(table "")
  set(floors "")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "[ \t]+" ";" words "${line}")
    list(GET words 0 op)
    list(GET words 1 floor)
    if(NOT EXISTS "${PROJECT_SOURCE_DIR}/src/ops/${floor}.cpp")
      message(FATAL_ERROR "ops.list: ${op} is said to be in src/ops/${floor}.cpp, which is missing")
    endif()
    string(APPEND declarations "extern OpDef ${op}_op;\n")
    string(APPEND table "    &ops::${op}_op,\n")
    list(APPEND floors "${floor}")
  endforeach()
  list(REMOVE_DUPLICATES floors)
  set(cpu_declarations "")
  set(cpu_calls "")
  foreach(floor IN LISTS floors)
    if(EXISTS "${PROJECT_SOURCE_DIR}/src/cpu/${floor}.cpp")
      string(APPEND cpu_declarations "void register_${floor}();\n")
      string(APPEND cpu_calls "  cpu::register_${floor}();\n")
    endif()
  endforeach()
  set(text "// Generated from src/ops/ops.list.
#include \"core/registry.hpp\"

namespace saem {

namespace ops {
${declarations}}  // namespace ops
namespace cpu {
${cpu_declarations}}  // namespace cpu

std::span<OpDef* const> generated_ops() {
  static OpDef* const table[] = {
${table}  };
  return table;
}

void register_generated_kernels() {
${cpu_calls}}

}  // namespace saem
")
  saem_write_if_changed("${output}" "${text}")
endfunction()

# The same for the kernels of the GPU backend, which registers them when it is loaded.
function(saem_generate_cuda_registration output)
  set(list_file "${PROJECT_SOURCE_DIR}/src/ops/ops.list")
  file(STRINGS "${list_file}" lines REGEX "^[a-z]")
  set(floors "")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "[ \t]+" ";" words "${line}")
    list(GET words 1 floor)
    if(EXISTS "${PROJECT_SOURCE_DIR}/src/cuda/${floor}.cu")
      list(APPEND floors "${floor}")
    endif()
  endforeach()
  list(REMOVE_DUPLICATES floors)
  set(declarations "")
  set(calls "")
  foreach(floor IN LISTS floors)
    string(APPEND declarations "void register_${floor}();\n")
    string(APPEND calls "  register_${floor}();\n")
  endforeach()
  saem_write_if_changed("${output}" "// Generated from src/ops/ops.list.
namespace saem::cuda {

${declarations}
void register_generated_kernels() {
${calls}}

}  // namespace saem::cuda
")
endfunction()
