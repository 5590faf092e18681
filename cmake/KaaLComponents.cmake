# SPDX-License-Identifier: Apache-2.0
# Part of find_package(KaaL), in this build and installed: whether the
# COMPONENTS exist. Reads _kaal_available, sets KaaL_FOUND. K003.

set(KaaL_FOUND TRUE)
foreach(_component IN LISTS KaaL_FIND_COMPONENTS)
    if(_component IN_LIST _kaal_available)
        set(KaaL_${_component}_FOUND TRUE)
        continue()
    endif()
    set(KaaL_${_component}_FOUND FALSE)
    if(KaaL_FIND_REQUIRED_${_component})
        set(KaaL_FOUND FALSE)
        _kaal_suggest(_hint "${_component}" ${_kaal_available})
        string(REPLACE ";" " " _known "${_kaal_available}")
        set(KaaL_NOT_FOUND_MESSAGE
            "K003 KaaL has no component '${_component}'.${_hint} Available: ${_known}")
    endif()
endforeach()
