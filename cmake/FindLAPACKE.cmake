# LAPACK and BLAS by their C interfaces, LAPACKE and CBLAS. Debian chooses the implementation behind
# them by its alternatives; saem asks for OpenBLAS on OpenMP (tools/setup/packages.txt says why).
find_path(LAPACKE_INCLUDE_DIR lapacke.h)
find_path(CBLAS_INCLUDE_DIR cblas.h)
find_library(LAPACKE_LIBRARY lapacke)
find_library(CBLAS_LIBRARY NAMES openblas blas)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LAPACKE REQUIRED_VARS LAPACKE_LIBRARY CBLAS_LIBRARY
                                                        LAPACKE_INCLUDE_DIR CBLAS_INCLUDE_DIR)
mark_as_advanced(LAPACKE_INCLUDE_DIR CBLAS_INCLUDE_DIR LAPACKE_LIBRARY CBLAS_LIBRARY)
if(LAPACKE_FOUND AND NOT TARGET LAPACKE::LAPACKE)
  add_library(LAPACKE::LAPACKE UNKNOWN IMPORTED)
  set_target_properties(
    LAPACKE::LAPACKE
    PROPERTIES IMPORTED_LOCATION "${LAPACKE_LIBRARY}"
               INTERFACE_INCLUDE_DIRECTORIES "${LAPACKE_INCLUDE_DIR};${CBLAS_INCLUDE_DIR}"
               INTERFACE_LINK_LIBRARIES "${CBLAS_LIBRARY}")
endif()
