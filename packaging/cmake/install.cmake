# `cmake --install`: everything a user needs, found relative to the programs (core/base/data_folders.h),
# so that the folder it is installed in can be moved. The build tree has the same layout, with links.
set(dfd_data ${CMAKE_INSTALL_DATADIR}/deepfake-defenders)
set(desktop ${CMAKE_SOURCE_DIR}/packaging/desktop)
set(icons ${CMAKE_INSTALL_DATADIR}/icons/hicolor)
set(case_type application-x-deepfake-defenders-case)

install(TARGETS dfd deepfake-defenders RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
if(TARGET dfd-onnx)
  install(TARGETS dfd-onnx RUNTIME DESTINATION libexec/deepfake-defenders)
endif()

# --- data
# By name: a panel that somebody put beside them may be licensed otherwise.
install(DIRECTORY models/starter models/plans DESTINATION ${dfd_data}/models)
install(DIRECTORY resources/samples/ DESTINATION ${dfd_data}/samples FILES_MATCHING PATTERN *.jpg)
install(DIRECTORY resources/experts DESTINATION ${dfd_data})  # examples for the manual
install(DIRECTORY resources/manual DESTINATION ${dfd_data})
install(DIRECTORY resources/languages DESTINATION ${dfd_data})
install(DIRECTORY resources/screenshots/ DESTINATION ${dfd_data}/screenshots  # the manual's pictures
        FILES_MATCHING PATTERN *.png)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/share/deepfake-defenders)
foreach(folder models resources/samples resources/manual resources/languages
               resources/screenshots)
  cmake_path(GET folder FILENAME name)
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/${folder}
       ${CMAKE_BINARY_DIR}/share/deepfake-defenders/${name} SYMBOLIC)
endforeach()
# Made by packaging/setup.sh --encoder, for every build of this source.
file(CREATE_LINK ${CMAKE_SOURCE_DIR}/build/encoders
     ${CMAKE_BINARY_DIR}/share/deepfake-defenders/encoders SYMBOLIC)

# --- what a person reads
install(FILES resources/man/dfd.1 resources/man/deepfake-defenders.1
        DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES README.md packaging/CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES resources/samples/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME samples.md)

# --- what a desktop and a shell read
install(FILES ${desktop}/deepfake-defenders.desktop
        DESTINATION ${CMAKE_INSTALL_DATADIR}/applications)
install(FILES ${desktop}/deepfake-defenders.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/mime/packages)
install(FILES ${desktop}/deepfake-defenders.metainfo.xml
        DESTINATION ${CMAKE_INSTALL_DATADIR}/metainfo)
install(FILES resources/icons/application.svg DESTINATION ${icons}/scalable/apps
        RENAME deepfake-defenders.svg)
install(FILES ${desktop}/${case_type}.svg DESTINATION ${icons}/scalable/mimetypes)
# For panels that draw no SVG; made by `rsvg-convert --width SIZE --height SIZE`.
foreach(size 48 128)
  install(FILES ${desktop}/deepfake-defenders-${size}.png
          DESTINATION ${icons}/${size}x${size}/apps RENAME deepfake-defenders.png)
  install(FILES ${desktop}/${case_type}-${size}.png
          DESTINATION ${icons}/${size}x${size}/mimetypes RENAME ${case_type}.png)
endforeach()
foreach(program dfd deepfake-defenders)
  install(FILES ${desktop}/completion.bash RENAME ${program}
          DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
endforeach()
