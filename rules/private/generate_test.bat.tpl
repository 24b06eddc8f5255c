@echo off
rem Launcher of %{label}: compares the source tree with the output of bazel-xc.
setlocal
call :runfiles "%~f0"
call :find marker "%{marker}"
if errorlevel 1 exit /b 2
call :find tool "%{tool}"
if errorlevel 1 exit /b 2
call :find gazelle "%{gazelle_program}"
if errorlevel 1 exit /b 2
call :find go "%{go}"
if errorlevel 1 exit /b 2
if defined go set "BAZEL_XC_GO=%go%"
if defined go set GOROOT=
for %%f in ("%marker%") do set "root=%%~dpf"
set "root=%root:~0,-1%"

rem Downloaded modules are read from the module cache; nothing is written there.
if not defined GOPATH if defined USERPROFILE set "GOPATH=%USERPROFILE%\go"
set "TEST_TMPDIR=%TEST_TMPDIR:/=\%"
set "GOCACHE=%TEST_TMPDIR%\go-build"
set "LOCALAPPDATA=%TEST_TMPDIR%"
set BUILD_WORKING_DIRECTORY=

set failed=0
%{gazelle}
%{modules}
call :check generate%{mode}
if errorlevel 1 exit /b %errorlevel%
%{reports}
exit /b %failed%

:modules
call :check modules
exit /b %errorlevel%

:check
%{command} %* -C "%root%" --check --diff >"%TEST_TMPDIR%\diff"
set code=%errorlevel%
type "%TEST_TMPDIR%\diff"
if %code% gtr 1 (
    echo %{label}: bazel-xc %* failed with exit code %code%. 1>&2
    exit /b 1
)
call :size "%TEST_TMPDIR%\diff"
if %size% gtr 0 goto changed
if %code% equ 0 exit /b 0
echo %{label}: bazel-xc %* reported errors. 1>&2
set failed=1
exit /b 0

:changed
call :stale these files are stale.
exit /b 0

rem Gazelle's runner finds the tree by BUILD_WORKSPACE_DIRECTORY; some versions look elsewhere with TEST_WORKSPACE.
:gazelle
set TEST_WORKSPACE=
set "BUILD_WORKSPACE_DIRECTORY=%root%"
call "%gazelle%" -mode=diff >"%TEST_TMPDIR%\diff"
set code=%errorlevel%
type "%TEST_TMPDIR%\diff"
call :size "%TEST_TMPDIR%\diff"
if %size% gtr 0 call :stale Gazelle would change these files.
if %size% gtr 0 exit /b 0
if %code% equ 0 exit /b 0
echo %{label}: Gazelle failed with exit code %code%. 1>&2
exit /b 1

:report
%{command} report -q -C "%root%" --format %2 -o "%TEST_TMPDIR%\report"
if errorlevel 1 exit /b 1
set "checked=%root%\%~1"
set "checked=%checked:/=\%"
fc /b "%checked%" "%TEST_TMPDIR%\report" >nul 2>nul || call :stale %1 is not the report of this tree.
exit /b 0

:size
set size=%~z1
exit /b 0

:stale
echo.
echo %{label}: %* To update:
echo.
echo     bazel run %{update}
set failed=1
exit /b 0

%{functions}
