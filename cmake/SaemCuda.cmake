# Finds a CUDA toolkit for the GPU backend: on the PATH, in its usual places, or in NVIDIA's wheels
# in the project's own Python environment. Sets SAEM_HAVE_CUDA.
set(SAEM_HAVE_CUDA OFF)
if(SAEM_CUDA STREQUAL "OFF")
  return()
endif()

file(GLOB wheels "${PROJECT_SOURCE_DIR}/.venv/lib/python3*/site-packages/nvidia/cu13/bin")
find_program(
  SAEM_NVCC nvcc
  HINTS ENV CUDACXX ENV CUDA_HOME ENV CUDA_PATH
  PATHS /usr/local/cuda/bin /opt/cuda/bin ${wheels}
  PATH_SUFFIXES bin)
if(NOT SAEM_NVCC)
  if(SAEM_CUDA STREQUAL "ON")
    message(FATAL_ERROR "SAEM_CUDA is ON and no nvcc is found: install the CUDA 13 toolkit, or say "
                        "where it is with -DSAEM_NVCC=/path/to/nvcc")
  endif()
  message(STATUS "GPU backend: not built, no CUDA toolkit is found")
  return()
endif()

set(CMAKE_CUDA_COMPILER "${SAEM_NVCC}")
if(NOT CMAKE_CUDA_HOST_COMPILER)
  set(CMAKE_CUDA_HOST_COMPILER "${CMAKE_CXX_COMPILER}")
endif()
# Machine code for the A100 and the H100/H200, and PTX that a driver compiles for newer ones.
if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
  set(CMAKE_CUDA_ARCHITECTURES 80-real 90-real 90-virtual)
endif()
if(CMAKE_CXX_COMPILER_LAUNCHER AND NOT CMAKE_CUDA_COMPILER_LAUNCHER)
  set(CMAKE_CUDA_COMPILER_LAUNCHER "${CMAKE_CXX_COMPILER_LAUNCHER}")
endif()
enable_language(CUDA)
find_package(CUDAToolkit)
if(NOT CUDAToolkit_FOUND OR CUDAToolkit_VERSION VERSION_LESS 13 OR NOT TARGET CUDA::cublasLt)
  if(SAEM_CUDA STREQUAL "ON")
    message(FATAL_ERROR "SAEM_CUDA is ON; the GPU backend needs CUDA 13 with cuBLASLt, found "
                        "${CUDAToolkit_VERSION} at ${SAEM_NVCC}")
  endif()
  message(STATUS "GPU backend: not built, CUDA 13 with cuBLASLt is needed "
                 "(found ${CUDAToolkit_VERSION})")
  return()
endif()
set(SAEM_HAVE_CUDA ON)
message(STATUS "GPU backend: CUDA ${CUDAToolkit_VERSION}, ${CMAKE_CUDA_ARCHITECTURES}")
