# What a stranger gets: headers, the library and a CMake package; tests/install uses them.
include(CMakePackageConfigHelpers)

set(saem_package "${CMAKE_INSTALL_LIBDIR}/cmake/saem")
install(TARGETS saem EXPORT saem-targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET saem_cuda)
  install(TARGETS saem_cuda LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} OPTIONAL)
endif()
install(DIRECTORY include/saem DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT saem-targets NAMESPACE saem:: DESTINATION ${saem_package})
configure_package_config_file(cmake/saem-config.cmake.in
                              "${CMAKE_CURRENT_BINARY_DIR}/saem-config.cmake"
                              INSTALL_DESTINATION ${saem_package})
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/saem-config-version.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES cmake/FindLAPACKE.cmake "${CMAKE_CURRENT_BINARY_DIR}/saem-config.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/saem-config-version.cmake" DESTINATION ${saem_package})
