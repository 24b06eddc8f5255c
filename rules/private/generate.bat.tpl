@echo off
rem Launcher of %{label}: runs bazel-xc on the source tree.
setlocal
if not defined BUILD_WORKSPACE_DIRECTORY (
    echo start this with: bazel run %{label} 1>&2
    exit /b 2
)
call :runfiles "%~f0"
call :find tool "%{tool}"
if errorlevel 1 exit /b 2
call :find gazelle "%{gazelle_program}"
if errorlevel 1 exit /b 2
call :find go "%{go}"
if errorlevel 1 exit /b 2
if defined go set "BAZEL_XC_GO=%go%"
if defined go set GOROOT=
cd /d "%BUILD_WORKSPACE_DIRECTORY%"
set BUILD_WORKING_DIRECTORY=

set "first=%~1"
if not defined first goto everything
if "%first:~0,1%"=="-" goto options
%{command} %*
exit /b %errorlevel%

:options
%{command} generate%{mode} %*
exit /b %errorlevel%

:everything
%{gazelle}
%{modules}
%{command} generate%{mode}
if errorlevel 1 exit /b %errorlevel%
%{reports}
exit /b 0

:gazelle
call "%gazelle%"
exit /b %errorlevel%

:modules
%{command} modules
exit /b %errorlevel%

:report
%{command} report -q --format %2 -o %1
exit /b %errorlevel%

%{functions}
