@echo off
rem Launcher of %{label}: runs bazel-xc in the directory of the caller, with the Go of the toolchain.
setlocal
call :runfiles "%~f0"
call :find tool "%{tool}"
if errorlevel 1 exit /b 2
if defined BAZEL_XC_GO goto found
call :find BAZEL_XC_GO "%{go}"
if errorlevel 1 exit /b 2
set GOROOT=
:found
if defined BUILD_WORKING_DIRECTORY cd /d "%BUILD_WORKING_DIRECTORY%"
%{command} %*
exit /b %errorlevel%

%{functions}
